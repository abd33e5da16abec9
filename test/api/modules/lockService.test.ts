import { MemberError } from '../../../src/member/types';
import type { AcquireOutcome } from '../../../src/api/modules/acquisition';
import type { Waiting } from '../../../src/api/modules/lockService';
import { CrowdedLock, PLACES_MAX } from '../../../src/api/modules/lockRoom';
import { set } from '../../machine/keyspace/writer';
import { settled, TestCluster, type TestMember } from './testCluster';

const LOCK = '/_etcd/mod/lock/x';

let cluster: TestCluster;
let one: TestMember;
let two: TestMember;
beforeEach(() => {
  cluster = new TestCluster(2);
  [one, two] = cluster.members as [TestMember, TestMember];
});

interface Asked extends Waiting {
  found: AcquireOutcome | undefined;
  error: unknown;
}

function ask(member: TestMember, value?: string, ttlSeconds = 60, waitSeconds?: number): Asked {
  const waiting = member.locks.acquire({ lock: LOCK, value, ttlSeconds, waitSeconds });
  if (waiting === undefined) throw new Error('too many wait');
  const asked: Asked = {
    ...waiting,
    leave: () => {
      waiting.leave();
    },
    found: undefined,
    error: undefined,
  };
  waiting.outcome.then(
    (found) => (asked.found = found),
    (error: unknown) => (asked.error = error),
  );
  return asked;
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await settled();
}

function release(member: TestMember, value: string): Promise<unknown> {
  return member.locks.release(LOCK, { by: 'value', value });
}

function heldIndex({ found }: Asked): number | undefined {
  return found?.kind === 'held' ? found.index : undefined;
}

test('first come, first served, whichever member is asked', async () => {
  const asked: Asked[] = [];
  for (const [member, value] of [
    [one, 'a'],
    [two, 'b'],
    [one, 'c'],
  ] as const) {
    asked.push(ask(member, value));
    await quiet();
  }
  expect(asked.map(({ found }) => found?.kind)).toEqual(['held', undefined, undefined]);
  await release(two, 'a');
  await quiet();
  expect(asked.map(({ found }) => found?.kind)).toEqual(['held', 'held', undefined]);
  // The TTL runs from the acquisition; who waits has a short one.
  expect(one.queue(LOCK)).toEqual([
    ['b', 60],
    ['c', 15],
  ]);
  await release(one, 'b');
  await quiet();
  const indexes = asked.map(heldIndex);
  expect([...indexes].sort((a, b) => a! - b!)).toEqual(indexes);
});

test('one value asked for at two members at the same time is one place, the lower one', async () => {
  ask(one, 'holder');
  await quiet();
  // Neither sees what the other one does.
  one.paused = two.paused = true;
  const asked = [ask(one, 'same'), ask(two, 'same')];
  await quiet();
  one.paused = two.paused = false;
  cluster.catchUp();
  await quiet();
  expect(one.queue(LOCK).map(([value]) => value)).toEqual(['holder', 'same']);
  await release(one, 'holder');
  await quiet();
  expect(heldIndex(asked[0]!)).toBeDefined();
  expect(heldIndex(asked[0]!)).toBe(heldIndex(asked[1]!));
  await release(one, 'same');
  await quiet();
  expect(one.space.get('/_etcd/mod', true, true, 0)).toMatchObject({ ok: false, code: 100 });
});

test('who waits is kept alive, and a holder is not', async () => {
  ask(one, 'holder', 20);
  await quiet();
  const waits = ask(two, 'waits', 60);
  await quiet();
  const before = cluster.log.filter(({ type }) => type === 'create').length;
  await cluster.advance(19_000);
  // It is the same node.
  expect(cluster.log.filter(({ type }) => type === 'create')).toHaveLength(before);
  expect(waits.found).toBeUndefined();
  expect(one.queue(LOCK).map(([value]) => value)).toEqual(['holder', 'waits']);
  await cluster.advance(1_500);
  await quiet();
  // Within a second after the holder expired.
  expect(waits.found?.kind).toBe('held');
  await cluster.advance(61_000);
  expect(one.queue(LOCK)).toEqual([]);
});

