/**
 * Members come and go as the settings of etcd 0.4 say: who is too many or was replaced becomes a standby in the same process, keeps its data
 * aside, and comes back when a place is free, also when its process was killed meanwhile and its options name nobody or everybody.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { call } from './httpClient';
import { until } from './waiting';

let cluster: Cluster;

afterEach(() => cluster.end());

async function isStandby(member: ClusterMember): Promise<boolean> {
  return (await member.get('/metrics', 2000)).text.includes('cairn_standby 1');
}

async function standby(of: readonly ClusterMember[]): Promise<ClusterMember> {
  return until('one is a standby', 60_000, async () => {
    for (const member of of) if (member.isRunning && (await isStandby(member).catch(() => false))) return member;
    return undefined;
  });
}

async function voters(through: ClusterMember): Promise<string> {
  const list = await through.members();
  return list
    .filter(({ isLearner }) => isLearner !== true)
    .map(({ name }) => name)
    .sort()
    .join();
}

async function settings(through: ClusterMember, activeSize: number): Promise<void> {
  await until('the settings are set', 60_000, async () => {
    const json = { activeSize, removeDelay: 2, syncInterval: 1 };
    return (await call(through.clientPort, { method: 'PUT', target: '/v2/admin/config', json })).status === 200;
  });
}

const names = (members: readonly ClusterMember[]): string =>
  members
    .map(({ name }) => name)
    .sort()
    .join();

test('a member too many waits, takes the place of one that was killed, and that one waits when it comes back', async () => {
  cluster = await Cluster.start({ size: 4, electionTimeoutMs: 400 });
  const [first] = cluster.members as [ClusterMember];
  expect((await first.put('/kept', '1')).status).toBe(201);
  await settings(first, 3);
  const demoted = await standby(cluster.members);
  const { pid } = demoted;
  const rest = cluster.members.filter((member) => member !== demoted);
  const through = await cluster.leader();
  await until('three are left', 60_000, async () => (await voters(through)) === names(rest));
  const redirected = await until('it knows who leads', 60_000, async () => {
    const answer = await call(demoted.clientPort, { method: 'GET', target: '/v2/keys/kept' });
    return answer.status === 307 && answer;
  });
  expect(redirected.headers.location).toBe(`${through.clientUrl}/v2/keys/kept`);
  // Nothing is lost: its data are beside the directory, whole and marked.
  expect(['FORMAT', 'db', 'REMOVED'].filter((file) => !existsSync(join(`${demoted.dataDir}.removed-1`, file)))).toEqual(
    [],
  );

  // Its options name it as a founder of this very cluster; killed and started again it waits all the same.
  await demoted.kill();
  demoted.start();
  expect(await standby([demoted])).toBe(demoted);
  expect(demoted.pid).not.toBe(pid);
  const again = demoted.pid;

  const [victim] = rest.filter((member) => member !== through) as [ClusterMember];
  await victim.kill();
  const after = cluster.members.filter((member) => member !== victim);
  await until('it took the place', 60_000, async () => (await voters(through)) === names(after));
  expect(demoted.pid).toBe(again);
  await until('it has the state', 60_000, async () => (await demoted.value('/kept')) === '1');

  victim.start();
  expect(await standby([victim])).toBe(victim);
  expect(await voters(through)).toBe(names(after));
  expect(victim.logs()).toContain('this process becomes a standby');

  await settings(through, 4);
  await until('all four are members', 60_000, async () => (await voters(through)) === names(cluster.members));
  expect((await victim.put('/kept', '2')).status).toBe(200);

  // A directory that cannot be moved aside: it ends as any removed member does, and the data stay where they are.
  mkdirSync(join(`${victim.dataDir}.standby-new`, 'of somebody else'), { recursive: true });
  const remover = cluster.members.find((member) => member !== victim)!;
  await call(remover.clientPort, { method: 'DELETE', target: `/v2/admin/machines/${victim.name}` });
  expect((await victim.exited).code).toBe(6);
  expect([existsSync(join(victim.dataDir, 'db')), existsSync(join(victim.dataDir, 'REMOVED'))]).toEqual([true, true]);
  expect(victim.logs()).toContain('its data directory cannot be moved aside');
});

test('the first member of all, which names nobody, comes back to its cluster and founds no other', async () => {
  cluster = await Cluster.place({ size: 4 });
  const [founder, ...others] = cluster.members as [ClusterMember, ClusterMember, ClusterMember, ClusterMember];
  const timing = ['--heartbeat-interval', '50', '--election-timeout', '500'];
  founder.start(timing);
  await founder.healthy();
  const peers = `--peers=${new URL(founder.place.peerUrl).host}`;
  for (const other of others) {
    other.start([...timing, peers]);
    await until(`${other.name} votes`, 60_000, async () => (await voters(founder)).includes(other.name));
  }
  await settings(founder, 4);
  await settings(founder, 3);
  const removed = await standby(cluster.members);
  // The founder is the one this is about: it makes way for the one that was taken out.
  if (removed !== founder) {
    await call(others.find((other) => other !== removed)!.clientPort, {
      method: 'DELETE',
      target: `/v2/admin/machines/${founder.name}`,
    });
  }
  expect(await standby([founder])).toBe(founder);
  expect(JSON.parse(readFileSync(join(founder.dataDir, 'STANDBY'), 'utf8').split('\n')[1]!)).toMatchObject({
    clusterId: await others.find((other) => other !== removed)!.clusterId(),
  });
  await founder.kill();
  founder.start();
  expect(await standby([founder])).toBe(founder);
});

test('one that waits, and is started again before the cluster is, founds no other', async () => {
  cluster = await Cluster.place({ size: 4 });
  const waits = cluster.members[3] as ClusterMember;
  const three = cluster.members.slice(0, 3) as [ClusterMember, ClusterMember, ClusterMember];
  const args = cluster.argumentsFor(three, '--cluster-active-size', '3');
  for (const member of three) member.start(args);
  await cluster.healthy(three);
  await until('the settings are there', 60_000, async () => {
    return (await three[0].get('/v2/admin/config')).text.includes('"activeSize":3');
  });
  const urls = three.map(({ place }) => place.peerUrl).join();
  waits.start(['--join-urls', urls, '--heartbeat-interval', '20', '--election-timeout', '200']);
  expect(await standby([waits])).toBe(waits);
  await Promise.all(cluster.members.map((member) => member.kill()));

  waits.start();
  await until('it says what it waits for', 60_000, () =>
    Promise.resolve(waits.logs().includes('waits for a place in its former cluster') || undefined),
  );
  // As long as it looked at --join-urls before it founded a cluster, and longer.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(waits.logs()).not.toContain('ready to serve clients');

  for (const member of three) member.start(args);
  expect(await standby([waits])).toBe(waits);
  expect(await voters(await cluster.leader())).toBe(names(three));
});

test('where nobody set the settings a removed member ends with code 6, as ever', async () => {
  cluster = await Cluster.start();
  const [first, , third] = cluster.members as [ClusterMember, ClusterMember, ClusterMember];
  expect(await cluster.remove(first, await third.id())).toBe(204);
  expect((await third.exited).code).toBe(6);
  expect([existsSync(join(third.dataDir, 'REMOVED')), existsSync(`${third.dataDir}.removed-1`)]).toEqual([true, false]);
});
