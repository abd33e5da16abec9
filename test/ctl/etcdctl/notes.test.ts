/** What a person on a terminal is told besides etcdctl's words, and nobody else. */
import { globalFlags } from '../../../src/config/ctl/globalFlags';
import { ctlCommands, flagsOfCtl } from '../../../src/config/ctl/table';
import { cairnctl } from '../../../src/ctl/etcdctl/cairnctl';
import { FakeServer } from '../../client/fakeServer';
import { Collector, ctlIo } from './inProcess';

const server = new FakeServer();
beforeAll(() => server.start());
afterAll(() => {
  server.stop();
});

async function said(isTerminal: boolean, ...args: readonly string[]): Promise<string> {
  const [stdout, stderr] = [new Collector(), new Collector()];
  const io = ctlIo(stdout, Object.assign(stderr, { isTTY: isTerminal }), {});
  await cairnctl(['--no-sync', '--endpoints', server.url, ...args], io, {
    ...{ list: [], find: () => undefined, version: () => '0.0.0' },
  });
  return stdout.text() + stderr.text();
}

const NOTE = /^Note: /m;

test.each([
  [['member', 'add', 'four', 'http://10.0.0.4:2380'], 'unexpected status code 403\n'],
  [['member', 'remove', 'a1'], 'Received an error trying to remove member a1: unexpected status code 403'],
])('why a member refuses %j is passed on', async (args, words) => {
  server.answer = ({ method }) =>
    method === 'GET'
      ? { body: { members: [{ id: 'a1', name: 'one', peerURLs: [], clientURLs: [] }] } }
      : { status: 403, body: { message: 'served on the metrics port of this member only' } };
  expect(await said(false, ...args)).toBe(words);
  expect(await said(true, ...args)).toBe(`${words.trimEnd()}\nNote: served on the metrics port of this member only\n`);
});

test.each([
  ['no such role yet', { status: 404, body: { message: 'auth: Role guest does not exist.' } }, true],
  ['all rights', { body: { role: 'guest', permissions: { kv: { read: ['/*'], write: ['/*'] } } } }, true],
  ['no rights', { body: { role: 'guest', permissions: { kv: { read: [], write: [] } } } }, false],
])('whoever enables auth is told of guests, where there are %s for them', async (_, role, isTold) => {
  server.answer = ({ url }) => (url === '/v2/auth/roles/guest' ? role : { status: 200 });
  const onTerminal = await said(true, 'auth', 'enable');
  expect(onTerminal).toMatch(/^Authentication Enabled$/m);
  expect(NOTE.test(onTerminal)).toBe(isTold);
  if (isTold) expect(onTerminal).toContain("role revoke guest --path '/*' --readwrite");
  expect(await said(false, 'auth', 'enable')).toBe('Authentication Enabled\n');
});

test('whoever gives no password is told that, beside what the member says', async () => {
  server.answer = ({ method }) =>
    method === 'PUT'
      ? { status: 400, body: { message: 'auth: User not updated. Use grant/revoke/password to update the user.' } }
      : { body: { user: 'root', roles: [] } };
  expect(await said(false, 'user', 'passwd', 'root')).not.toMatch(NOTE);
  expect(await said(true, 'user', 'passwd', 'root')).toMatch(/User not updated[^]*^Note: no password was given/m);
});

const misspelt = [['', globalFlags] as const, ...ctlCommands.map(([path, row]) => [path, flagsOfCtl(row)] as const)]
  .flatMap(([path, flags]) => Object.keys(flags).map((name) => [path, name] as const))
  .filter(([, name]) => name.length > 2);

test.each(misspelt)('whoever misspells a flag of "%s", --%s, reads the right name last', async (path, name) => {
  const wrong = `${name.slice(0, -2)}x${name.slice(-1)}`;
  const words = [...path.split(' ').filter((word) => word !== ''), `--${wrong}`];
  const onTerminal = await said(true, ...words);
  expect(onTerminal).toContain(`\nflag provided but not defined: -${wrong}\n`);
  expect(onTerminal.trimEnd().split('\n').at(-1)).toBe(`Note: did you mean --${name}?`);
  expect(await said(false, ...words)).toBe(onTerminal.replace(/^Note: .*\n/m, ''));
});