test('what the member looks at for who waits is no read of a client', async () => {
  ask(one, 'holder', 60);
  await quiet();
  ask(two, 'waits', 60);
  const gives = ask(one, 'gives up', 60, 18);
  await quiet();
  const before = one.looks + two.looks;
  await cluster.advance(20_000);
  expect(gives.found?.kind).toBe('closed');
  expect(one.looks + two.looks).toBeGreaterThan(before);
  expect([one.gets, two.gets]).toEqual([0, 0]);
});

test('a refresh for somebody who waits does not shorten the TTL of who got the lock meanwhile', async () => {
  ask(one, 'holder');
  await quiet();
  const asked = [ask(one, 'same', 100), ask(two, 'same', 100)];
  await cluster.advance(4_000);
  // The second member does not see that its client is first, and says that it waits.
  two.paused = true;
  void one.locks.release(LOCK, { by: 'value', value: 'holder' });
  for (let turn = 0; turn < 30; turn++) {
    one.catchUp();
    await settled();
  }
  expect(asked[0]!.found?.kind).toBe('held');
  await cluster.advance(6_000);
  one.catchUp();
  expect(one.queue(LOCK)[0]?.[1]).toBeGreaterThan(90);
  two.paused = false;
  cluster.catchUp();
  await quiet();
  expect(heldIndex(asked[1]!)).toBe(heldIndex(asked[0]!));
});

test('a renewal wakes nobody', async () => {
  ask(one, 'holder');
  await quiet();
  const next = ask(one, 'next');
  await quiet();
  for (let times = 0; times < 5; times++) {
    await one.locks.renew(LOCK, { by: 'value', value: 'holder' }, 60);
    await quiet();
    expect(next.found).toBeUndefined();
  }
});

test('a renewal or release by the index of a place that is the directory of another lock changes nothing there', async () => {
  const inner = `${LOCK}/00000000000000000001`;
  const asked = one.locks.acquire({ lock: inner, value: 'in', ttlSeconds: 60, waitSeconds: undefined });
  await quiet();
  const places = () => one.space.get(LOCK, true, true, cluster.clock.now());
  const before = places();
  for (const change of [
    one.locks.renew(LOCK, { by: 'index', index: 1 }, 2),
    one.locks.release(LOCK, { by: 'index', index: 1 }),
  ]) {
    await quiet();
    expect(await change).toMatchObject({ ok: false, code: 100 });
  }
  expect(places()).toEqual(before);
  expect((await asked!.outcome).kind).toBe('held');
});

test('a place whose turn has come is not had where the directory of another lock has come instead of it', async () => {
  ask(one, 'holder');
  await quiet();
  const next = ask(two, 'next');
  await quiet();
  const read = one.space.get(LOCK, false, true, cluster.clock.now());
  const place = read.ok ? read.node.nodes![1]!.key : '';
  // The member of who waits sees that he is first, and nothing of what is in the log behind it.
  two.paused = true;
  await release(one, 'holder');
  cluster.append({ type: 'delete', path: place, nowMs: cluster.clock.now(), dir: false, recursive: false });
  const inner = one.locks.acquire({ lock: place, value: 'in', ttlSeconds: 60, waitSeconds: undefined });
  await quiet();
  two.applyOne();
  await quiet();
  two.paused = false;
  cluster.catchUp();
  await quiet();
  expect((await inner!.outcome).kind).toBe('held');
  const directory = one.space.get(place, false, true, cluster.clock.now());
  expect(directory).toMatchObject({ ok: true, node: { dir: true } });
  expect(directory.ok && directory.node.expirationMs).toBeUndefined();
  await cluster.advance(1_000);
  await quiet();
  // He asked again, and has a place of his own.
  expect(heldIndex(next)).toBeDefined();
  expect(one.queue(LOCK).at(-1)).toEqual(['next', 60]);
});

