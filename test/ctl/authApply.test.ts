/** `cairn auth-apply` against a real member. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authApply } from '../../src/ctl/authApply';
import { FakeServer } from '../client/fakeServer';
import { until } from '../cluster/waiting';
import { startInProcess, type InProcess } from '../support/inProcess';
import { captureOutput } from './output';

const output = captureOutput();
let place: string;
let server: InProcess;

beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), 'cairn-auth-apply-'));
  server = await startInProcess('all');
  write('root', 'root:geheim\n');
  write('app', 'app-password\n');
  await until('the member knows that all members know of users', 60_000, async () => {
    const { status } = await fetch(`${server.url}/v2/auth/users/nobody`, { method: 'DELETE' });
    return status === 404 || undefined;
  });
});
afterEach(async () => {
  await server.stop();
  rmSync(place, { recursive: true, force: true });
});

function write(name: string, text: string): string {
  const path = join(place, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function apply(file: string, ...more: readonly string[]): Promise<number> {
  const args = ['--file', write('access.yaml', file), '--user-file', join(place, 'root'), '--url', server.url];
  return authApply([...args, ...more], {});
}

async function ask(method: string, path: string, user?: string): Promise<{ status: number; body: unknown }> {
  const headers = user === undefined ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
  const isKey = path.startsWith('/v2/keys');
  const body = method === 'PUT' && isKey ? new URLSearchParams({ value: '1' }) : null;
  const answer = await fetch(`${server.url}${path}`, { method, headers, body });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

const statusOf = async (method: string, path: string, user?: string): Promise<number> =>
  (await ask(method, path, user)).status;

const fileWith = (more = ''): string => `
roles:
  app: { read: [/app/*], write: [/app/*] }
${more}
users:
  app: { passwordFile: ${join(place, 'app')}, roles: [app] }
`;

test('makes roles, users and root, and switches auth on; guests have nothing', async () => {
  expect(await apply(fileWith())).toBe(0);
  expect(output.text()).toBe('made the role guest\nmade the role app\nmade the user app\nauth is on\n');
  expect(await statusOf('PUT', '/v2/keys/app/a', 'app:app-password')).toBe(201);
  expect(await statusOf('PUT', '/v2/keys/other', 'app:app-password')).toBe(401);
  expect(await statusOf('GET', '/v2/keys/app/a')).toBe(401);
  expect(await statusOf('PUT', '/v2/keys/other', 'root:geheim')).toBe(201);
});

const AGAIN = 'wrote the password of the user app\n';

test('the second time there is nothing to do but passwords, which nobody can compare', async () => {
  await apply(fileWith());
  const roles = await ask('GET', '/v2/auth/roles', 'root:geheim');
  const said = output.text();
  expect(await apply(fileWith())).toBe(0);
  expect(output.text()).toBe(said + AGAIN);
  expect(await ask('GET', '/v2/auth/roles', 'root:geheim')).toEqual(roles);
});

test('what the file says of a role, a user and guests is so afterwards, and others are left alone', async () => {
  await apply(fileWith());
  const before = { role: 'mine', permissions: { kv: { read: ['/mine'], write: [] } } };
  await fetch(`${server.url}/v2/auth/roles/mine`, {
    ...{ method: 'PUT', body: JSON.stringify(before) },
    headers: { authorization: `Basic ${Buffer.from('root:geheim').toString('base64')}` },
  });
  write('app', 'another');
  const changed = `
roles:
  app: { read: [/app/*, /shared], write: [] }
  more: { write: [/more] }
  guest: { read: [/public/*] }
users:
  app: { passwordFile: ${join(place, 'app')}, roles: [more] }
`;
  expect(await apply(changed)).toBe(0);
  const user = await ask('GET', '/v2/auth/users/app', 'root:geheim');
  expect(user.body).toMatchObject({ roles: [{ role: 'more' }] });
  const role = await ask('GET', '/v2/auth/roles/app', 'root:geheim');
  expect(role.body).toMatchObject({ permissions: { kv: { read: ['/app/*', '/shared'], write: [] } } });
  expect((await ask('GET', '/v2/auth/roles/mine', 'root:geheim')).body).toMatchObject(before);
  expect(await statusOf('GET', '/v2/keys/public/a')).toBe(404);
  expect(await statusOf('PUT', '/v2/keys/more', 'app:app-password')).toBe(401);
  expect(await statusOf('PUT', '/v2/keys/more', 'app:another')).toBe(201);
});

test('guests never have everything for a moment: their role is there before auth counts', async () => {
  const seen: string[] = [];
  const fake = new FakeServer();
  await fake.start();
  fake.answer = ({ method, url }) => {
    seen.push(`${method} ${url}`);
    if (url === '/v2/auth/enable' && method === 'GET') return { body: { enabled: false } };
    return method === 'GET' ? { status: 404, body: { message: 'none' } } : { status: 201, body: {} };
  };
  const args = ['--file', write('access.yaml', fileWith()), '--user-file', join(place, 'root'), '--url', fake.url];
  expect(await authApply(args, {})).toBe(0);
  fake.stop();
  const writes = seen.filter((line) => line.startsWith('PUT'));
  expect(writes).toEqual([
    'PUT /v2/auth/roles/guest',
    'PUT /v2/auth/roles/app',
    'PUT /v2/auth/users/app',
    'PUT /v2/auth/users/root',
    'PUT /v2/auth/enable',
  ]);
});

test('a root whose password is another one is said, and nothing is changed', async () => {
  await apply(fileWith());
  write('root', 'root:wrong');
  expect(await apply(fileWith('  new: {}'))).toBe(1);
  expect(output.text()).toContain('root has another password than --user-file says');
  expect(output.text()).not.toContain('wrong');
  expect(await statusOf('GET', '/v2/auth/roles/new', 'root:geheim')).toBe(404);
});

test('members that cannot be reached are waited for, as long as it was told', async () => {
  await server.stop();
  expect(await apply(fileWith(), '--timeout', '1')).toBe(1);
  expect(output.text()).toContain('; trying again');
  expect(output.text()).toMatch(/ECONNREFUSED|refused.*run it again when that is mended/s);
  server = await startInProcess('all');
});

test.each([
  ['roles: 1', /access\.yaml: roles has to be names/],
  ['users: { a: { passwordFile: /nowhere } }', /users\.a \/nowhere: it is not there/],
  [
    'users: { a: { passwordFile: nowhere } }',
    /users\.a nowhere \(a relative path begins at the directory of this command, \/.*\): it is not there/,
  ],
])('a file that is wrong changes nothing: %s', async (text, message) => {
  expect(await apply(text)).toBe(2);
  expect(output.text()).toMatch(message);
  expect(await statusOf('GET', '/v2/auth/roles/guest')).toBe(404);
});

test('the password of somebody else than root is of no use', async () => {
  write('root', 'app:geheim');
  expect(await apply(fileWith())).toBe(2);
  expect(output.text()).toContain('--user-file has to name a file with root:PASSWORD');
});

const asRoot = { authorization: `Basic ${Buffer.from('root:geheim').toString('base64')}` };

test('tells of others who may do everything, whom somebody may have made before auth was on', async () => {
  for (const [name, roles] of [
    ['mallory', ['root']],
    ['bob', []],
  ] as const) {
    const body = JSON.stringify({ user: name, password: 'x', roles });
    expect(await fetch(`${server.url}/v2/auth/users/${name}`, { method: 'PUT', body })).toMatchObject({ ok: true });
  }
  expect(await apply(fileWith())).toBe(0);
  const line =
    'the user "mallory" may do everything (role root) and is not in the file; delete it if it is not yours\n';
  expect(output.text()).toContain(`${line}auth is on\n`);
  expect(output.text()).not.toContain('bob');
  expect(await apply(fileWith())).toBe(0);
  expect(output.text().endsWith(`auth is on\n${AGAIN}${line}`)).toBe(true);
  await fetch(`${server.url}/v2/auth/users/mallory`, { method: 'DELETE', headers: asRoot });
  const said = output.text();
  expect(await apply(fileWith())).toBe(0);
  expect(output.text()).toBe(said + AGAIN);
});

test('two at once, or a member that is behind: what was asked of it without a password is asked again with it', async () => {
  const fake = new FakeServer();
  await fake.start();
  let isOn = false;
  const seen: string[] = [];
  fake.answer = ({ method, url }, headers) => {
    if (url === '/v2/auth/enable' && method === 'GET') return { body: { enabled: isOn } };
    if (method === 'GET' && url === '/v2/auth/users') return { body: { users: null } };
    // Another one was first.
    isOn = true;
    seen.push(`${method} ${url} ${headers.authorization === undefined ? 'guest' : 'root'}`);
    if (headers.authorization !== asRoot.authorization)
      return { status: 401, body: { message: 'Insufficient credentials' } };
    return method === 'GET' ? { status: 404, body: { message: 'none' } } : { status: 201, body: {} };
  };
  const args = ['--file', write('access.yaml', fileWith()), '--user-file', join(place, 'root'), '--url', fake.url];
  expect(await authApply(args, {})).toBe(0);
  fake.stop();
  expect(output.text()).toBe(
    'auth was switched on meanwhile; trying again\nmade the role guest\nmade the role app\nmade the user app\n',
  );
  expect(seen.filter((line) => line.endsWith('guest'))).toEqual(['GET /v2/auth/roles/guest guest']);
});

test('real ones at once end with the same, and none fails', async () => {
  expect(await Promise.all([1, 2, 3].map(() => apply(fileWith())))).toEqual([0, 0, 0]);
  expect(await statusOf('PUT', '/v2/keys/app/a', 'app:app-password')).toBe(201);
  expect(await statusOf('GET', '/v2/keys/app/a')).toBe(401);
});

test('TLS that fails is not waited for: somebody has to mend it', async () => {
  const url = server.url.replace('http:', 'https:');
  const args = ['--file', write('access.yaml', fileWith()), '--user-file', join(place, 'root'), '--url', url];
  expect(await authApply(args, {})).toBe(1);
  expect(output.text()).toContain('it speaks plain HTTP there');
  expect(output.text()).not.toContain('trying again');
});

test('a file that is not there is told in words', async () => {
  expect(await authApply(['--file', 'nope.yaml', '--user-file', join(place, 'root'), '--url', server.url], {})).toBe(2);
  expect(output.text()).toMatch(/--file nope\.yaml \(a relative path begins at .*\): it is not there\n/);
});

test('of a user whom no password can show it is said', async () => {
  expect(await apply(`users: { 'a:b': { passwordFile: ${join(place, 'app')} } }`)).toBe(0);
  expect(output.text()).toContain('the user "a:b" can only show who it is by a certificate');
  expect(await statusOf('GET', '/v2/auth/users/a:b', 'root:geheim')).toBe(200);
});
