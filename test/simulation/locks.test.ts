/** Clients of one lock at a cluster in a storm: who is told that he has it, in the order of the store's own indexes. */
import { Incarnation } from './incarnation';
import { foundersOf, type Cluster } from './cluster';
import { forbidRealWorld } from './forbidden';
import { LockClient, LockServices, LockTally, SIMULATED_LOCK, type Told } from './lockClients';
import { makeCluster } from './makeCluster';
import { Nemesis } from './nemesis';
import { Operator, restartable } from './operator';
import { SeededRandom } from './random';

const STORM_MS = 60_000;
const CLIENTS = 8;
/** What a dead client left is there for its TTL by the leader's clock, and clocks of members differ by more than a minute here. */
const SERVED_WITHIN_MS = 300_000;

interface Run {
  readonly cluster: Cluster;
  readonly tally: LockTally;
}

async function run(seed: number): Promise<Run> {
  const random = new SeededRandom(seed);
  const size = random.pick([1, 3, 3, 5]);
  const cluster = makeCluster(
    random,
    {
      ...{ heartbeatIntervalMs: 100, electionTimeoutMs: 1000, snapshotCount: random.pick([5, 100]) },
      ...{ integrityIntervalMs: 20_000, historyLength: 1000, uncommittedBytesMax: 1_000_000 },
    },
    foundersOf(size),
  );
  const { scheduler, judge } = cluster.world;
  const operator = new Operator(cluster);
  const nemesis = new Nemesis(cluster, operator);
  const services = new LockServices();
  const tally = new LockTally();
  let isCalm = false;
  const clients = Array.from({ length: CLIENTS }, (_, number) => {
    return new LockClient(cluster, services, tally, `l${number + 1}`, () => isCalm);
  });
  const advance = async (isReached: () => boolean, limitMs: number, what: string): Promise<void> => {
    const endMs = scheduler.nowMs + limitMs;
    while (!isReached()) {
      if (scheduler.nowMs > endMs) throw new Error(`not within ${limitMs} ms: ${what}`);
      if (!(await scheduler.step())) throw new Error('nothing happens any more');
      const { current } = scheduler;
      if (current instanceof Incarnation && !current.dead) current.observer?.look();
      if (judge.verdict !== undefined) throw judge.verdict;
    }
  };
  const restore = forbidRealWorld();
  try {
    for (const node of cluster.founders) node.start();
    for (const client of clients) client.start();
    nemesis.start();
    const stormEndMs = scheduler.nowMs + STORM_MS;
    await advance(() => scheduler.nowMs >= stormEndMs, 2 * STORM_MS, 'the storm');
    nemesis.stop();
    isCalm = true;
    const isWell = (): boolean => {
      for (const node of restartable(cluster.nodes)) node.start();
      for (const node of cluster.serving) services.of(node);
      return !operator.busy && cluster.members.every(({ id }) => cluster.nodeOf(id)?.member !== undefined);
    };
    await advance(isWell, 90_000, 'everybody is up');
    const before = tally.told.length;
    await advance(() => tally.told.length > before + CLIENTS, SERVED_WITHIN_MS, 'clients are served again');
    for (const client of clients) client.running = false;
    await advance(() => clients.every(({ idle }) => idle), SERVED_WITHIN_MS, 'nobody waits for ever');
    const isEmpty = (): boolean => !cluster.world.reference.machine.keySpace.get('/_etcd/mod', true, true, 0).ok;
    await advance(isEmpty, 60_000, 'nothing is left of the lock');
  } finally {
    restore();
  }
  return { cluster, tally };
}

/** Reads the queue from the events alone: who is in it, and since when the lowest one was the lowest. */
function checkHolders({ cluster, tally }: Run): void {
  const told = new Map<number, Told[]>();
  for (const each of tally.told) told.set(each.etcdIndex, [...(told.get(each.etcdIndex) ?? []), each]);
  const values = new Map<number, string | undefined>();
  const faults: string[] = [];
  for (const [index, event] of cluster.world.reference.events.entries()) {
    const key = event?.node.key ?? '';
    if (event !== undefined && key.startsWith(`${SIMULATED_LOCK}/`)) {
      const number = Number(key.slice(SIMULATED_LOCK.length + 1));
      if (event.node.value === undefined) values.delete(number);
      else values.set(number, event.node.value);
    }
    for (const each of told.get(index) ?? []) {
      const lowest = Math.min(...values.keys());
      if (each.index !== lowest)
        faults.push(`${each.client} was told ${each.index} at ${index}, but ${lowest} is first`);
      if ((each.value ?? '-') !== values.get(each.index)) faults.push(`${each.client} has the lock of somebody else`);
    }
  }
  expect(faults).toEqual([]);
  // Nobody was passed over: in the order in which the store gave the lock, the numbers only grow.
  const given = [...tally.told].sort((a, b) => a.etcdIndex - b.etcdIndex).map(({ index }) => index);
  expect(given).toEqual([...given].sort((a, b) => a - b));
}

test.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
  'seed %i: one holder at a time, in order, nobody starves, nothing is left',
  async (seed) => {
    const done = await run(seed);
    expect(done.tally.told.length).toBeGreaterThan(CLIENTS);
    checkHolders(done);
  },
);