test('who only waits renews nothing', async () => {
  ask(one, 'B');
  await quiet();
  const waiting = ask(one, 'A');
  await quiet();
  const read = one.space.get(LOCK, false, true, cluster.clock.now());
  const keys = read.ok ? (read.node.nodes ?? []).map(({ key }) => key) : [];
  expect(keys).toHaveLength(2);
  const index = Number(keys[1]!.split('/').at(-1));
  expect(await one.locks.renew(LOCK, { by: 'value', value: 'A' }, 3000)).toMatchObject({ ok: false, code: 100 });
  expect(await one.locks.renew(LOCK, { by: 'index', index }, 3000)).toMatchObject({ ok: false, code: 100 });
  expect(one.queue(LOCK).map(([, ttl]) => ttl > 60)).toEqual([false, false]);
  await release(one, 'B');
  await quiet();
  expect(waiting.found?.kind).toBe('held');
  expect(await one.locks.renew(LOCK, { by: 'value', value: 'A' }, 3000)).toMatchObject({ ok: true });
  expect(await two.locks.renew(LOCK, { by: 'index', index: heldIndex(waiting)! }, 3000)).toMatchObject({ ok: true });
});

test('a client that hangs up loses its place at once, and nobody gets the lock by it', async () => {
  ask(one, 'holder');
  await quiet();
  const gone = ask(one, undefined);
  await quiet();
  const next = ask(two, 'next');
  await quiet();
  gone.leave();
  await quiet();
  expect(gone.found).toEqual({ kind: 'left' });
  expect(one.queue(LOCK).map(([value]) => value)).toEqual(['holder', 'next']);
  expect(next.found).toBeUndefined();
  await release(one, 'holder');
  await quiet();
  expect(next.found?.kind).toBe('held');
});

test('of two clients with one value at one member, one may hang up', async () => {
  ask(one, 'holder');
  await quiet();
  const [gone, stays] = [ask(one, 'same'), ask(one, 'same')];
  await quiet();
  gone.leave();
  await quiet();
  const place = one.queue(LOCK).length;
  expect(place).toBe(2);
  await release(one, 'holder');
  await quiet();
  expect(stays.found?.kind).toBe('held');
});

test('if it hangs up at another member, the other one queues again', async () => {
  ask(one, 'holder');
  await quiet();
  const gone = ask(one, 'same');
  await quiet();
  const stays = ask(two, 'same');
  await quiet();
  gone.leave();
  await cluster.advance(1_000);
  expect(one.queue(LOCK).map(([value]) => value)).toEqual(['holder', 'same']);
  await release(one, 'holder');
  await quiet();
  expect(stays.found?.kind).toBe('held');
});

test('whoever comes with the same value at another member and goes again leaves the place to the one that made it', async () => {
  ask(one, 'holder');
  await quiet();
  const first = ask(one, 'same');
  await quiet();
  ask(one, 'c');
  await quiet();
  const gone = [ask(two, 'same', 60, 1), ask(two, 'same')];
  await quiet();
  gone[1]?.leave();
  await cluster.advance(1_100);
  await quiet();
  expect(gone.map(({ found }) => found)).toEqual([{ kind: 'closed' }, { kind: 'left' }]);
  expect(one.queue(LOCK).map(([value]) => value)).toEqual(['holder', 'same', 'c']);
  await release(one, 'holder');
  await quiet();
  expect(first.found?.kind).toBe('held');
});

test('a lock that its client did not hear of any more is given back', async () => {
  const asked = ask(one, undefined, 3600);
  await quiet();
  expect(asked.found?.kind).toBe('held');
  asked.leave();
  await quiet();
  expect(one.queue(LOCK)).toEqual([]);
});

