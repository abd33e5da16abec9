import type { Beginning, ListedCluster } from '../../src/discovery/beginning';
import { beginFromJoinUrls, type JoinUrlsOptions } from '../../src/discovery/joinUrls';
import { TLS_CUT, TLS_FAILURE } from '../../src/platform/networkError';
import { clusterOf, joiner, listed } from './joiner';

const TOKEN = 'http://d/t';
const urls = ['a', 'b', 'c'].map((name) => `http://${name}:2380`);

function join(cluster: ListedCluster | undefined, rest: Partial<JoinUrlsOptions> = {}): Promise<Beginning | undefined> {
  const fetchMembers = () => (cluster === undefined ? Promise.reject(new Error('refused')) : Promise.resolve(cluster));
  return beginFromJoinUrls({ ...joiner('a', TOKEN).options, urls, foundation: undefined, fetchMembers, ...rest });
}

it('goes on otherwise when nobody answers, and when only this member is named', async () => {
  expect(await join(undefined)).toBeUndefined();
  const asked: string[] = [];
  const fetchMembers = (url: string) => {
    asked.push(url);
    return Promise.reject(new Error('refused'));
  };
  expect(await join(undefined, { urls: ['http://a:2380'], fetchMembers })).toBeUndefined();
  expect(asked).toEqual([]);
  await join(undefined, { fetchMembers });
  expect(new Set(asked)).toEqual(new Set(['http://b:2380', 'http://c:2380']));
});

it('waits where the cluster is said to exist and nobody else could be asked', async () => {
  let attempts = 0;
  const cluster = clusterOf(['b', 'c', 'd'], TOKEN);
  const fetchMembers = () => (attempts++ < 40 ? Promise.reject(new Error('refused')) : Promise.resolve(cluster));
  expect(await join(undefined, { fetchMembers, isOnlyWay: true })).toMatchObject({ kind: 'join', memberId: 'added' });
});

it('goes on otherwise when the cluster is one that this member is about to found', async () => {
  const cluster = clusterOf(['a', 'b', 'c'], TOKEN, ['a']);
  expect(await join(cluster)).toBeUndefined();
  expect(await join(cluster, { foundation: cluster.clusterId })).toBeUndefined();
});

it('joins the cluster of which it is a founder where it would found another one by its options', async () => {
  const cluster = clusterOf(['a', 'b', 'c'], TOKEN, ['a']);
  const { clusterId, members } = cluster;
  const [own, ...peers] = members;
  // It may have voted before anybody knew its name.
  const beginning = { kind: 'join', memberId: `instead-of-${own?.id}`, clusterId, peers };
  expect(await join(cluster, { foundation: clusterOf(['a'], TOKEN).clusterId })).toEqual(beginning);
  const changed = { clusterId, members: [...members.slice(0, 2), listed('d', TOKEN)] };
  expect(await join(changed, { foundation: clusterOf(['a'], TOKEN).clusterId })).toMatchObject({
    memberId: `instead-of-${own?.id}`,
  });
});

it('has itself added where it is not listed', async () => {
  const cluster = clusterOf(['b', 'c', 'd'], TOKEN);
  expect(await join(cluster)).toEqual({
    kind: 'join',
    memberId: 'added',
    clusterId: cluster.clusterId,
    peers: cluster.members,
  });
});

it('takes the place that was made for it', async () => {
  const { clusterId, members } = clusterOf(['b', 'c'], TOKEN);
  const cluster = { clusterId, members: [...members, { ...listed('a', TOKEN, ''), id: '77' }] };
  expect(await join(cluster)).toEqual({ kind: 'join', memberId: '77', clusterId, peers: members });
  const named = { clusterId, members: [...members, { ...listed('a', TOKEN), id: '77' }] };
  expect(await join(named, { unfinishedId: '77' })).toMatchObject({ memberId: '77' });
});

it('comes back as a new member where it was started before', async () => {
  const cluster = clusterOf(['a', 'b', 'c'], TOKEN);
  const { id } = listed('a', TOKEN);
  expect(await join(cluster)).toMatchObject({ kind: 'join', memberId: `instead-of-${id}` });
  await expect(join(cluster, { autoRejoin: false })).rejects.toThrow('--auto-rejoin');
});

