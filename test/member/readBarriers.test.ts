import { ReadBarriers } from '../../src/member/readBarriers';
import { MemberError } from '../../src/member/types';

const timeout = (): MemberError => new MemberError('timeout', 'too late');
let reads: ReadBarriers;
beforeEach(() => {
  reads = new ReadBarriers();
});

async function isDone(promise: Promise<void>): Promise<boolean> {
  return Promise.race([
    promise.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);
}

it('readers of one turn share a round and go when its index is applied', async () => {
  const [a, b] = [reads.add(100), reads.add(100)];
  const context = reads.takeRound();
  expect(reads.takeRound()).toBeUndefined();
  reads.answered({ context: context!, index: 5 });
  reads.release(4);
  expect(await isDone(a)).toBe(false);
  reads.release(5);
  await Promise.all([a, b]);
  expect(reads.pending).toBe(0);
});

it('a reader that comes after a round began needs a round of its own', async () => {
  const early = reads.add(100);
  const first = reads.takeRound();
  const late = reads.add(100);
  reads.answered({ context: first!, index: 1 });
  reads.release(9);
  await early;
  expect(await isDone(late)).toBe(false);
  const second = reads.takeRound();
  expect(second).not.toBe(first);
  reads.answered({ context: second!, index: 9 });
  reads.release(9);
  await late;
});

it('a refused round is asked again, until its callers’ time is up', async () => {
  const read = reads.add(100);
  reads.answered({ context: reads.takeRound()!, index: undefined });
  expect(reads.hasQueued).toBe(true);
  reads.expire(99, timeout);
  expect(reads.hasQueued).toBe(true);
  reads.expire(100, timeout);
  await expect(read).rejects.toThrow('too late');
});

it('a round without an answer ends at its deadline', async () => {
  const read = reads.add(100);
  reads.takeRound();
  reads.expire(101, timeout);
  await expect(read).rejects.toThrow('too late');
  expect(reads.pending).toBe(0);
});
