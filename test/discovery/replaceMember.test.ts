import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { replaceMember } from '../../src/discovery/replaceMember';

let server: Server | undefined;
afterEach(() => new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve))));

/** Answers each request with the next status; the requests it saw are in `seen`. */
async function clusterThatAnswers(
  statuses: readonly number[],
  members: unknown[] = [],
): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  server = createServer((request, response) => {
    const status = statuses[seen.length] ?? 500;
    seen.push(`${request.method} ${request.url}`);
    response.writeHead(status, { Connection: 'close' });
    response.end(status === 204 ? undefined : JSON.stringify({ id: 'fresh', members }));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function replace(url: string, slept: number[] = [], isListed = true): Promise<string> {
  const lost = { id: 'old', name: 'a', peerURLs: ['http://a:1'], clientURLs: ['http://127.0.0.1:1'] };
  const other = { id: 'other', name: 'b', peerURLs: ['http://b:1'], clientURLs: [url] };
  const sleep = (delayMs: number): Promise<void> => {
    slept.push(delayMs);
    return Promise.resolve();
  };
  const members = isListed ? [lost, other] : [other];
  const listed = isListed ? lost : undefined;
  return replaceMember({ clusterId: 'c', members }, listed, lost.peerURLs, () => undefined, sleep);
}

it('removes the lost member, then adds one with its URLs', async () => {
  const { url, seen } = await clusterThatAnswers([204, 201]);
  expect(await replace(url)).toBe('fresh');
  expect(seen).toEqual(['DELETE /v2/members/old', 'POST /v2/members']);
});

it('only adds where an earlier run had removed', async () => {
  const { url, seen } = await clusterThatAnswers([201]);
  expect(await replace(url, [], false)).toBe('fresh');
  expect(seen).toEqual(['POST /v2/members']);
});

it('goes on trying while the cluster has no leader, and minds neither step done before', async () => {
  const { url, seen } = await clusterThatAnswers([500, 410, 500, 200, 410, 201]);
  const slept: number[] = [];
  expect(await replace(url, slept)).toBe('fresh');
  expect(slept).toHaveLength(2);
  expect(seen).toHaveLength(6);
});

it('finds the member that an earlier attempt added', async () => {
  const { url } = await clusterThatAnswers(
    [410, 409, 200],
    [{ id: 'mine', name: '', peerURLs: ['http://a:1'], clientURLs: [] }],
  );
  expect(await replace(url)).toBe('mine');
});