test('unless somebody else with the same value was told that he has it', async () => {
  const asked = ask(one, 'same', 3600);
  await quiet();
  const again = ask(two, 'same', 3600);
  await quiet();
  expect(heldIndex(again)).toBe(heldIndex(asked));
  again.leave();
  await quiet();
  expect(one.queue(LOCK).map(([value]) => value)).toEqual(['same']);
});

test('no waiting, a second of it, and as long as it takes', async () => {
  ask(one, 'holder');
  await quiet();
  const [none, second, forEver] = [ask(one, 'a', 60, 0), ask(one, 'b', 60, 1), ask(one, 'c')];
  await quiet();
  expect(none.found).toEqual({ kind: 'busy' });
  await cluster.advance(1_100);
  await quiet();
  expect(second.found).toEqual({ kind: 'closed' });
  expect(forEver.found).toBeUndefined();
  expect(one.queue(LOCK).map(([value]) => value)).toEqual(['holder', 'c']);
  const mine = ask(two, 'holder', 60, 0);
  await quiet();
  expect(mine.found?.kind).toBe('held');
});

test('who waits in vain is told in time where there is no leader, and his place is tried for as long as it can be there', async () => {
  ask(one, 'holder', 3600);
  await quiet();
  for (const value of [undefined, 'b']) {
    const waits = ask(one, value, 3600, 1);
    await quiet();
    const proposals = jest.spyOn(one, 'propose').mockRejectedValue(new MemberError('noLeader', 'no leader'));
    await cluster.advance(2_000);
    await quiet();
    expect(waits.found).toEqual({ kind: 'closed' });
    await cluster.advance(16_000);
    const tries = proposals.mock.calls.length;
    expect(tries).toBeGreaterThan(10);
    await cluster.advance(16_000);
    expect(proposals.mock.calls.length - tries).toBeLessThan(5);
    proposals.mockRestore();
  }
});

test('a place that somebody releases is lost, one that expired is asked for again', async () => {
  ask(one, 'holder');
  await quiet();
  const [released, waits] = [ask(one, 'released'), ask(one, 'waits')];
  await quiet();
  await release(two, 'released');
  await quiet();
  expect(released.found).toEqual({ kind: 'closed' });
  // No refresh gets through for longer than a waiting node lives.
  one.failures = Array.from({ length: 3 }, () => new MemberError('noLeader', 'no leader'));
  await cluster.advance(16_000);
  await quiet();
  expect(one.queue(LOCK).map(([value]) => value)).toEqual(['holder', 'waits']);
  expect(waits.found).toBeUndefined();
});

test('a leader that is lost in the moment of the hand-over costs nobody the lock', async () => {
  ask(one, 'holder');
  await quiet();
  const next = ask(one, 'next');
  await quiet();
  one.failures = [];
  const released = release(two, 'holder');
  one.failures = [new MemberError('leaderLost', 'lost'), new MemberError('timeout', 'timeout')];
  await released;
  await cluster.advance(1_000);
  await quiet();
  expect(next.found?.kind).toBe('held');
});

test('what cannot be queued is said', async () => {
  one.failures = [new MemberError('noLeader', 'no leader')];
  const asked = ask(one, undefined);
  await quiet();
  expect(asked.error).toMatchObject({ reason: 'noLeader' });
});

test('the directory of a holder that expired goes with it', async () => {
  for (const member of cluster.members) member.locks.start();
  for (const member of cluster.members) member.statusFields = { leader: { id: 'm1', sinceMs: 0 } };
  ask(one, 'a', 1);
  await cluster.advance(5_000);
  await quiet();
  expect(two.space.get('/_etcd/mod', true, true, 0)).toMatchObject({ ok: false, code: 100 });
  expect(await two.locks.holder(LOCK)).toEqual({ kind: 'vacant' });
  expect(await two.locks.holder('/_etcd/mod/lock/y')).toEqual({ kind: 'neverSeen' });
});

