/** Auth in a cluster of processes: written through any member, checked by each, felt by watches within a second, and through a proxy. */
import { connect } from 'node:net';
import { ask } from '../api/apiUnderTest';
import { basic } from '../api/auth/userWith';
import { Cluster } from '../cluster/cluster';
import { until } from '../cluster/waiting';
import { ServerProcess } from '../support/serverProcess';
import { startFairClock } from '../support/fairClock';

const ROOT = basic('root', 'rootpw');
const ANN = basic('ann', 'annpw');
const FELT_WITHIN_MS = 1000;

let cluster: Cluster;
let ports: number[];

beforeAll(async () => {
  cluster = await Cluster.start();
  const leader = await cluster.leader();
  // Followers first: the requests of users meet those mostly.
  ports = [...cluster.members.filter((member) => member !== leader), leader].map(({ clientPort }) => clientPort);
  await send(ports[0]!, 'PUT', '/v2/auth/users/root', { user: 'root', password: 'rootpw' }, 201);
  const permissions = { kv: { read: ['/app/*'], write: [] } };
  await send(ports[1]!, 'PUT', '/v2/auth/roles/app', { role: 'app', permissions }, 201);
  await send(ports[2]!, 'PUT', '/v2/auth/users/ann', { user: 'ann', password: 'annpw', roles: ['app'] }, 200);
  const none = { role: 'guest', permissions: { kv: { read: [], write: [] } } };
  await send(ports[0]!, 'PUT', '/v2/auth/roles/guest', none, 201);
  await send(ports[1]!, 'PUT', '/v2/auth/enable', undefined, 200);
});

afterAll(async () => {
  await cluster.end();
});

async function send(port: number, method: string, path: string, body: object | undefined, status: number) {
  const headers = { 'content-type': 'application/json', ...ROOT };
  const answer = await ask(port, method, path, body && JSON.stringify(body), headers);
  expect([method, path, answer.status, answer.body]).toEqual([method, path, status, expect.anything()]);
}

async function statusOf(port: number, path: string, headers: Record<string, string>): Promise<number> {
  return (await ask(port, 'GET', path, undefined, headers)).status;
}

/** Until every member says so; how long that took at most is up to the caller. */
async function everywhere(what: string, path: string, headers: Record<string, string>, status: number): Promise<void> {
  await until(what, 60_000, async () => {
    const found = await Promise.all(ports.map((port) => statusOf(port, path, headers)));
    return found.every((each) => each === status) || undefined;
  });
}

/** A watch that is open; `ended` resolves at its end. */
async function openWatch(port: number, path: string, { authorization }: { readonly authorization: string }) {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => (text += chunk));
  const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${authorization}\r\n\r\n`);
  await until('the watch is open', 60_000, () => Promise.resolve(text.includes('\r\n\r\n') || undefined));
  expect(text).toContain('HTTP/1.1 200');
  return { ended };
}

test('what was written through one member holds on all', async () => {
  await everywhere('everybody knows ann', '/v2/keys/app/none', ANN, 404);
  await everywhere('everybody knows guests', '/v2/keys/app/none', {}, 401);
  await everywhere('everybody knows root', '/v2/auth/users', ROOT, 200);
  await everywhere('ann is not root', '/v2/auth/users', ANN, 401);
  const [first, ...others] = await Promise.all(
    ports.map((port) => ask(port, 'GET', '/v2/auth/users', undefined, ROOT)),
  );
  for (const other of others) expect(other.body).toBe(first!.body);
});

test('a watch on any member is cut within a second after its right was taken away through another', async () => {
  const watches = await Promise.all(ports.map((port) => openWatch(port, '/v2/keys/app/x?wait=true&stream=true', ANN)));
  const elapsedMs = startFairClock();
  await send(ports[0]!, 'PUT', '/v2/auth/users/ann', { user: 'ann', revoke: ['app'] }, 200);
  await Promise.all(watches.map(({ ended }) => ended));
  expect(elapsedMs()).toBeLessThan(FELT_WITHIN_MS);
  await everywhere('ann may not read', '/v2/keys/app/x', ANN, 401);
  await send(ports[1]!, 'PUT', '/v2/auth/users/ann', { user: 'ann', grant: ['app'] }, 200);
  await everywhere('ann may read again', '/v2/keys/app/x', ANN, 404);
});

test('a new password holds at once where it was given, and soon everywhere', async () => {
  await send(ports[2]!, 'PUT', '/v2/auth/users/ann', { user: 'ann', password: 'new' }, 200);
  expect(await statusOf(ports[2]!, '/v2/keys/app/x', ANN)).toBe(401);
  await everywhere('the new one is right', '/v2/keys/app/x', basic('ann', 'new'), 404);
  await everywhere('the old one is wrong', '/v2/keys/app/x', ANN, 401);
  await send(ports[0]!, 'PUT', '/v2/auth/users/ann', { user: 'ann', password: 'annpw' }, 200);
  await everywhere('it is back', '/v2/keys/app/x', ANN, 404);
});

test('a proxy passes on who the client says it is, and is nobody itself', async () => {
  const proxy = await ServerProcess.start('cairn', {
    initialCluster: cluster.initialCluster(),
    moreArguments: ['--proxy', 'on'],
  });
  try {
    expect(await statusOf(proxy.clientPort, '/v2/keys/app/x', {})).toBe(401);
    expect(await statusOf(proxy.clientPort, '/v2/keys/app/x', ANN)).toBe(404);
    expect(await statusOf(proxy.clientPort, '/v2/auth/users', ANN)).toBe(401);
    expect(await statusOf(proxy.clientPort, '/v2/auth/users', ROOT)).toBe(200);
    const { ended } = await openWatch(proxy.clientPort, '/v2/keys/app/x?wait=true', ANN);
    const elapsedMs = startFairClock();
    await send(ports[0]!, 'PUT', '/v2/auth/users/ann', { user: 'ann', revoke: ['app'] }, 200);
    await ended;
    expect(elapsedMs()).toBeLessThan(FELT_WITHIN_MS);
  } finally {
    await proxy.remove();
  }
});
