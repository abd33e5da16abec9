import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AlreadyRunningError, type ListedCluster } from '../../src/discovery/beginning';
import { HttpMembersApi, type MembersApi } from '../../src/discovery/membersApi';
import { CannotNowError, NotServedError, type MemberServer } from '../../src/discovery/memberServers';
import { replaceMember, type ReplacementOptions } from '../../src/discovery/replaceMember';
import { dialTcp } from '../../src/platform/dial';
import { environment, type Said } from './joiner';

/** The id of the member that is added. */
const FRESH = 'f4e54';
const DIALS = { peer: dialTcp, client: dialTcp };

/** How a member with this environment asks. */
function asking({ environment }: Said): Pick<ReplacementOptions, 'electionTimeoutMs' | 'members' | 'environment'> {
  return { electionTimeoutMs: 1000, members: new HttpMembersApi(environment, DIALS), environment };
}

function client(url: string): MemberServer {
  return { port: 'client', url };
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
    response.end(status === 204 ? undefined : JSON.stringify({ id: FRESH, members }));
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
  expect(await replace(url)).toBe(FRESH);
  expect(seen).toEqual(['DELETE /v2/members/old?onlyIfLost=true', 'POST /v2/members']);
});

it('only adds where an earlier run had removed', async () => {
  const { url, seen } = await clusterThatAnswers([201]);
  expect(await replace(url, [], false)).toBe(FRESH);
  expect(seen).toEqual(['POST /v2/members']);
});

it('goes on trying while the cluster has no leader, and minds neither step done before', async () => {
  const { url, seen } = await clusterThatAnswers([500, 410, 500, 200, 410, 201]);
  const asked: string[] = [];
  expect(await replace(url, asked)).toBe(FRESH);
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
  const api = new HttpMembersApi(environment().environment, DIALS);
  const replacing = api.removeLost(client(url), 'old').then(() => api.add(client(url), ['http://a:1']));
  await expect(replacing).rejects.toThrow(reason);
});

