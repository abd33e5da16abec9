/** --strict-reconfig-check: what members answer to a change that would leave no quorum. */
import { Cluster } from './cluster';
import { until } from './waiting';
import { startFairClock } from '../support/fairClock';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start();
});

afterAll(() => cluster.end());

test('with one of three down, removing another is refused at once, and writes go on', async () => {
  const leader = await cluster.leader();
  const [down, up] = await cluster.followers();
  const [downId, upId] = [await down!.id(), await up!.id()];
  await down!.kill();
  // Until an election timeout is over the leader takes it for there; it says this later than that.
  const failed = `health check for peer ${downId} failed`;
  await until('the leader misses it', 60_000, () => leader.logs().includes(failed));
  for (const through of [leader, up!]) {
    const elapsedMs = startFairClock();
    expect(await cluster.remove(through, upId)).toBe(500);
    // Before the time is over in which a change that was proposed would have to be decided; a leader may have to be found first.
    expect(elapsedMs()).toBeLessThan(5000);
    expect(through.logs()).toContain('of those who would vote after it no majority answers now');
  }
  expect((await up!.put('/still-there', 'x')).status).toBe(201);
  expect(await up!.members()).toHaveLength(3);
  // The one that is down may go, although the cluster is degraded.
  expect(await cluster.remove(up!, downId)).toBe(204);
  expect((await up!.put('/without-it', 'x')).status).toBe(201);
  expect(await up!.members()).toHaveLength(2);
});
