import { decodeBatch } from '../../src/machine/commandCodec';
import type { KeyResult } from '../../src/machine/keyspace/event';
import { Proposals, type OutgoingBatch } from '../../src/member/proposals';
import { PROPOSAL_BYTES_MAX, PROPOSALS_MAX } from '../../src/member/settings';
import { MemberError } from '../../src/member/types';
import { set } from '../machine/keyspace/writer';

const SELF = 'abc';
const answer = (etcdIndex: number): KeyResult => ({ ok: false, code: 100, cause: '', etcdIndex });
const timeout = (): MemberError => new MemberError('timeout', 'too late');

let proposals: Proposals;
/** Everything that waits. */
function takeBatches(): OutgoingBatch[] {
  const batches: OutgoingBatch[] = [];
  for (let batch = proposals.next(); batch !== undefined; batch = proposals.next()) batches.push(batch);
  return batches;
}
beforeEach(() => {
  proposals = new Proposals(SELF, 7);
});

it('what is queued in one turn travels together, and each caller gets its own answer', async () => {
  const callers = [proposals.add(set('/a'), 100), proposals.add(set('/b'), 100)];
  const [batch, ...others] = takeBatches();
  expect(others).toEqual([]);
  expect(batch?.sequence).toBe(1);
  expect(decodeBatch(batch!.data)).toMatchObject({
    origin: SELF,
    run: 7,
    sequence: 1,
    commands: [{ path: '/a' }, { path: '/b' }],
  });
  proposals.settle({ origin: SELF, run: 7, sequence: 1, results: [answer(1), answer(2)] });
  expect(await Promise.all(callers)).toEqual([answer(1), answer(2)]);
  expect(proposals.pending).toBe(0);
});

it('batches of other members, and of earlier runs, are nobody’s', () => {
  const caller = proposals.add(set('/a'), 100);
  takeBatches();
  proposals.settle({ origin: 'def', run: 7, sequence: 1, results: [answer(1)] });
  proposals.settle({ origin: SELF, run: 6, sequence: 1, results: [answer(1)] });
  expect(proposals.pending).toBe(1);
  proposals.rejectAll(timeout());
  return expect(caller).rejects.toThrow('too late');
});

it('cuts batches by size; a single large command travels alone', () => {
  const value = 'x'.repeat(700_000);
  const callers = [value, value, 'y', 'x'.repeat(3_000_000)].map((each) =>
    proposals.add(set('/k', { value: each }), 100),
  );
  const lengths = ({ data }: OutgoingBatch): number[] =>
    decodeBatch(data).commands.map((command) => ('value' in command ? command.value.length : 0));
  // The short one passes, and the last waits: together they are more than may be under way.
  expect(takeBatches().map(lengths)).toEqual([[1], [700_000], [700_000]]);
  proposals.rejectAll(timeout());
  return Promise.allSettled(callers);
});

describe('long commands', () => {
  const value = 'x'.repeat(3_000_000);
  const long = (deadlineMs = 100) => proposals.add(set('/long', { value }), deadlineMs);
  const settle = (sequence: number): void =>
    proposals.settle({ origin: SELF, run: 7, sequence, results: [answer(sequence)] });

  it('wait in order until those before them are done, and short ones pass', async () => {
    const callers = [long(), long(), long()];
    expect(takeBatches()).toHaveLength(1);
    expect(proposals.hasQueued).toBe(false);
    callers.push(proposals.add(set('/short'), 100));
    expect(proposals.hasQueued).toBe(true);
    expect(takeBatches().map(({ sequence, data }) => [sequence, data.length > 1000])).toEqual([[2, false]]);
    settle(2);
    await expect(callers[3]).resolves.toEqual(answer(2));
    expect(takeBatches()).toEqual([]);
    settle(1);
    expect(proposals.hasQueued).toBe(true);
    expect(takeBatches().map(({ sequence }) => sequence)).toEqual([3]);
    // However it ended: its room is free again.
    proposals.fail(3, timeout());
    expect(takeBatches().map(({ sequence }) => sequence)).toEqual([4]);
    proposals.putBack(4);
    expect(takeBatches().map(({ sequence }) => sequence)).toEqual([4]);
    expect(takeBatches()).toEqual([]);
    proposals.failPart(4, [0], timeout());
    expect(await Promise.allSettled(callers.slice(0, 3))).toMatchObject([
      { value: answer(1) },
      { reason: timeout() },
      { reason: timeout() },
    ]);
    const another = long();
    expect(takeBatches().map(({ sequence }) => sequence)).toEqual([5]);
    settle(5);
    await another;
  });

  it('that fit together are under way together', () => {
    const callers = [1, 2, 3, 4, 5].map((at) => proposals.add(set(`/${at}`, { value: 'x'.repeat(1_000_000) }), 100));
    expect(takeBatches()).toHaveLength(4);
    proposals.rejectAll(timeout());
    return Promise.allSettled(callers);
  });

  it.each([
    ['address', () => '10.0.0.1'],
    ['IPv6 network', (at: number) => `2001:db8::${at}`],
  ])('of an %s that has many wait for each other, and not those of another client', async (_what, from) => {
    const add = (path: string, client: string) => proposals.add(set(path, { value }), 100, false, client);
    const callers = [1, 2, 3, 4].map((at) => add(`/many/${at}`, from(at)));
    takeBatches();
    // These come later, and each goes before what the first still has waiting.
    callers.push(add('/few/1', '10.0.0.2'), add('/other', '10.0.0.3'), add('/few/2', '10.0.0.2'));
    const paths = ['/many/1'];
    for (let sequence = 1; sequence < callers.length; sequence += 1) {
      settle(sequence);
      const batches = takeBatches();
      expect(batches).toHaveLength(1);
      paths.push(...batches[0]!.commands.map((command) => ('path' in command ? command.path : '')));
    }
    expect(paths).toEqual(['/many/1', '/few/1', '/other', '/few/2', '/many/2', '/many/3', '/many/4']);
    proposals.rejectAll(timeout());
    await Promise.allSettled(callers);
  });

  it('whose turn did not come hear that they were too many; without a leader, what everybody hears', async () => {
    const [first, second] = [long(), long()];
    expect(takeBatches()).toHaveLength(1);
    proposals.expire(100, timeout);
    await expect(second).rejects.toMatchObject({ reason: 'busy' });
    await expect(first).rejects.toMatchObject({ reason: 'timeout' });
    const leaderless = long(400);
    proposals.expire(400, timeout);
    await expect(leaderless).rejects.toMatchObject({ reason: 'timeout' });
  });
});

