/**
 * Two feature levels of one build in one cluster of real processes: an upgrade one by one under load, and no way back. Two builds are in
 * twoBuilds.test.ts.
 */
import { FEATURE_LEVEL } from '../../src/machine/features';
import { join } from 'node:path';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { call } from './httpClient';
import { missingFrom, writeUntil } from './retryingClient';
import { endsTooOld, ready } from './upgrading';
import { until } from './waiting';

const OLDER = join(__dirname, 'olderProgram.js');
const NEWER = join(__dirname, 'newerProgram.js');

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.place({ heartbeatIntervalMs: 100, electionTimeoutMs: 1000 });
  for (const member of cluster.members) {
    member.entry = OLDER;
    member.start(cluster.argumentsFor());
  }
  await cluster.healthy();
});
afterAll(() => cluster.end());

/** The change that only the newer program knows; to the same URLs. */
async function askNew(member: ClusterMember): Promise<number> {
  const id = await member.id();
  const json = { peerURLs: [member.place.peerUrl] };
  return (await call(member.clientPort, { method: 'PUT', target: `/v2/members/${id}`, json })).status;
}

it('one by one under load: nothing acknowledged is missing, and nobody is given what he cannot read', async () => {
  let isOver = false;
  const load = writeUntil(cluster.members, 'load', () => isOver, 10);
  for (const member of cluster.members) {
    // Mixed, or all of the older version: no member lets it into the log.
    for (const each of cluster.members) expect(await askNew(each)).toBeGreaterThanOrEqual(400);
    await member.stop();
    member.entry = NEWER;
    member.start();
    await ready(member);
  }
  const [first] = cluster.members;
  await until('the newer level is in force', 60_000, async () => (await askNew(first!)) === 204 || undefined);
  isOver = true;
  const report = await load;
  expect(report.acknowledged.length).toBeGreaterThan(0);
  for (const member of cluster.members) expect(await missingFrom(member, 'load', report)).toEqual([]);
});

it('a member cannot go back to the older version: it says so, and its data are as they were', async () => {
  const [, , last] = cluster.members;
  await last!.stop();
  last!.entry = OLDER;
  last!.start();
  await endsTooOld(
    last!,
    new RegExp(`the data are of feature level ${FEATURE_LEVEL}.*reads up to 1.*Start the newer version again`),
  );
  last!.entry = NEWER;
  last!.start();
  await ready(last!);
});

it('nor can one of the older version join: most of the others say so, and it ends', async () => {
  const founders = [...cluster.members];
  const newcomer = await cluster.makePlace('older');
  await cluster.add(founders[0]!, newcomer);
  newcomer.entry = OLDER;
  newcomer.start(cluster.argumentsFor(cluster.members, '--initial-cluster-state', 'existing'));
  await endsTooOld(
    newcomer,
    new RegExp(`the cluster is at feature level ${FEATURE_LEVEL}.*reads up to 1.*Start this member with the version`),
  );
  expect((await founders[0]!.put('/after', '1')).status).toBe(201);
});
