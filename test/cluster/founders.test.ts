/** Founders that lose their disks, and founders that come up in any order: --initial-cluster on all of them, default otherwise. */
import { exitCodes } from '../../src/config/exitCodes';
import { clusterIdOf, memberIdOf } from '../../src/member/identity';
import { Child } from './child';
import { Cluster } from './cluster';
import { ENTRY, type ClusterMember } from './clusterMember';
import { call } from './httpClient';
import { sleep, until } from './waiting';

/** Longer than it takes two founders to form a cluster, several times over. */
const LONG_ENOUGH_TO_FORM_MS = 2500;

const clusters: Cluster[] = [];

afterEach(async () => {
  await Promise.all(clusters.splice(0).map((cluster) => cluster.end()));
});

async function threeMembers(): Promise<readonly [Cluster, ClusterMember, ClusterMember, ClusterMember]> {
  const cluster = await Cluster.start();
  clusters.push(cluster);
  const [a, b, c] = cluster.members;
  return [cluster, a!, b!, c!];
}

async function hasLeader(member: ClusterMember): Promise<boolean> {
  const answer = await member.get('/health', 1000).catch(() => undefined);
  return answer?.status === 200;
}

describe('a founder that lost its disk', () => {
  it('does not found again beside one that missed an acknowledged write: the write is there when the third is back', async () => {
    const [cluster, a, b, c] = await threeMembers();
    await a.kill();
    await until('it is acknowledged', 60_000, async () => (await b.put('/x', 'acknowledged')).status < 300);
    await cluster.killAll();
    c.deleteData();
    c.start();
    await sleep(200);
    a.start();
    await until('it says what it waits for', 60_000, () =>
      /does not found the cluster yet|cannot found the cluster|it takes its place as a new member/.test(c.logs()),
    );
    await until('the other one is up', 60_000, async () => (await a.get('/version', 1000)).status === 200);
    await sleep(LONG_ENOUGH_TO_FORM_MS);
    expect([await hasLeader(a), await hasLeader(c)]).toEqual([false, false]);
    expect(c.isRunning).toBe(true);
    b.start();
    await until('the write is there', 60_000, async () => (await a.value('/x', '?quorum=true')) === 'acknowledged');
    // With the two of them there is a leader again, and the third comes in as a new member.
    await cluster.healthy();
    expect(await c.value('/x', '?quorum=true')).toBe('acknowledged');
    expect(await c.members()).toHaveLength(3);
  });

  it('does not end in a crash loop when the leader it followed goes on', async () => {
    const [cluster, a, b, c] = await threeMembers();
    await a.kill();
    await until('it is acknowledged', 60_000, async () => (await b.put('/x', 'acknowledged')).status < 300);
    const founderId = await c.id();
    await c.kill();
    c.deleteData();
    c.start();
    await sleep(LONG_ENOUGH_TO_FORM_MS);
    expect(c.isRunning).toBe(true);
    expect(await hasLeader(b)).toBe(false);
    a.start();
    await cluster.healthy();
    expect(await c.id()).not.toBe(founderId);
    expect(await c.value('/x')).toBe('acknowledged');
  });
});

describe('founders that never ran', () => {
  it.each([
    ['the first two', [0, 1, 2]],
    ['the last two', [2, 1, 0]],
    ['the outer two', [0, 2, 1]],
  ])('form as soon as there are two of three (%s), and take the third in under its own id', async (_, order) => {
    const cluster = await Cluster.place();
    clusters.push(cluster);
    const [first, second, third] = order.map((position) => cluster.members[position]!);
    first!.start(cluster.argumentsFor());
    await sleep(1500);
    expect(await hasLeader(first!)).toBe(false);
    second!.start(cluster.argumentsFor());
    await Promise.all([first!.healthy(), second!.healthy()]);
    expect((await second!.put('/x', 'before the third')).status).toBe(201);
    const [founder] = (await first!.members()).filter(({ name }) => name === '');
    third!.start(cluster.argumentsFor());
    await cluster.healthy();
    expect(await third!.id()).toBe(founder!.id);
    expect(await third!.value('/x', '?quorum=true')).toBe('before the third');
    expect(await third!.members()).toHaveLength(3);
  });
});

