/** A user with a password in a URL, where one may write it: nobody is shown it, and nobody believes that it is sent. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../src/app/commands';
import { flagsOf, operandsOf, taskRows, type TaskWord } from '../../src/config/commands';
import { FakeServer } from '../client/fakeServer';
import { runCtl } from './etcdctl/inProcess';
import { captureOutput } from './output';

const output = captureOutput();
const server = new FakeServer();
const before = { ...process.env };
let directory = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-user-in-url-'));
  await server.start();
});

afterAll(() => {
  server.stop();
  rmSync(directory, { recursive: true });
});

beforeEach(() => {
  server.asked.length = 0;
  server.answer = () => ({ body: { action: 'get', node: { key: '/x', value: '1' } } });
});

afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) Reflect.deleteProperty(process.env, name);
});

const withUser = (user: string): string => server.url.replace('://', `://${user}@`);
const words = taskRows.map(([word]) => word).filter((word) => flagsOf(word)['url'] !== undefined);

/** Each with what it has to be given besides. */
function argumentsOf(word: TaskWord): readonly string[] {
  const operands = operandsOf(word).filter((name) => !name.startsWith('['));
  const options = Object.entries(flagsOf(word)).flatMap(([name, { placeholder, default: byDefault, bounds }]) => {
    const isNeeded = placeholder !== undefined && byDefault === undefined;
    return isNeeded ? [`--${name}=${bounds === undefined ? join(directory, name) : bounds.minimum}`] : [];
  });
  return [...operands.map((name) => (name === 'ACTION' ? 'save' : join(directory, name))), ...options];
}

function run(word: TaskWord, ...args: readonly string[]): Promise<number | undefined> {
  const own = [...argumentsOf(word), ...args];
  return commands[word](own.map((argument) => argument.replace(/^--from=.*/, `--from=${server.url}`)));
}

it.each(words)('cairn %s refuses it in --url, and names --user-file if it has that', async (word) => {
  for (const user of ['root:SeCrEt', 'root:p@SeCrEt', 'root:p/SeCrEt', 'root:p,SeCrEt']) {
    expect([user, await run(word, '--url', withUser(user))]).toEqual([user, 2]);
  }
  expect(output.text()).toContain(`--url "${withUser('***')}" has a user in it, who is not sent`);
  expect(output.text()).not.toContain('SeCrEt');
  expect(output.text().includes('--user-file')).toBe(flagsOf(word)['user-file'] !== undefined);
  expect([server.asked, readdirSync(directory)]).toEqual([[], []]);
});

it.each(words.filter((word) => flagsOf(word)['url']?.variables?.includes('ETCDCTL_ENDPOINTS')))(
  'cairn %s refuses it in a variable',
  async (word) => {
    process.env['ETCDCTL_ENDPOINTS'] = withUser('root:SeCrEt');
    expect(await run(word)).toBe(2);
    expect(output.text()).toContain(`ETCDCTL_ENDPOINTS "${withUser('***')}" has a user in it, who is not sent`);
    expect(output.text()).not.toContain('SeCrEt');
    expect(server.asked).toEqual([]);
  },
);

it('the source of cairn migrate has a file of its own for the user', async () => {
  expect(await commands.migrate(['--from', withUser('root:SeCrEt')])).toBe(2);
  expect(output.text()).toMatch(/^cairn migrate: --from "http:\/\/\*\*\*@.* and give --from-user-file /);
});

it.each([
  ['export', ['/', '--url', 'ftp://root:SeCrEt@h']],
  ['export', ['/', 'http://root:SeCrEt@h']],
  ['export', ['/', '--replace=http://root:SeCrEt@h']],
  ['export', ['/', '--http://root:SeCrEt@h']],
  ['export', ['/', '--output', 'http://root:SeCrEt@h']],
  ['prestop', ['--seconds', 'http://root:SeCrEt@h']],
] as const)('no mistake of cairn %s is told with it: %j', async (word, args) => {
  expect(await commands[word](args)).toBe(2);
  expect(output.text()).toContain('***@h');
  expect(output.text()).not.toContain('SeCrEt');
});

it.each([
  ['snapshot', ['follow']],
  ['mirror', ['--to']],
] as const)('what cairn %s could not use however often it tried is refused at once', async (word, args) => {
  const rest = word === 'mirror' ? ['/', ...args, join(directory, 'to')] : [...args, join(directory, 'backup')];
  expect(await commands[word]([...rest, '--url', `${server.url}/path`])).toBe(2);
  expect(output.text()).toContain('may have nothing behind the port');
  expect(readdirSync(directory)).toEqual([]);
});

describe('cairnctl (difference user-in-endpoint)', () => {
  it.each([
    ['--endpoints', (endpoint: string) => ({ flags: ['--endpoints', endpoint], environment: {} })],
    ['ETCDCTL_PEERS', (endpoint: string) => ({ flags: [], environment: { ETCDCTL_PEERS: endpoint } })],
  ])('sends none that %s has, as etcdctl, and says so', async (_, given) => {
    let shown: unknown[] = [];
    server.answer = (_request, { authorization }) => {
      shown = [...shown, authorization];
      return { body: { action: 'get', node: { key: '/x', value: '1' } } };
    };
    const { flags, environment } = given(withUser('root:SeC@rEt'));
    const outcome = await runCtl(['--no-sync', '--debug', ...flags, 'get', '/x'], { environment });
    expect([outcome.code, outcome.stdout]).toEqual([0, '1\n']);
    expect(outcome.stderr).toContain(
      `Warning: the user in the endpoint "${withUser('***')}" is not sent; give --user-file or --username\n`,
    );
    expect(outcome.stderr).not.toMatch(/SeC|rEt/);
    expect(shown).toEqual([undefined]);
  });

  it.each(['http://root:SeCrEt@h:99999', 'ftp://root:SeCrEt@h', 'http://root:a,SeCrEt@h'])(
    'shows none of what is no endpoint: %s',
    async (endpoint) => {
      const { code, stderr } = await runCtl(['--endpoints', endpoint, 'ls']);
      expect([code, stderr]).toEqual([1, expect.stringContaining('is no URL of a member')]);
      expect(stderr).not.toContain('SeCrEt');
    },
  );
});
