/**
 * Members of this build and of one that was kept (builds/README.md) in one cluster of real processes: upgraded one by one under load, back
 * again, and up for good.
 */
import { join } from 'node:path';
import { FEATURE_LEVEL } from '../../src/machine/features';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { call } from './httpClient';
import { missingFrom, writeUntil } from './retryingClient';
import { endsTooOld, fatalLines, ready } from './upgrading';
import { until } from './waiting';

/** With the feature level up to which each of them reads. */
const KEPT_BUILDS = [
  { build: 'level1', level: 1 },
  { build: 'level2', level: 2 },
] as const;

/** The feature level since which there are users and roles. */
const USERS_LEVEL = 2;
const THIS_BUILD = undefined;
/** The log is cut so soon that whoever was away is sent the state, by a member of the other build. */
const SNAPSHOT_COUNT = 20;
/** More entries than three who write one key after the other have under way. */
const UNCOMMITTED_MAX = 10;
const LOADS = ['load1', 'load2', 'load3'];
/** Between two writes of each: what writes without a rest takes the processors from the members that start. */
const PAUSE_MS = 10;

describe.each(KEPT_BUILDS)('a cluster that was founded by the kept build $build', ({ build, level }) => {
  const keptBuild = join(__dirname, 'builds', `${build}.js`);
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.place({
      ...{ heartbeatIntervalMs: 100, electionTimeoutMs: 1000 },
      moreArguments: ['--snapshot-count', String(SNAPSHOT_COUNT)],
    });
    for (const member of cluster.members) {
      member.entry = keptBuild;
      member.start(cluster.argumentsFor());
    }
    await cluster.healthy();
  });
  afterAll(() => cluster.end());

  it('goes over to this build, back, and over again under load: nothing acknowledged is missing, and nobody ends', async () => {
    let isOver = false;
    const loads = LOADS.map((name) => writeUntil(cluster.members, name, () => isOver, PAUSE_MS));
    try {
      await goOverAndBack();
    } finally {
      isOver = true;
    }
    for (const [number, report] of (await Promise.all(loads)).entries()) {
      expect(report.acknowledged.length).toBeGreaterThan(0);
      for (const member of cluster.members) expect(await missingFrom(member, LOADS[number]!, report)).toEqual([]);
    }
    expect(cluster.members.flatMap(fatalLines)).toEqual([]);
  });

  async function goOverAndBack(): Promise<void> {
    // The kept build leads this one,
    const first = await cluster.leader();
    await restartLate(first, THIS_BUILD);
    const second = await cluster.leader();
    expect(second.entry).toBe(keptBuild);
    expect(await metric(first, 'etcd_feature_level')).toBe(level);
    if (level < USERS_LEVEL) await refusesUsers(first);
    // and this one leads the kept build.
    await restart(second, THIS_BUILD);
    const third = cluster.members.find((member) => member !== first && member !== second)!;
    await restartLate(third, keptBuild);
    expect((await cluster.leader()).entry).toBe(THIS_BUILD);
    expect(await metric(first, 'etcd_feature_level')).toBe(level);
    // As long as one was left there is a way back.
    await restart(first, keptBuild);
    await restart(second, keptBuild);
    for (const member of [third, first, second]) await restart(member, THIS_BUILD);
    await until('this build may write all it knows', 60_000, async () => {
      const levels = await Promise.all(cluster.members.map((member) => metric(member, 'etcd_feature_level')));
      return levels.every((inForce) => inForce === FEATURE_LEVEL) || undefined;
    });
  }

  /**
   * Stops the member, which hands leadership over, and starts that build on its data. Resolves when the cluster knows what it reads: a
   * member that went back to the kept build and did not say so yet counts as one of this build, and the level may rise.
   */
  async function restart(member: ClusterMember, entry: string | undefined): Promise<void> {
    expect(await member.stop()).toEqual({ code: 0, signal: null });
    const before = timesPublished(member);
    start(member, entry);
    await ready(member);
    await until(`${member.name} has said what it reads`, 60_000, () => timesPublished(member) > before);
  }

  /** As `restart`, but so late that no log has what the member missed: it is sent the state. */
  async function restartLate(member: ClusterMember, entry: string | undefined): Promise<void> {
    const others = cluster.members.filter((other) => other !== member);
    expect(await member.stop()).toEqual({ code: 0, signal: null });
    const committed = await Promise.all(others.map((other) => metric(other, 'etcd_server_proposals_committed_total')));
    const known = Math.max(...committed) + UNCOMMITTED_MAX;
    await until(`the logs begin after what ${member.name} has`, 60_000, async () => {
      const beginnings = await Promise.all(others.map(logBeginning));
      return beginnings.every((index) => index > known) || undefined;
    });
    start(member, entry);
    await until(`${member.name} was sent the state`, 60_000, async () => {
      return (await metric(member, 'etcd_network_snapshot_receive_success')) > 0 || undefined;
    });
    await ready(member);
  }

  if (FEATURE_LEVEL > level) {
    it('refuses the kept build once the level rose, with a line that says what to do, and its data are as they were', async () => {
      const last = cluster.members.at(-1)!;
      if (level < USERS_LEVEL) await takesUsers(last);
      await last.stop();
      start(last, keptBuild);
      await endsTooOld(
        last,
        new RegExp(`of feature level ${FEATURE_LEVEL}.*up to ${level}.*Start the newer version again`),
      );
      start(last, THIS_BUILD);
      await ready(last);
    });

    it('refuses a newcomer of the kept build, and goes on', async () => {
      const founders = [...cluster.members];
      const newcomer = await cluster.makePlace('kept');
      await cluster.add(founders[0]!, newcomer);
      newcomer.entry = keptBuild;
      newcomer.start(cluster.argumentsFor(cluster.members, '--initial-cluster-state', 'existing'));
      await endsTooOld(
        newcomer,
        new RegExp(`at feature level ${FEATURE_LEVEL}.*up to ${level}.*Start this member with the version`),
      );
      expect((await founders[0]!.put('/after', '1')).status).toBe(201);
    });
  } else {
    it('takes a member of the kept build back also when all were of this one, because the level is the same', async () => {
      const last = cluster.members.at(-1)!;
      await last.stop();
      start(last, keptBuild);
      await ready(last);
      expect((await last.put('/after', '1')).status).toBe(201);
    });
  }
});

