/** What the simulated machines themselves must do right; each of these once went wrong, or nearly did. */
import { put, type Kv } from '../../src/storage/kv';
import { foundersOf, type Cluster } from './cluster';
import { makeCluster } from './makeCluster';
import type { SimNode } from './node';
import { SeededRandom } from './random';

let cluster: Cluster;
let node: SimNode;

beforeEach(async () => {
  cluster = makeCluster(
    new SeededRandom(1),
    {
      ...{ heartbeatIntervalMs: 100, electionTimeoutMs: 1000, snapshotCount: 100 },
      ...{ integrityIntervalMs: 5000, historyLength: 100, uncommittedBytesMax: 10_000 },
    },
    foundersOf(1),
  );
  [node] = cluster.nodes as [SimNode];
  node.start();
  await passes(5000);
  expect(node.member?.status().ready).toBe(true);
});

afterEach(() => {
  expect(cluster.world.judge.verdict).toBeUndefined();
});

async function passes(ms: number): Promise<void> {
  const { scheduler } = cluster.world;
  let isOver = false;
  scheduler.schedule(ms, () => (isOver = true));
  while (!isOver) await scheduler.step();
}

test('a short pause within a long one does not end it', () => {
  const { scheduler } = cluster.world;
  node.pause(5000);
  node.pause(100);
  expect(node.incarnation?.pausedUntilMs).toBeGreaterThanOrEqual(scheduler.nowMs + 5000);
});

test('a disk that fails ends the process, whoever was writing', async () => {
  const { kv } = node as unknown as { readonly kv: Kv };
  node.disk.faultOfNextBatch = 'io';
  const written = kv.batch([put('zz', 'x')], { sync: false }).catch((error: unknown) => error);
  await passes(100);
  expect(await written).toMatchObject({ kind: 'io' });
  expect(node.isUp).toBe(false);
});

test('a disk that lost what it had said is safe lets nobody start, however often', async () => {
  await passes(2000);
  expect(node.loseSynced()).toBe(true);
  for (let start = 0; start < 3; start++) {
    node.start();
    await passes(100);
    expect(node.isUp).toBe(false);
    expect(node.disk.refusal?.message).toMatch(/the write-ahead log (lost its end|has a hole|is damaged)/);
  }
});
