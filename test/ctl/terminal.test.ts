/** Members, keys and values that would take over the terminal of whoever looks at them. */
import { check } from '../../src/ctl/check';
import { doctor } from '../../src/ctl/doctor/doctor';
import { exportKeys } from '../../src/ctl/keyFile/export';
import { sync } from '../../src/ctl/sync/sync';
import { ctlCommands } from '../../src/config/ctl/table';
import { cairnctl } from '../../src/ctl/etcdctl/cairnctl';
import { forTerminal } from '../../src/platform/terminalText';
import { FakeServer } from '../client/fakeServer';
import { Collector, ctlIo } from './etcdctl/inProcess';
import { captureOutput } from './output';

const EVIL = '\x1b]0;title\x07\x9b31m\u202e\rhidden';
const COLOURS = /\x1b\[(?:1|2|22|31|32|33|34|39)m/g;

const server = new FakeServer();
const output = captureOutput();
beforeAll(() => server.start());
afterAll(() => {
  server.stop();
});
beforeEach(() => {
  const member = { id: `a${EVIL}`, name: `n${EVIL}`, peerURLs: [`http://${EVIL}`], clientURLs: [server.url] };
  const leaf = (key: string) => ({ key, value: `v${EVIL}`, createdIndex: 3, modifiedIndex: 3 });
  const directory = { key: '/', dir: true, nodes: [leaf(`/k${EVIL}`), { key: `/d${EVIL}`, dir: true, nodes: [] }] };
  const answers: readonly (readonly [start: string, status: number, body: unknown])[] = [
    ['/version', 200, { etcdserver: `2.3.8${EVIL}` }],
    ['/v2/members/leader', 200, member],
    ['/v2/members', 200, { members: [member] }],
    ['/v2/stats/self', 200, { leaderInfo: { leader: `a${EVIL}` } }],
    ['/metrics', 200, 'etcd_server_has_leader 1\netcd_server_is_leader 1\n'],
    ['/v2/auth/users/', 200, { user: `u${EVIL}`, roles: [{ role: `r${EVIL}` }] }],
    ['/v2/auth/users', 200, { users: [{ user: `u${EVIL}`, roles: [] }] }],
    ['/v2/auth/roles/', 200, { role: `r${EVIL}`, permissions: { kv: { read: [`/p${EVIL}`], write: [] } } }],
    ['/v2/auth/roles', 200, { roles: [{ role: `r${EVIL}` }] }],
    ['/mod/v2/leader', 200, `l${EVIL}`],
    ['/v2/keys/no', 404, { errorCode: 100, message: `Key${EVIL}`, cause: `/c${EVIL}`, index: 3 }],
    ['/v2/keys/value', 200, { action: 'set', node: leaf('/value'), prevNode: leaf('/value') }],
    ['/v2/keys', 200, { action: 'get', node: directory }],
    ['', 400, { message: `no${EVIL}` }],
  ];
  server.answer = ({ url }) => {
    const [, status = 500, body] = answers.find(([start]) => url.startsWith(start)) ?? [];
    return { status, body, headers: { 'X-Etcd-Index': '3' } };
  };
});

/** What both streams of cairnctl get where they are terminals, or not. */
async function shown(isTTY: boolean, ...args: readonly string[]): Promise<string> {
  const [stdout, stderr] = [new Collector(), new Collector()].map((stream) => Object.assign(stream, { isTTY }));
  if (stdout === undefined || stderr === undefined) throw new Error('no streams');
  const others = { list: [], find: () => undefined, version: () => '0' };
  await cairnctl(['--no-sync', '--endpoints', server.url, ...args], ctlIo(stdout, stderr, {}), others);
  return stdout.text() + stderr.text();
}

const COMMANDS = [
  ...['get /value', 'get /no', '-o json get /value', '-o extended get /value', '--debug get /value', 'set /value 1'],
  ...[
    'ls',
    'ls -r',
    'tree',
    'tree -v',
    'rm /value',
    'watch /value',
    'watch -r /value',
    'member list',
    'member add a b',
  ],
  ...['member remove a', 'member update a b', 'cluster-health', 'user list', 'user get u', 'user add u:p', 'role list'],
  ...['role get r', 'role add r', 'elect x', 'top -n 1 -i 100ms', '-o json top -n 1 -i 100ms', 'mk /no 1'],
];

test.each(COMMANDS)('cairnctl %s', async (line) => {
  const text = (await shown(true, ...line.split(' '))).replace(COLOURS, '');
  expect(text).not.toBe('');
  expect(forTerminal(text.replace(/\x1b\[(?:H|K|J|\?1049[hl]|\?25[hl])/g, ''))).toBe(
    text.replace(/\x1b\[(?:H|K|J|\?1049[hl]|\?25[hl])/g, ''),
  );
});

test('elsewhere than on a terminal it is byte for byte', async () => {
  expect(await shown(false, 'get', '/value')).toBe(`v${EVIL}\n`);
  expect(await shown(false, 'get', '/no')).toBe(`Error:  100: Key${EVIL} (/c${EVIL}) [3]\n`);
});

test('this list has every command that prints what members say', () => {
  const words = new Set(COMMANDS.map((line) => line.replace(/^-\S+ (?:json |extended )?/, '')));
  const left = ctlCommands.map(([path]) => path).filter((path) => ![...words].some((word) => word.startsWith(path)));
  expect(left).toEqual([
    ...[
      'update',
      'mkdir',
      'setdir',
      'updatedir',
      'rmdir',
      'exec-watch',
      'backup',
      'user remove',
      'user grant',
      'user revoke',
    ],
    ...['user passwd', 'role remove', 'role grant', 'role revoke', 'auth enable', 'auth disable', 'lock', 'completion'],
  ]);
});

test.each<[string, () => Promise<number>]>([
  ['check', () => check(['--url', server.url])],
  ['doctor', () => doctor(['--url', server.url])],
  ['doctor --output json', () => doctor(['--url', server.url, '--output', 'json'])],
  ['export', () => exportKeys(['/', '--url', server.url])],
  ['export --output json', () => exportKeys(['/', '--url', server.url, '--output', 'json'])],
  ['sync', () => sync([__dirname, '/', '--dry-run', '--prune', '--url', server.url])],
  ['a refusal', () => exportKeys(['/no', '--url', server.url])],
])('cairn %s', async (_, run) => {
  await run();
  expect(output.text()).not.toBe('');
  expect(forTerminal(output.text())).toBe(output.text());
});
