import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Drain } from '../../src/api/drain';
import { check } from '../../src/ctl/check';
import { doctor } from '../../src/ctl/doctor/doctor';
import { healthcheck } from '../../src/ctl/healthcheck';
import { prestop } from '../../src/ctl/prestop';
import { addUser, enableAuth } from '../api/auth/userWith';
import { startUnderTest, type ApiUnderTest } from '../api/apiUnderTest';
import { runCtl } from './etcdctl/inProcess';
import { captureOutput } from './output';

const output = captureOutput();
let api: ApiUnderTest;
let drain: Drain;
let directory: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-user-'));
  drain = new Drain(
    () => 0,
    () => Promise.resolve(),
  );
  api = await startUnderTest({ drain });
  await addUser(api.member, 'ann', 'annpw', { read: ['/*'], write: ['/*'] });
  await enableAuth(api.member);
});

afterEach(async () => {
  await api.server.close(100);
  rmSync(directory, { recursive: true });
});

function file(text: string): string {
  const path = join(directory, 'user');
  writeFileSync(path, text);
  return path;
}

function stop(environment: Record<string, string>, ...args: readonly string[]): Promise<number> {
  return prestop(['--url', `http://127.0.0.1:${api.clientPort}`, '--seconds', '0', ...args], environment);
}

test.each([
  ['a file', () => ({ args: ['--user-file', file('root:rootpw\n')], environment: {} })],
  ['a file that a variable names', () => ({ args: [], environment: { ETCDCTL_USER_FILE: file('root:rootpw') } })],
  ['a variable', () => ({ args: [], environment: { ETCDCTL_USER: 'root:rootpw' } })],
  [
    'a file rather than a variable',
    () => ({ args: ['--user-file', file('root:rootpw')], environment: { ETCDCTL_USER: 'ann:annpw' } }),
  ],
])('a command shows who it is: by %s', async (_, given) => {
  const { args, environment } = given();
  expect(await stop(environment, ...args)).toBe(0);
  expect(drain.isOn).toBe(true);
  expect(output.text()).not.toContain('rootpw');
});

test.each([
  ['nobody', {}],
  ['a user who may not', { ETCDCTL_USER: 'ann:annpw' }],
  ['a wrong password', { ETCDCTL_USER: 'root:wrong' }],
])('%s drains no member, and says why not', async (_, environment) => {
  expect(await stop(environment)).toBe(0);
  expect(drain.isOn).toBe(false);
  expect(output.text()).toContain('cannot be drained: PUT /config/local/drain: status 401, Insufficient credentials');
});

test.each(['', 'root', ':pw', 'root:pw\nann:pw\n'])('a file with %j is none', async (text) => {
  expect(await stop({}, '--user-file', file(text))).toBe(2);
  expect(output.text()).toContain('does not hold one line like NAME:PASSWORD');
});

test.each([
  [0o644, true],
  [0o660, true],
  [0o600, false],
  [0o640, false],
])('of a file of mode %o it is said whether others may read or change it', async (mode, isSaid) => {
  const path = file('root:rootpw\n');
  chmodSync(path, mode);
  expect(await stop({}, '--user-file', path)).toBe(0);
  expect(output.text().includes('other users of this machine may read or change the password')).toBe(isSaid);
  const listed = await runCtl([
    '--no-sync',
    '--endpoints',
    `http://127.0.0.1:${api.clientPort}`,
    '--user-file',
    path,
    'user',
    'list',
  ]);
  expect([listed.code, listed.stderr.startsWith('Warning: --user-file ')]).toEqual([0, isSaid]);
  expect(output.text() + listed.stderr).not.toContain('rootpw');
});

test('a file that is not there is said to be', async () => {
  expect(await stop({}, '--user-file', join(directory, 'none'))).toBe(2);
  expect(output.text()).toContain('cannot be read');
});

describe('a file of TLS that cannot be read', () => {
  const commands = [
    ['check', check],
    ['check security', (args: string[], environment = {}) => check(['security', ...args], environment)],
    ['doctor', doctor],
    ['healthcheck', healthcheck],
  ] as const;

  test.each(commands)('is a mistake of who names it to cairn %s', async (_, run) => {
    expect(await run(['--url', `http://127.0.0.1:${api.clientPort}`, '--ca-file', join(directory, 'none')], {})).toBe(
      2,
    );
    expect(output.text()).toContain('there is no such file');
  });

  test.each(commands)('and is for others, where a variable names it and cairn %s asks by http', async (_, run) => {
    await run(['--url', `http://127.0.0.1:${api.clientPort}`], { ETCDCTL_CA_FILE: join(directory, 'none') });
    expect(output.text()).not.toContain('there is no such file');
  });
});

test('the password is not shown to whoever an answer points to', async () => {
  const seen: IncomingMessage['headers'][] = [];
  const other = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const first = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(307, { Location: `http://127.0.0.1:${port}/config/local/drain` }).end();
  });
  await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(first.address() as AddressInfo).port}`;
  await prestop(['--url', url, '--seconds', '0'], { ETCDCTL_USER: 'root:rootpw' });
  expect(seen.map(({ authorization }) => authorization)).toEqual([expect.stringMatching(/^Basic /), undefined]);
  first.close();
  other.close();
});