it('says why an update failed', async () => {
  const { url } = await clusterThatAnswers([500, 409]);
  const api = new HttpMembersApi(environment().environment, DIALS);
  const updating = (): Promise<void> => api.update(client(url), 'mine', ['http://a:1']);
  await expect(updating()).rejects.toThrow(
    /updating mine: the cluster answers that it cannot do it now \(status 500\)/,
  );
  await expect(updating()).rejects.toThrow(/updating mine: the cluster refuses it with status 409 \{"id"/);
});

it('finds the member that an earlier attempt added', async () => {
  const { url } = await clusterThatAnswers(
    [410, 409, 200],
    [{ id: 'a1', name: '', peerURLs: ['http://a:1'], clientURLs: [] }],
  );
  expect(await replace(url)).toBe('a1');
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
  expect(id).toBe(FRESH);
  expect(asked).toBe(3);
  expect(seen).toEqual(['POST /v2/members']);
});

it('asks nobody of another cluster that is at one of the URLs by now', async () => {
  const { url, seen } = await clusterThatAnswers([500, 500, 201]);
  const other = { id: 'b', name: 'b', peerURLs: ['http://b:1'], clientURLs: [url] };
  const foreign = { id: 'z', name: 'z', peerURLs: ['http://z:1'], clientURLs: [`${url}/foreign`] };
  const id = await replaceMember({
    cluster: { clusterId: 'c', members: [other] },
    lost: undefined,
    peerURLs: ['http://a:1'],
    fetchMembers: () => Promise.resolve({ clusterId: 'y', members: [foreign] }),
    ...asking(environment()),
  });
  expect(id).toBe(FRESH);
  expect(seen.filter((line) => line.includes('foreign'))).toEqual([]);
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
  expect(await replace(url)).toBe(FRESH);
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

/** A cluster of `other`, whose peer port speaks TLS, as far as anybody asks for a TLS connection. */
function replaceOver(ports: Partial<MembersApi>, clusters: readonly ListedCluster[]): Promise<string> {
  let asked = 0;
  return replaceMember({
    cluster: clusters[0]!,
    lost: LOST,
    peerURLs: LOST.peerURLs,
    fetchMembers: () => Promise.resolve(clusters[Math.min(++asked, clusters.length - 1)]!),
    ...asking(environment()),
    members: {
      removeLost: () => Promise.reject(new Error('nobody asks for this')),
      add: () => Promise.reject(new Error('nobody asks for this')),
      ...ports,
    },
  });
}

const LOST = { id: 'old', name: 'a', peerURLs: ['https://a:1'], clientURLs: [] };
const OTHER = { id: 'other', name: 'b', peerURLs: ['https://b:1'], clientURLs: ['http://b:2379'] };
const BOTH = { clusterId: 'c', members: [LOST, OTHER] };

it('asks over the peer port first, where that speaks TLS', async () => {
  const seen: MemberServer[] = [];
  const id = await replaceOver(
    {
      removeLost: (server) => {
        seen.push(server);
        return Promise.resolve('removed');
      },
      add: (server) => {
        seen.push(server);
        return Promise.resolve(FRESH);
      },
    },
    [BOTH],
  );
  expect(id).toBe(FRESH);
  expect(seen).toEqual(Array(2).fill({ port: 'peer', url: 'https://b:1' }));
});

it('stays with a peer port that serves and cannot do it now: the advice to users of the client port is none here', async () => {
  const seen: string[] = [];
  const outcomes = ['running', new CannotNowError('status 503'), 'running', 'removed'] as const;
  const id = await replaceOver(
    {
      removeLost: ({ url }) => {
        const outcome = outcomes[seen.push(url) - 1] ?? 'removed';
        return typeof outcome === 'string' ? Promise.resolve(outcome) : Promise.reject(outcome);
      },
      add: () => Promise.resolve(FRESH),
    },
    [BOTH, BOTH, BOTH, BOTH],
  );
  expect(id).toBe(FRESH);
  expect(seen).toEqual(Array(4).fill('https://b:1'));
});

it('takes status 503 of a peer port for: not now', async () => {
  const { url } = await clusterThatAnswers([503]);
  const api = new HttpMembersApi(environment().environment, DIALS);
  await expect(api.removeLost({ port: 'peer', url }, 'old')).rejects.toThrow(CannotNowError);
});

it('goes over to the client port of those that show no certificates to each other, and of older versions', async () => {
  const seen: string[] = [];
  const id = await replaceOver(
    {
      removeLost: ({ port, url }) => {
        seen.push(url);
        return port === 'peer' ? Promise.reject(new NotServedError('status 403')) : Promise.resolve('removed');
      },
      add: () => Promise.resolve(FRESH),
    },
    [BOTH],
  );
  expect(id).toBe(FRESH);
  expect(seen).toEqual(['https://b:1', 'http://b:2379']);
});

it.each([403, 404, 405])('takes status %i of a peer port for: not here', async (status) => {
  const { url } = await clusterThatAnswers([status]);
  const api = new HttpMembersApi(environment().environment, DIALS);
  await expect(api.removeLost({ port: 'peer', url }, 'old')).rejects.toThrow(NotServedError);
});

it('asks other paths of a peer port', async () => {
  const { url, seen } = await clusterThatAnswers([204, 201]);
  const api = new HttpMembersApi(environment().environment, DIALS);
  await api.removeLost({ port: 'peer', url }, 'old');
  expect(await api.add({ port: 'peer', url }, ['https://a:1'])).toBe(FRESH);
  expect(seen).toEqual(['DELETE /members/old?onlyIfLost=true', 'POST /members']);
});

it('with auth on says what to do, and goes on once the operator made its place', async () => {
  const { url } = await clusterThatAnswers([401]);
  const api = new HttpMembersApi(environment().environment, DIALS);
  await expect(api.removeLost(client(url), 'old')).rejects.toThrow(/auth on.*--peer-cert-allowed-cn.*as root/);

  let removals = 0;
  const id = await replaceOver(
    {
      removeLost: () => {
        removals += 1;
        return Promise.reject(new Error('status 401'));
      },
      add: () => Promise.resolve('made by root'),
    },
    [BOTH, { clusterId: 'c', members: [OTHER] }],
  );
  expect([id, removals]).toEqual(['made by root', 1]);
});
