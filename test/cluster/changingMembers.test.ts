/** Members that come, go, lose their data or are told the wrong things. */
import { existsSync } from 'node:fs';
import { Cluster } from './cluster';
import { ClusterMember } from './clusterMember';
import { call } from './httpClient';
import { stablePort } from '../support/ports';
import { until } from './waiting';

let cluster: Cluster;

/** A short log, so that whoever is new or was away is sent the whole state. */
const SHORT_LOG = ['--snapshot-count', '50'];

beforeAll(async () => {
  cluster = await Cluster.start({ moreArguments: SHORT_LOG });
  // The log is cut in steps of 256 entries; writes that are on their way together share one.
  for (let number = 0; number < 400; number++) await cluster.members[0]!.put(`/filled/${number % 200}`, `v${number}`);
});

afterAll(() => cluster.end());

async function endsBadly(
  member: ClusterMember,
  moreArguments: readonly string[],
): Promise<{ code: number | null; log: string }> {
  const before = member.logs().length;
  member.start(moreArguments);
  const { code } = await member.exited;
  return { code, log: member.logs().slice(before) };
}

async function listing(member: ClusterMember): Promise<unknown> {
  return JSON.parse((await member.get('/v2/keys/?recursive=true&sorted=true&quorum=true')).text);
}

test('a member that was added and never started does not cost the cluster its quorum', async () => {
  const ghost = await cluster.makePlace('ghost');
  const through = cluster.members[0]!;
  const id = await cluster.add(through, ghost);
  const [follower] = await cluster.followers();
  await follower!.kill();
  expect((await (await cluster.leader()).put('/with-ghost', 'x')).status).toBe(201);
  follower!.start();
  await follower!.healthy();
  expect(await cluster.remove(through, id)).toBe(204);
  cluster.members.pop();
});

test('an added member is sent the state, becomes a voter by itself, and takes part', async () => {
  const added = await cluster.makePlace('m4');
  const leader = await cluster.leader();
  const id = await cluster.add(leader, added);
  added.start(cluster.argumentsFor(cluster.members, '--initial-cluster-state', 'existing'));
  await cluster.healthy();
  expect(await added.id()).toBe(id);
  expect(leader.logs()).toContain('sending the state to a follower that is far behind');
  expect(await listing(added)).toEqual(await listing(leader));
  // It counts for the quorum now: with two of the four it is lost, although three were there before.
  const followers = (await cluster.followers()).filter((member) => member !== added);
  for (const follower of followers) await follower.kill();
  await expect(leader.put('/no-quorum', 'x', 1000)).rejects.toThrow('no answer');
  for (const follower of followers) follower.start();
  await cluster.healthy();
  expect((await added.put('/from-the-new-one', 'x')).status).toBe(201);
});

test('a removed member ends with code 6 and says why', async () => {
  const removed = cluster.members[3]!;
  expect(await cluster.remove(cluster.members[0]!, await removed.id())).toBe(204);
  expect(await removed.exited).toEqual({ code: 6, signal: null });
  expect(removed.logs()).toContain('the member has been permanently removed from the cluster');
  expect(removed.logs()).toContain('the data-dir used by this member must be removed.');
  expect(removed.logs().trim().split('\n').at(-1)).toContain(
    'stopped, because the member was removed from the cluster',
  );
  const again = await endsBadly(removed, cluster.argumentsFor(cluster.members, '--initial-cluster-state', 'existing'));
  expect(again.code).toBe(6);
  cluster.members.pop();
  expect((await cluster.members[1]!.put('/without-it', 'x')).status).toBe(201);
});

test('a removed leader steps down, ends, and another one leads', async () => {
  const leader = await cluster.leader();
  const [through] = await cluster.followers();
  expect(await cluster.remove(through!, await leader.id())).toBe(204);
  expect((await leader.exited).code).toBe(6);
  const rest = cluster.members.filter((member) => member !== leader);
  await until(
    'a write succeeds',
    5000,
    async () => (await rest[0]!.put('/led-by-another', 'x', 1000)).status < 300 || undefined,
  );
  // Its place is taken again by a member with the same name and URLs.
  leader.deleteData();
  const id = await cluster.add(rest[0]!, leader);
  leader.start(cluster.argumentsFor(cluster.members, '--initial-cluster-state', 'existing'));
  await cluster.healthy();
  expect(await leader.id()).toBe(id);
  expect(await listing(leader)).toEqual(await listing(rest[0]!));
});

test('--auto-rejoin=false refuses to start a member that lost its data, in a clear sentence', async () => {
  const [lost] = await cluster.followers();
  await lost!.kill();
  lost!.deleteData();
  const { code, log } = await endsBadly(lost!, cluster.argumentsFor(cluster.members, '--auto-rejoin=false'));
  expect(code).toBe(2);
  expect(log).toContain('its data directory is empty; remove it from the cluster and add it again');
  expect(log).toContain('--auto-rejoin');
});

