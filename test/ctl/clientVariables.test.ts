/** Which commands of cairn go where the variables of etcdctl say, by the one table. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../src/app/commands';
import { clientVariables } from '../../src/config/clientVariables';
import { flagsOf, taskRows, wordsThatHeed, type TaskWord } from '../../src/config/commands';
import { globalFlags } from '../../src/config/ctl/globalFlags';
import { CommandArguments } from '../../src/ctl/arguments';
import { clusterConnection } from '../../src/ctl/connection';
import { FakeServer } from '../client/fakeServer';
import { captureOutput } from './output';

const output = captureOutput();
const named = new FakeServer();
const own = new FakeServer();
let directory = '';
const before = { ...process.env };

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-variables-'));
  mkdirSync(join(directory, 'files'));
  writeFileSync(
    join(directory, 'keys.yaml'),
    'cairn: keys\nversion: 1\nprefix: /a\ndate: 2026-01-01T00:00:00Z\nkeys: []\n',
  );
  writeFileSync(join(directory, 'root'), 'root:pw\n', { mode: 0o600 });
  writeFileSync(join(directory, 'access.yaml'), 'users: {}\n');
  await Promise.all([named, own].map((server) => server.start()));
  for (const server of [named, own]) server.answer = () => ({ status: 400, body: { message: 'no' } });
});

afterAll(() => {
  for (const server of [named, own]) server.stop();
  rmSync(directory, { recursive: true });
});

beforeEach(() => {
  for (const server of [named, own]) server.asked.length = 0;
  process.env['ETCD_LISTEN_CLIENT_URLS'] = own.url;
});

afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) Reflect.deleteProperty(process.env, name);
});

/** What each has to be given beside --url. */
const ARGUMENTS: Readonly<Partial<Record<TaskWord, () => readonly string[]>>> = {
  healthcheck: () => [],
  prestop: () => ['--seconds', '0'],
  retire: () => ['--name-prefix', 'm-', '--keep', '1', '--drain', '0', '--timeout', '1'],
  check: () => [],
  doctor: () => [],
  snapshot: () => ['save', join(directory, 'snapshot')],
  'auth-apply': () => [
    ...['--file', join(directory, 'access.yaml'), '--user-file', join(directory, 'root'), '--timeout', '1'],
  ],
  export: () => ['/a'],
  import: () => [join(directory, 'keys.yaml'), '--prefix', '/a'],
  sync: () => [join(directory, 'files'), '/a', '--yes'],
};
/** What goes on until the cluster answers, or asks another one first, says where it would go. */
const ARGUMENTS_OF_LONG: Readonly<Partial<Record<TaskWord, () => readonly string[]>>> = {
  mirror: () => ['/a', '--to', join(directory, 'mirror')],
  migrate: () => ['--from', 'http://127.0.0.1:1'],
};

const withUrl = taskRows.map(([word]) => word).filter((word) => flagsOf(word)['url'] !== undefined);
/** They are about one member, or about two clusters. */
const HEED_NO_PLACE: readonly TaskWord[] = ['healthcheck', 'prestop', 'migrate'];

it('the table says of each', () => {
  expect(Object.keys({ ...ARGUMENTS, ...ARGUMENTS_OF_LONG }).sort()).toEqual([...withUrl].sort());
  const heeding = withUrl.filter((word) => !HEED_NO_PLACE.includes(word));
  expect([...wordsThatHeed('ETCDCTL_ENDPOINTS')].sort()).toEqual(heeding.sort());
});

it.each(withUrl)('%s goes where the table says', async (word) => {
  process.env['ETCDCTL_ENDPOINTS'] = `${named.url.replace('http://', '')},http://127.0.0.1:1`;
  const [right, wrong] = HEED_NO_PLACE.includes(word) ? [own, named] : [named, own];
  const ofLong = ARGUMENTS_OF_LONG[word]?.();
  if (ofLong !== undefined) {
    const { urls } = await clusterConnection(new CommandArguments(word, ofLong), process.env);
    expect(urls[0]).toBe(right.url);
    return;
  }
  await commands[word](ARGUMENTS[word]?.() ?? []);
  expect([word, right.asked.length > 0, wrong.asked]).toEqual([word, true, []]);
});

it.each(clientVariables.username)('%s says as whom, and an option wins', async (variable) => {
  let seen: (string | undefined)[] = [];
  named.answer = (_, headers) => {
    seen.push(headers.authorization);
    return { status: 400, body: { message: 'no' } };
  };
  const basic = (user: string): string => `Basic ${Buffer.from(user).toString('base64')}`;
  process.env[variable] = 'alice:secret';
  await commands.export(['/a', '--url', named.url]);
  expect(new Set(seen)).toEqual(new Set([basic('alice:secret')]));
  seen = [];
  await commands.export(['/a', '--url', named.url, '--user-file', join(directory, 'root')]);
  expect(new Set(seen)).toEqual(new Set([basic('root:pw')]));
  process.env[variable] = 'alice';
  expect(await commands.export(['/a', '--url', named.url])).toBe(2);
  expect(output.text()).toContain(`${variable} is not like NAME:PASSWORD`);
});

it('what is no URL in a variable is a mistake that is told', async () => {
  process.env['ETCDCTL_ENDPOINTS'] = 'ftp://x';
  expect(await commands.check([])).toBe(2);
  expect(output.text()).toContain('the endpoint "ftp://x" is no URL of a member');
});

it('cairnctl heeds every variable of the table', () => {
  for (const [name, variables] of Object.entries(clientVariables))
    expect(globalFlags[name as keyof typeof globalFlags]).toMatchObject({ variables });
});