it('waits where somebody is there and cannot be verified, and says why, instead of making a second cluster', async () => {
  const cluster = clusterOf(['b', 'c', 'd'], TOKEN);
  const one = joiner('a', TOKEN);
  let attempts = 0;
  const fetchMembers = (): Promise<ListedCluster> => {
    const reason = attempts++ < 20 ? 'TLS with b:2380: x509: certificate signed by unknown authority' : undefined;
    return reason === undefined
      ? Promise.resolve(cluster)
      : Promise.reject(Object.assign(new Error(reason), { code: TLS_FAILURE }));
  };
  expect(await join(undefined, { ...one.options, urls, fetchMembers })).toMatchObject({
    kind: 'join',
    memberId: 'added',
  });
  expect(one.lines).toContain(
    'none of http://b:2380, http://c:2380 answers (TLS with b:2380: x509: certificate signed by unknown authority); waiting for one of them',
  );
});

it('waits where somebody belongs to a cluster and was not told its members yet', async () => {
  const one = joiner('a', TOKEN);
  const cluster = clusterOf(['b', 'c', 'd'], TOKEN);
  let attempts = 0;
  const fetchMembers = (): Promise<ListedCluster> =>
    Promise.resolve(attempts++ < 20 ? { ...cluster, members: [] } : cluster);
  expect(await join(undefined, { ...one.options, urls: ['http://b:2380'], fetchMembers })).toMatchObject({
    kind: 'join',
    memberId: 'added',
  });
  expect(one.lines).toContain(
    `none of http://b:2380 answers (http://b:2380 belongs to the cluster ${cluster.clusterId} and was not told its members yet); ` +
      'waiting for one of them',
  );
});

/** Rejects the first `count` times as one that takes the connection and breaks it, and from then on as one that is not there. */
function cutting(count: number): { readonly fetchMembers: () => Promise<ListedCluster>; readonly asked: () => number } {
  let attempts = 0;
  const fetchMembers = (): Promise<ListedCluster> => {
    const cut = Object.assign(new Error('TLS with b:2380: it closed the connection'), { code: TLS_CUT });
    return Promise.reject(attempts++ < count ? cut : new Error('refused'));
  };
  return { fetchMembers, asked: () => attempts };
}

it('goes on otherwise where somebody broke one connection, who was ending, once nobody is there for as long as ever', async () => {
  const { fetchMembers, asked } = cutting(1);
  expect(await join(undefined, { urls: ['http://b:2380'], fetchMembers })).toBeUndefined();
  expect(asked()).toBe(1 + 3);
});

it('waits where somebody breaks each connection: he refuses this member', async () => {
  const one = joiner('a', TOKEN);
  const { fetchMembers } = cutting(6);
  const joining = join(undefined, { ...one.options, urls: ['http://b:2380'], fetchMembers });
  setTimeout(() => {
    one.stop.abort(new Error('stopped'));
  }, 300);
  await expect(joining).rejects.toThrow('stopped');
  expect(one.lines).toContain(
    'none of http://b:2380 answers (TLS with b:2380: it closed the connection); waiting for one of them',
  );
});

it('waits for the cluster where a join was begun', async () => {
  const { clusterId, members } = clusterOf(['b', 'c'], TOKEN);
  const cluster = { clusterId, members: [...members, { ...listed('a', TOKEN, ''), id: '77' }] };
  let attempts = 0;
  const fetchMembers = () => (++attempts > 20 ? Promise.resolve(cluster) : Promise.reject(new Error('refused')));
  expect(await join(undefined, { unfinishedId: '77', fetchMembers })).toMatchObject({ kind: 'join', memberId: '77' });
});

it('finishes a join under the id of a founder when that was begun', async () => {
  const { id } = listed('a', TOKEN);
  const cluster = clusterOf(['a', 'b', 'c'], TOKEN, ['a']);
  expect(await join(cluster, { unfinishedId: id })).toMatchObject({ kind: 'join', memberId: id });
});
