/**
 * A member that joins listens before it was sent the state. Found by reading: until then it knew of no users and no keys, so everybody was root
 * there, the leader carried out what it forwarded, and keys that exist were not found.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startInProcess, type InProcess } from '../support/inProcess';

const CLUSTER = 'c1c1';
let server: Server;
let joiner: InProcess;

beforeAll(async () => {
  // A member that says who belongs to the cluster, and never sends its state.
  server = createServer(({ method, url = '' }, response) => {
    const listed = [{ id: 1, name: 'a', peerURLs: [peerUrl()], clientURLs: [peerUrl()] }];
    response.setHeader('X-Etcd-Cluster-Id', CLUSTER);
    if (method === 'POST' && url === '/v2/members') response.writeHead(201).end('{"id":"fade"}');
    else if (url === '/members') response.end(JSON.stringify(listed));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  joiner = await startInProcess('all', [`--join-urls=${peerUrl()}`]);
});
afterAll(async () => {
  await joiner.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const peerUrl = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

test.each([
  ['GET', '/v2/keys/there'],
  ['PUT', '/v2/keys/there?value=1'],
  ['GET', '/v2/members'],
  ['DELETE', '/v2/members/1'],
  ['GET', '/v2/auth/users'],
])('%s %s has to be asked of another member', async (method, path) => {
  const response = await fetch(`${joiner.url}${path}`, { method });
  expect([response.status, await response.text()]).toEqual([
    503,
    expect.stringContaining('has not been sent the state'),
  ]);
});

test('it says that it is alive, and not ready', async () => {
  expect((await fetch(`${joiner.url}/livez`)).status).toBe(200);
  expect((await fetch(`${joiner.url}/readyz`)).status).toBe(503);
});