/** What the members of the kept build could not read does not come into the log; they go on. */
async function refusesUsers(member: ClusterMember): Promise<void> {
  const json = { user: 'root', password: 'secret' };
  const { status, text } = await call(member.clientPort, { method: 'PUT', target: '/v2/auth/users/root', json });
  expect({ status, text }).toEqual({
    status: 503,
    text: expect.stringContaining('Not all members of this cluster know of users and roles yet') as string,
  });
}

/** The kept build will meet their rows on the disk. */
async function takesUsers(member: ClusterMember): Promise<void> {
  const json = { user: 'root', password: 'secret' };
  expect((await call(member.clientPort, { method: 'PUT', target: '/v2/auth/users/root', json })).status).toBe(201);
}

/** How often a process of the member said that the cluster knows of it. */
function timesPublished(member: ClusterMember): number {
  return member.logs().split('ready to serve clients').length - 1;
}

/** On the data that it has, with the flags it had. */
function start(member: ClusterMember, entry: string | undefined): void {
  member.entry = entry;
  member.start();
}

/** The index after which the log of a member begins, or one a little later. */
async function logBeginning(member: ClusterMember): Promise<number> {
  const kept = await metric(member, 'etcd_raft_log_entries');
  return (await metric(member, 'etcd_server_proposals_committed_total')) - kept;
}

/** The sum over all labels. */
async function metric(member: ClusterMember, name: string): Promise<number> {
  const lines = (await member.get('/metrics')).text.split('\n');
  const samples = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