describe('a lock that somebody wrote places into by hand', () => {
  const write = (count: number): void => {
    for (let number = 1; number <= count; number++) cluster.append(set(`${LOCK}/${1_000_000 + number}`));
    cluster.catchUp();
  };

  test('gives no further one to who comes, and goes on', async () => {
    const held = ask(one, 'a');
    await quiet();
    const waits = ask(one, 'b');
    await quiet();
    write(PLACES_MAX);
    const late = ask(two, 'c');
    await quiet();
    expect(late.error).toBeInstanceOf(CrowdedLock);
    expect(one.queue(LOCK)).toHaveLength(PLACES_MAX + 2);
    expect(await two.locks.holder(LOCK)).toMatchObject({ kind: 'held', place: { index: heldIndex(held) } });
    await release(two, 'a');
    await quiet();
    expect(waits.found?.kind).toBe('held');
  });

  test('is not read where they are too many; by its index a place is released', async () => {
    const held = ask(one, 'a');
    await quiet();
    write(2 * PLACES_MAX);
    const before = two.looks;
    await expect(two.locks.holder(LOCK)).rejects.toBeInstanceOf(CrowdedLock);
    for (const which of [
      { by: 'value', value: 'a' },
      { by: 'index', index: heldIndex(held) },
    ] as const)
      await expect(two.locks.renew(LOCK, which, 60)).rejects.toBeInstanceOf(CrowdedLock);
    await expect(release(two, 'a')).rejects.toBeInstanceOf(CrowdedLock);
    const late = ask(two, 'c');
    await quiet();
    expect(late.error).toBeInstanceOf(CrowdedLock);
    expect(two.looks).toBe(before);
    expect(await two.locks.release(LOCK, { by: 'index', index: heldIndex(held) })).toMatchObject({ ok: true });
  });

  test('tells those who wait so when their member takes over a state', async () => {
    ask(one, 'a');
    await quiet();
    const waits = [ask(one, 'b'), ask(one, undefined)];
    await quiet();
    write(2 * PLACES_MAX);
    for (const watcher of one.space.unwatchAll()) watcher.deliver(undefined);
    waits[0]!.leave();
    await cluster.advance(16_000);
    expect(waits[0]!.found).toEqual({ kind: 'left' });
    expect(waits[1]!.error).toBeInstanceOf(CrowdedLock);
  });
});

test('a thousand are served in their order, and each hand-over wakes one', async () => {
  ask(one, 'holder');
  await quiet();
  const served: { readonly number: number; readonly index: number | undefined }[] = [];
  for (let number = 0; number < 1000; number++) {
    const asked = ask(number % 2 === 0 ? one : two, number % 2 === 0 ? undefined : `v${number}`);
    void asked.outcome.then((found) => served.push({ number, index: found.kind === 'held' ? found.index : undefined }));
    if (number % 100 === 0) await quiet();
  }
  await quiet();
  expect(one.queue(LOCK)).toHaveLength(1001);
  const before = one.looks + two.looks;
  const looks = [one, two].map((member) => jest.spyOn(member, 'isVacant'));
  for (let times = 0; times <= 1000; times++) {
    const holder = await one.locks.holder(LOCK);
    if (holder.kind !== 'held') break;
    await two.locks.release(LOCK, { by: 'index', index: holder.place.index });
    await settled();
  }
  await quiet();
  expect(served).toHaveLength(1000);
  const indexes = served.map(({ index }) => index!);
  expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
  for (const member of [0, 1]) {
    const numbers = served.map(({ number }) => number).filter((number) => number % 2 === member);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  }
  // Reads of the whole queue would be a thousand times a thousand nodes.
  expect(one.looks + two.looks - before).toBeLessThan(5_000);
  const lastOnes = looks.flatMap(({ mock }) => mock.calls).filter(([path]) => path === LOCK);
  expect(lastOnes.length).toBeLessThan(10);
});
