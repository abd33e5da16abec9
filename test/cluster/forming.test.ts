/** A healthy cluster of three: what is the same on every member, and what is not. */
import { Cluster } from './cluster';
import { call, callKeys } from './httpClient';
import { until } from './waiting';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start();
});

afterAll(() => cluster.end());

test('the first write of a client in a new cluster of three has index 8', async () => {
  const [member] = cluster.members;
  const answer = await member!.put('/first', 'one');
  expect(answer.status).toBe(201);
  expect(answer.headers['x-etcd-index']).toBe('8');
  expect(JSON.parse(answer.text).node.modifiedIndex).toBe(8);
});

test('every member lists the same three, each with its name and URLs', async () => {
  const lists = await Promise.all(cluster.members.map((member) => member.members()));
  expect(lists[0]!.map(({ name }) => name).sort()).toEqual(['m1', 'm2', 'm3']);
  expect(lists[0]!.flatMap(({ clientURLs }) => clientURLs)).toHaveLength(3);
  expect(lists[1]).toEqual(lists[0]);
  expect(lists[2]).toEqual(lists[0]);
});

test('a follower carries out writes itself: no redirect, and its own tree has the value at once', async () => {
  for (const follower of await cluster.followers()) {
    const answer = await follower.put('/through-follower', follower.name);
    expect([200, 201]).toContain(answer.status);
    expect(await follower.value('/through-follower')).toBe(follower.name);
  }
});

test.each(['?quorum=true', '?consistent=true'])(
  '%s sees on any member what any other has acknowledged',
  async (query) => {
    for (let round = 0; round < 10; round++) {
      for (const writer of cluster.members) {
        const value = `${writer.name}-${round}`;
        await writer.put('/linearizable', value);
        const seen = await Promise.all(cluster.members.map((member) => member.value('/linearizable', query)));
        expect(seen).toEqual([value, value, value]);
      }
    }
  },
);

test('plain reads are served by each member from its own tree, and come to agree', async () => {
  const answer = await cluster.members[0]!.put('/local', 'x');
  const { modifiedIndex } = JSON.parse(answer.text).node;
  for (const member of cluster.members) {
    await until(
      `${member.name} has the write`,
      15_000,
      async () => (await member.value('/local')) === 'x' || undefined,
    );
    const read = await member.get('/v2/keys/local');
    expect(Number(read.headers['x-etcd-index'])).toBeGreaterThanOrEqual(modifiedIndex);
  }
});

test('POST makes names in the order of the writes, whichever member takes them', async () => {
  const keys: string[] = [];
  for (let round = 0; round < 9; round++) {
    const { clientPort } = cluster.members[round % 3]!;
    const answer = await callKeys(clientPort, {
      method: 'POST',
      target: '/v2/keys/queue',
      form: { value: String(round) },
    });
    keys.push(answer.node.key);
  }
  const listing = await callKeys(cluster.members[1]!.clientPort, {
    method: 'GET',
    target: '/v2/keys/queue?sorted=true&quorum=true',
  });
  expect(listing.node.nodes?.map(({ key }) => key)).toEqual(keys);
  expect(listing.node.nodes?.map(({ value }) => value)).toEqual(keys.map((_, round) => String(round)));
});

test('of many concurrent compare-and-swaps on one key, on all members, one wins', async () => {
  await cluster.members[0]!.put('/contended', 'start');
  const attempts = Array.from({ length: 30 }, (_, attempt) =>
    call(cluster.members[attempt % 3]!.clientPort, {
      method: 'PUT',
      target: '/v2/keys/contended?prevValue=start',
      form: { value: String(attempt) },
    }),
  );
  const statuses = (await Promise.all(attempts)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 412)).toHaveLength(29);
});

test('a watch on a follower sees the writes made on the others, in order', async () => {
  const leader = await cluster.leader();
  const [one, other] = await cluster.followers();
  const first = await leader.put('/watched/0', 'v0');
  let index = JSON.parse(first.text).node.modifiedIndex as number;
  for (const [number, writer] of [leader, other!, one!, leader].entries()) {
    const watch = callKeys(one!.clientPort, {
      method: 'GET',
      target: `/v2/keys/watched?wait=true&recursive=true&waitIndex=${index + 1}`,
    });
    await writer.put('/watched/1', `v${number + 1}`);
    const event = await watch;
    expect(event.node.value).toBe(`v${number + 1}`);
    expect(event.node.modifiedIndex).toBe(index + 1);
    index = event.node.modifiedIndex;
  }
});

test('a key with a TTL disappears on every member, once and at the same index', async () => {
  const [one, two, three] = cluster.members;
  const put = await callKeys(two!.clientPort, {
    method: 'PUT',
    target: '/v2/keys/short',
    form: { value: 'x', ttl: '1' },
  });
  const target = `/v2/keys/short?wait=true&waitIndex=${put.node.modifiedIndex + 1}`;
  const events = await Promise.all(
    [one, two, three].map((member) => callKeys(member!.clientPort, { method: 'GET', target })),
  );
  expect(events[0]!.action).toBe('expire');
  expect(events.map(({ node }) => node.modifiedIndex)).toEqual(Array(3).fill(events[0]!.node.modifiedIndex));
  for (const member of cluster.members) expect((await member.get('/v2/keys/short')).status).toBe(404);
});

test('/v2/stats/self tells the roles, /v2/stats/leader is the leader’s', async () => {
  const leader = await cluster.leader();
  const self = await leader.self();
  expect(self).toMatchObject({ name: leader.name, state: 'StateLeader', leaderInfo: { leader: self.id } });
  expect(self.sendAppendRequestCnt).toBeGreaterThan(0);
  const stats = JSON.parse((await leader.get('/v2/stats/leader')).text);
  expect(stats.leader).toBe(self.id);
  for (const follower of await cluster.followers()) {
    const facts = await follower.self();
    expect(facts).toMatchObject({ name: follower.name, state: 'StateFollower', leaderInfo: { leader: self.id } });
    expect(facts.recvAppendRequestCnt).toBeGreaterThan(0);
    expect(stats.followers[facts.id].counts.success).toBeGreaterThan(0);
    expect(stats.followers[facts.id].latency.current).toBeGreaterThan(0);
    const refused = await follower.get('/v2/stats/leader');
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.text)).toEqual({ message: 'not current leader' });
  }
  expect(Object.keys(stats.followers)).toHaveLength(2);
});
