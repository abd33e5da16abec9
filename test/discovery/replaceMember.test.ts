import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AlreadyRunningError, type ListedCluster } from '../../src/discovery/beginning';
import { HttpMembersApi } from '../../src/discovery/membersApi';
import { replaceMember, type ReplacementOptions } from '../../src/discovery/replaceMember';
import { environment, type Said } from './joiner';

/** How a member with this environment asks. */
function asking({ environment }: Said): Pick<ReplacementOptions, 'electionTimeoutMs' | 'members' | 'environment'> {
  return { electionTimeoutMs: 1000, members: new HttpMembersApi(environment), environment };
}

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

function replace(url: string, asked: string[] = [], isListed = true): Promise<string> {
  const lost = { id: 'old', name: 'a', peerURLs: ['http://a:1'], clientURLs: ['http://127.0.0.1:1'] };
  const other = { id: 'other', name: 'b', peerURLs: ['http://b:1'], clientURLs: [url] };
  const members = isListed ? [lost, other] : [other];
  const listed = isListed ? lost : undefined;
  const said = environment();
  const fetchMembers = (peerURL: string): Promise<ListedCluster> => {
    asked.push(peerURL);
    return Promise.reject(new Error('refused'));
  };
  return replaceMember({
    cluster: { clusterId: 'c', members },
    lost: listed,
    peerURLs: lost.peerURLs,
    fetchMembers,
    ...asking(said),
  });
}

it('removes the lost member, then adds one with its URLs', async () => {
  const { url, seen } = await clusterThatAnswers([204, 201]);
  expect(await replace(url)).toBe('fresh');
  expect(seen).toEqual(['DELETE /v2/members/old?onlyIfLost=true', 'POST /v2/members']);
});

it('only adds where an earlier run had removed', async () => {
  const { url, seen } = await clusterThatAnswers([201]);
  expect(await replace(url, [], false)).toBe('fresh');
  expect(seen).toEqual(['POST /v2/members']);
});

it('goes on trying while the cluster has no leader, and minds neither step done before', async () => {
  const { url, seen } = await clusterThatAnswers([500, 410, 500, 200, 410, 201]);
  const asked: string[] = [];
  expect(await replace(url, asked)).toBe('fresh');
  expect(asked).toEqual(['http://b:1', 'http://b:1']);
  expect(seen).toHaveLength(6);
});

it.each([
  [
    'removing',
    [500],
    /removing old: the cluster answers that it cannot do it now \(status 500\): .*no majority.*--force-new-cluster/,
  ],
  ['adding', [204, 503, 200], /adding http:\/\/a:1: the cluster answers that it cannot do it now \(status 503\)/],
  ['removing what may not be', [403], /removing old: the cluster refuses it with status 403/],
])('says why %s failed', async (_what, statuses, reason) => {
  const { url } = await clusterThatAnswers(statuses);
  const api = new HttpMembersApi(environment().environment);
  const replacing = api.removeLost(url, 'old').then(() => api.add(url, ['http://a:1']));
  await expect(replacing).rejects.toThrow(reason);
});

it('says why an update failed', async () => {
  const { url } = await clusterThatAnswers([500, 409]);
  const api = new HttpMembersApi(environment().environment);
  const updating = (): Promise<void> => api.update(url, 'mine', ['http://a:1']);
  await expect(updating()).rejects.toThrow(
    /updating mine: the cluster answers that it cannot do it now \(status 500\)/,
  );
  await expect(updating()).rejects.toThrow(/updating mine: the cluster refuses it with status 409 \{"id"/);
});

it('finds the member that an earlier attempt added', async () => {
  const { url } = await clusterThatAnswers(
    [410, 409, 200],
    [{ id: 'mine', name: '', peerURLs: ['http://a:1'], clientURLs: [] }],
  );
  expect(await replace(url)).toBe('mine');
});

it('asks again who the members are: those of a young cluster publish their client URLs one after the other', async () => {
  const { url, seen } = await clusterThatAnswers([201]);
  const young = { id: 'b', name: '', peerURLs: ['http://b:1'], clientURLs: [] };
  const grown = { ...young, name: 'b', clientURLs: [url] };
  let asked = 0;
  const id = await replaceMember({
    cluster: { clusterId: 'c', members: [young] },
    lost: undefined,
    peerURLs: ['http://a:1'],
    fetchMembers: () => Promise.resolve({ clusterId: 'c', members: [++asked < 3 ? young : grown] }),
    ...asking(environment()),
  });
  expect(id).toBe('fresh');
  expect(asked).toBe(3);
  expect(seen).toEqual(['POST /v2/members']);
});

it('refuses where another member turns out to have the URL', async () => {
  const { url } = await clusterThatAnswers([409, 200]);
  const other = { id: 'b', name: 'b', peerURLs: ['http://b:1'], clientURLs: [url] };
  const twin = { id: 'x', name: 'twin', peerURLs: ['http://a:1'], clientURLs: [] };
  const replacing = replaceMember({
    cluster: { clusterId: 'c', members: [other] },
    lost: undefined,
    peerURLs: ['http://a:1'],
    fetchMembers: () => Promise.resolve({ clusterId: 'c', members: [other, twin] }),
    ...asking(environment()),
  });
  await expect(replacing).rejects.toThrow('the cluster c has a member with the peer URL http://a:1 already: x (twin)');
});

it('ends when a member that was started has taken the place of the lost one meanwhile', async () => {
  const { url } = await clusterThatAnswers([410, 409, 200]);
  const other = { id: 'b', name: 'b', peerURLs: ['http://b:1'], clientURLs: [url] };
  const lost = { id: 'old', name: 'a', peerURLs: ['http://a:1'], clientURLs: [] };
  const replacing = replaceMember({
    cluster: { clusterId: 'c', members: [lost, other] },
    lost,
    peerURLs: ['http://a:1'],
    fetchMembers: () => Promise.resolve({ clusterId: 'c', members: [other, { ...lost, id: 'new' }] }),
    ...asking(environment()),
  });
  await expect(replacing).rejects.toThrow('already: new (a)');
});

it('gives a member that has just ended time to be missed, and then takes its place', async () => {
  const { url, seen } = await clusterThatAnswers([409, 409, 204, 201]);
  expect(await replace(url)).toBe('fresh');
  expect(seen).toHaveLength(4);
});

it('gives up, and changes nothing, when the leader goes on hearing from the member', async () => {
  const { url, seen } = await clusterThatAnswers(Array<number>(100).fill(409));
  const replacing = replace(url);
  await expect(replacing).rejects.toThrow(AlreadyRunningError);
  await expect(replacing).rejects.toThrow(/hears from member old \(a\).* empty data directory.*started by mistake/);
  expect(new Set(seen)).toEqual(new Set(['DELETE /v2/members/old?onlyIfLost=true']));
});

it('ends when the process is asked to stop', async () => {
  const said = environment();
  const reason = new Error('asked to');
  const replacing = replaceMember({
    cluster: { clusterId: 'c', members: [] },
    lost: undefined,
    peerURLs: ['http://a:1'],
    fetchMembers: () => Promise.reject(new Error('refused')),
    ...asking(said),
  });
  said.stop.abort(reason);
  await expect(replacing).rejects.toBe(reason);
});
