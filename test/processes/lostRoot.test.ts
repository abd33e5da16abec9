/** The way back that docs/auth.md tells of: root's password is lost, and somebody runs the machine. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { stablePort } from '../support/ports';
import { ServerProcess } from '../support/serverProcess';
import { basic } from '../api/auth/userWith';
import { ask } from '../api/apiUnderTest';

const run = promisify(execFile);
const CAIRN = resolve(__dirname, '../../dist/cairn.js');

let directory: string;
let server: ServerProcess;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-lost-root-'));
});

afterEach(async () => {
  await server.remove();
  rmSync(directory, { recursive: true, force: true });
});

function put(path: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  const all = { 'content-type': 'application/json', ...headers };
  return ask(server.clientPort, 'PUT', `/v2/auth/${path}`, body, all).then(({ status }) => status);
}

function usersAs(password: string): Promise<number> {
  const headers = basic('root', password);
  return ask(server.clientPort, 'GET', '/v2/auth/users', undefined, headers).then(({ status }) => status);
}

test('a certificate for the name root gives it a new one', async () => {
  const dataDir = join(directory, 'data');
  const [clientPort, peerPort, tlsPort] = [await stablePort(), await stablePort(), await stablePort()];
  server = await ServerProcess.start('cairn', { dataDir, clientPort, peerPort });
  expect(await put('users/root', '{"user":"root","password":"lost"}')).toBe(201);
  expect(await put('enable', '')).toBe(200);
  await server.stop();

  const at = (name: string): string => join(directory, 'rescue', name);
  await run(process.execPath, [CAIRN, 'certs', `--directory=${at('')}`, '--hosts=127.0.0.1', '--client=root']);
  server = await ServerProcess.start('cairn', {
    ...{ dataDir, clientPort, peerPort },
    moreArguments: [
      `--listen-client-urls=http://127.0.0.1:${clientPort},https://127.0.0.1:${tlsPort}`,
      ...[`--cert-file=${at('server.crt')}`, `--key-file=${at('server.key')}`],
      ...[`--trusted-ca-file=${at('ca.crt')}`, '--client-cert-auth'],
    ],
  });
  const { stdout } = await run('curl', [
    ...['-sS', '--cacert', at('ca.crt'), '--cert', at('root.crt'), '--key', at('root.key')],
    ...[`https://127.0.0.1:${tlsPort}/v2/auth/users/root`, '-X', 'PUT', '-H', 'Content-Type: application/json'],
    ...['-d', '{"user":"root","password":"found"}'],
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ user: 'root' });
  await server.stop();

  server = await ServerProcess.start('cairn', { dataDir, clientPort, peerPort });
  expect([await usersAs('found'), await usersAs('lost')]).toEqual([200, 401]);
});