test('a member that lost its data comes back by itself under its name and URL, with a new id', async () => {
  const lost = cluster.members.find(({ isRunning }) => !isRunning)!;
  const other = cluster.members.find(({ isRunning }) => isRunning)!;
  const before = await other.members();
  lost.deleteData();
  lost.start(cluster.argumentsFor(cluster.members));
  await cluster.healthy();
  const after = await other.members();
  const find = (list: typeof before): (typeof before)[number] => list.find(({ name }) => name === lost.name)!;
  expect(after).toHaveLength(3);
  expect(find(after).peerURLs).toEqual(find(before).peerURLs);
  expect(find(after).id).not.toBe(find(before).id);
  expect(await lost.id()).toBe(find(after).id);
  expect(await listing(lost)).toEqual(await listing(other));
  // A restart with data goes on as that member.
  await lost.kill();
  lost.start();
  await lost.healthy();
  expect(await lost.id()).toBe(find(after).id);
});

test('a replacement that was cut short after the removal is finished by the next start', async () => {
  const lost = (await cluster.followers())[0]!;
  const other = cluster.members.find((member) => member !== lost)!;
  const id = await lost.id();
  await lost.kill();
  lost.deleteData();
  expect(await cluster.remove(other, id)).toBe(204);
  lost.start(cluster.argumentsFor());
  await cluster.healthy();
  expect(await other.members()).toHaveLength(3);
  expect(await lost.id()).not.toBe(id);
  expect(await listing(lost)).toEqual(await listing(other));
});

test('`existing` with a peer URL that nobody added is refused', async () => {
  const stranger = await cluster.makePlace('stranger');
  const { code, log } = await endsBadly(
    stranger,
    cluster.argumentsFor(cluster.members, '--initial-cluster-state', 'existing'),
  );
  cluster.members.pop();
  expect(code).toBe(2);
  expect(log).toContain(`has no member with the peer URL ${stranger.place.peerUrl}`);
  expect(log).toContain('add it first');
});

test('`existing` without anybody who answers is refused', async () => {
  const alone = await cluster.makePlace('alone');
  cluster.members.pop();
  const nobody = await endsBadly(alone, [
    ...[
      '--initial-cluster',
      `alone=${alone.place.peerUrl},gone=http://127.0.0.1:9`,
      '--initial-cluster-state',
      'existing',
    ],
  ]);
  expect(nobody.code).toBe(2);
  expect(nobody.log).toContain('none of http://127.0.0.1:9 answers');
  const unnamed = await endsBadly(alone, [
    '--initial-cluster',
    `alone=${alone.place.peerUrl}`,
    '--initial-cluster-state',
    'existing',
  ]);
  expect(unnamed.code).toBe(2);
  expect(unnamed.log).toContain('needs somebody to ask');
});

test('a member that moved is dialled at its new peer URL, without a restart of the others', async () => {
  const moving = (await cluster.followers())[0]!;
  const id = await moving.id();
  await moving.kill();
  const peerPort = await stablePort();
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const { clientPort } = await cluster.leader();
  const update = { method: 'PUT', target: `/v2/members/${id}`, json: { peerURLs: [peerUrl] } };
  expect((await call(clientPort, update)).status).toBe(204);
  const moved = new ClusterMember({ ...moving.place, peerPort, peerUrl });
  cluster.members[cluster.members.indexOf(moving)] = moved;
  moved.start(cluster.argumentsFor());
  await cluster.healthy();
  expect(await moved.id()).toBe(id);
  expect((await moved.put('/from-the-new-place', 'x')).status).toBe(201);
});

test('a member of another cluster is not let in, and both say so', async () => {
  const follower = (await cluster.followers())[0]!;
  const { clientPort, peerPort, peerUrl } = follower.place;
  await follower.kill();
  // The same place, but another token: other ids, another cluster.
  const data = follower.dataDir;
  expect(existsSync(data)).toBe(true);
  const other = await Cluster.start({ size: 1 });
  try {
    const founder = other.members[0]!;
    const target = `http://127.0.0.1:${founder.place.peerPort}`;
    const rest = cluster.members.filter((member) => member !== follower);
    // The others are told that the killed member lives where the stranger does.
    const id = (await rest[0]!.members()).find(({ name }) => name === follower.name)!.id;
    const update = (url: string) =>
      call(rest[0]!.clientPort, { method: 'PUT', target: `/v2/members/${id}`, json: { peerURLs: [url] } });
    expect((await update(target)).status).toBe(204);
    await until(
      'the stranger says so',
      10_000,
      () =>
        /request sent was ignored \(cluster ID mismatch: remote\[[0-9a-f]+\]=[0-9a-f]+, local=[0-9a-f]+\)/.test(
          founder.logs(),
        ) || undefined,
    );
    await until(
      'the dialer says so',
      10_000,
      () => rest.every((member) => /cluster ID mismatch/.test(member.logs())) || undefined,
    );
    expect((await update(peerUrl)).status).toBe(204);
  } finally {
    await other.end();
  }
  expect([clientPort, peerPort]).toEqual([follower.place.clientPort, follower.place.peerPort]);
  follower.start();
  await cluster.healthy();
});
