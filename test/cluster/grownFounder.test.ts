/**
 * A cluster that was founded by one member alone, with others that were added later: its own options name nobody else, so begun anew by them it
 * would found a second cluster under the same ids.
 */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DIFFERING_FILE } from '../../src/platform/differingDirectory';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { until } from './waiting';

let cluster: Cluster;

afterEach(() => cluster.end());

test('the founder whose data are older than what it acknowledged comes back to the cluster that it founded', async () => {
  cluster = await Cluster.place({ heartbeatIntervalMs: 100, electionTimeoutMs: 2000 });
  const [founder, ...later] = cluster.members as [ClusterMember, ClusterMember, ClusterMember];
  const args = cluster.argumentsFor([founder]);
  founder.start(args);
  await founder.healthy();
  for (const member of later) member.start([...cluster.argumentsFor([member]), '--join-urls', founder.place.peerUrl]);
  await cluster.healthy();
  const id = await founder.id();
  expect((await founder.put('/early', '1')).status).toBe(201);
  await founder.stop();
  const copy = `${founder.dataDir}.copy`;
  cpSync(founder.dataDir, copy, { recursive: true });
  // Another one leads when it comes back, and knows what it acknowledges from then on.
  await cluster.healthy(later);
  founder.start(args);
  await cluster.healthy();
  for (let n = 0; n < 20; n++) expect((await founder.put('/late', `${n}`)).status).toBeLessThan(202);
  await founder.stop();
  rmSync(founder.dataDir, { recursive: true });
  cpSync(copy, founder.dataDir, { recursive: true });

  founder.start(args);
  expect(await founder.exited).toEqual({ code: 11, signal: null });
  const mark = readFileSync(join(founder.dataDir, DIFFERING_FILE), 'utf8');
  for (const { place } of later) expect(mark).toContain(place.peerUrl);

  // A start that is refused because of the mark knows no members, and must not write that over it.
  founder.start([...args, '--auto-rejoin=false']);
  expect(await founder.exited).toEqual({ code: 7, signal: null });
  expect(founder.logs()).toContain('start it with --join-urls http://');
  expect(readFileSync(join(founder.dataDir, DIFFERING_FILE), 'utf8')).toBe(mark);

  founder.start(args);
  await cluster.healthy();
  expect(await founder.id()).not.toBe(id);
  expect(await until('it caught up', 60_000, () => founder.value('/late'))).toBe('19');
  expect(await later[0].members()).toHaveLength(3);
});