describe('a stranger that asks in the name of founders', () => {
  it('keeps nobody out: they form the cluster under the ids they were to have', async () => {
    const cluster = await Cluster.place();
    clusters.push(cluster);
    const [a, b, c] = [cluster.members[0]!, cluster.members[1]!, cluster.members[2]!];
    const ids = cluster.members.map(({ place }) => memberIdOf([place.peerUrl], 'etcd-cluster'));
    const clusterId = clusterIdOf(ids);
    const forge = async (to: ClusterMember, memberId: string): Promise<number> => {
      const query = new URLSearchParams({ clusterId, memberId, incarnation: 'f'.repeat(32) }).toString();
      const asked = { method: 'POST', target: `/founders?${query}` };
      return (await call(to.place.peerPort, asked).catch(() => ({ status: 0 }))).status;
    };
    a.start(cluster.argumentsFor());
    await until('it waits for the others', 60_000, () => /does not found the cluster yet/.test(a.logs()));
    expect([await forge(a, ids[1]!), await forge(a, ids[2]!)]).toEqual([503, 503]);
    b.start(cluster.argumentsFor());
    await Promise.all([a.healthy(), b.healthy()]);
    expect(await forge(a, ids[2]!)).toBe(503);
    c.start(cluster.argumentsFor());
    await cluster.healthy();
    expect((await a.members()).map(({ id }) => id).sort()).toEqual([...ids].sort());
  });
});

describe('a second process with the name and URLs of a member, and an empty data directory', () => {
  it('ends with a line and a code of its own, and the member goes on', async () => {
    const [cluster, a, , c] = await threeMembers();
    const id = await c.id();
    const twin = await cluster.makePlace('twin');
    cluster.members.pop();
    const clientUrl = `http://127.0.0.1:${twin.clientPort}`;
    const second = new Child(
      [
        ...[process.execPath, ENTRY, '--name', c.name, '--data-dir', twin.dataDir],
        ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
        ...['--listen-peer-urls', twin.place.peerUrl, '--initial-advertise-peer-urls', c.place.peerUrl],
        ...cluster.argumentsFor(cluster.members),
      ],
      twin.logFile,
    );
    try {
      expect((await second.exited).code).toBe(exitCodes.alreadyRunning.code);
      expect(second.logs()).toMatch(new RegExp(`the leader hears from member ${id} \\(${c.name}\\)`));
      expect(c.isRunning).toBe(true);
      expect(await c.id()).toBe(id);
      expect((await a.members()).map((member) => member.id)).toContain(id);
      expect((await c.put('/x', 'still here')).status).toBe(201);
    } finally {
      await second.kill();
    }
  });
});

describe('an --initial-cluster that does not fit the member', () => {
  it('ends one that has no data with code 2, and one that has data only says that it is ignored', async () => {
    const [cluster, , , c] = await threeMembers();
    const id = await c.id();
    await c.stop();
    c.start(cluster.argumentsFor(cluster.members, '--initial-cluster', 'x=http://127.0.0.1:1', '--name', 'renamed'));
    await c.healthy();
    expect(await c.id()).toBe(id);
    expect(c.logs()).toMatch(
      /no entry for this member's name .*ignored, because the data directory has a member already/,
    );
    await until(
      'its new name is listed',
      15_000,
      async () => (await c.members()).some((member) => member.id === id && member.name === 'renamed') || undefined,
    );
    await c.stop();
    c.deleteData();
    c.start();
    expect((await c.exited).code).toBe(exitCodes.badConfiguration.code);
    expect(c.logs()).toMatch(/no entry for this member's name [^;]*; add it as NAME=URL or correct --name"/);
  });
});