it('batches that were not taken are offered again as they are, in the order in which they came in', async () => {
  const callers = ['/a', '/b', '/c'].map((path) => {
    const caller = proposals.add(set(path), 100);
    const batch = proposals.next();
    return { caller, batch: batch! };
  });
  const late = proposals.add(set('/d'), 100);
  // The order in which refusals arrive says nothing.
  for (const at of [1, 2, 0]) proposals.putBack(callers[at]!.batch.sequence);
  const again = takeBatches();
  expect(again.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  callers.forEach(({ batch }, at) => {
    expect(again[at]!.data).toBe(batch.data);
  });
  for (const { sequence } of again) proposals.fail(sequence, new MemberError('tooLarge', 'no'));
  expect(proposals).toMatchObject({ pending: 0, pendingBytes: 0 });
  await Promise.allSettled([late, ...callers.map(({ caller }) => caller)]);
});

it('what only a leader may say travels alone', async () => {
  const callers = [
    proposals.add(set('/a'), 100),
    proposals.add({ type: 'sync', nowMs: 5, expireMax: 1 }, 100, true),
    proposals.add(set('/b'), 100),
  ];
  expect(takeBatches().map(({ onlyAsLeader }) => onlyAsLeader)).toEqual([false, true, false]);
  proposals.rejectAll(timeout());
  await Promise.allSettled(callers);
});

it('refuses what the log may not hold', async () => {
  await expect(proposals.add(set('/a//b'), 100)).rejects.toMatchObject({ reason: 'invalid' });
  expect(proposals.hasQueued).toBe(false);
});

it('is told that its batch had no effect', async () => {
  const caller = proposals.add(set('/a'), 100);
  takeBatches();
  proposals.settle({ origin: SELF, run: 7, sequence: 1, results: [], fault: 'a path that is not clean' });
  await expect(caller).rejects.toMatchObject({ reason: 'invalid' });
});

it('rejects those whose time is up, queued or in flight, and only those', async () => {
  const inFlight = proposals.add(set('/a'), 100);
  takeBatches();
  const later = proposals.add(set('/b'), 300);
  takeBatches();
  const queued = proposals.add(set('/c'), 150);
  const patient = proposals.add(set('/d'), 300);
  proposals.expire(200, timeout);
  await expect(inFlight).rejects.toThrow('too late');
  await expect(queued).rejects.toThrow('too late');
  expect(proposals.pending).toBe(2);
  proposals.expire(300, timeout);
  expect(await Promise.allSettled([later, patient])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
});

it('refuses more than its bound', async () => {
  const callers = Array.from({ length: PROPOSALS_MAX }, () => proposals.add(set('/a'), 100));
  await expect(proposals.add(set('/a'), 100)).rejects.toMatchObject({ reason: 'tooManyRequests' });
  proposals.rejectAll(timeout());
  await Promise.allSettled(callers);
});

it('refuses more bytes than its bound, over queue and flight, and lets one through however large', async () => {
  const value = 'x'.repeat(PROPOSAL_BYTES_MAX / 4);
  const callers = [proposals.add(set('/a', { value }), 100)];
  takeBatches();
  callers.push(proposals.add(set('/b', { value }), 100), proposals.add(set('/c', { value }), 100));
  await expect(proposals.add(set('/d', { value }), 100)).rejects.toMatchObject({ reason: 'busy' });
  proposals.settle({ origin: SELF, run: 7, sequence: 1, results: [answer(1)] });
  callers.push(proposals.add(set('/d', { value }), 100));
  proposals.rejectAll(timeout());
  await Promise.allSettled(callers);
  expect(proposals).toMatchObject({ pending: 0, pendingBytes: 0 });
  const large = proposals.add(set('/large', { value: 'x'.repeat(PROPOSAL_BYTES_MAX + 1) }), 100);
  expect(proposals.pending).toBe(1);
  proposals.rejectAll(timeout());
  await expect(large).rejects.toThrow('too late');
});
