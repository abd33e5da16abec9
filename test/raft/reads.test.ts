import { ForwardedReads, ReadRounds } from '../../src/raft/reads';

describe('at the leader', () => {
  test('a round has what waited when it began', () => {
    const reads = new ReadRounds();
    reads.add({ from: undefined, context: 1 });
    reads.add({ from: '2', context: 5 });
    expect([reads.roundNumber, reads.hasWaiting]).toEqual([0, true]);
    const round = reads.begin(10);
    reads.add({ from: undefined, context: 2 });
    expect(round).toMatchObject({ number: 1, index: 10, reads: [{ context: 1 }, { context: 5 }] });
    expect([reads.roundNumber, reads.hasWaiting]).toEqual([1, true]);
    reads.end();
    expect(reads.begin(11)).toMatchObject({ number: 2, index: 11, reads: [{ context: 2 }] });
  });

  test('only answers to the round under way confirm it', () => {
    const reads = new ReadRounds();
    reads.confirmed('2', 0);
    reads.begin(1);
    reads.end();
    const round = reads.begin(1);
    reads.confirmed('2', 1);
    expect(round.confirmedBy.size).toBe(0);
    reads.confirmed('2', 2);
    reads.confirmed('2', 2);
    expect([...round.confirmedBy]).toEqual(['2']);
  });

  test('a follower has one read waiting at most, the leader any number', () => {
    const reads = new ReadRounds();
    reads.add({ from: undefined, context: 1 });
    reads.add({ from: '2', context: 5 });
    reads.add({ from: undefined, context: 2 });
    reads.add({ from: '2', context: 6 });
    expect(reads.begin(1).reads.map(({ context }) => context)).toEqual([1, 2, 6]);
  });

  test('draining gives everything once', () => {
    const reads = new ReadRounds();
    reads.add({ from: undefined, context: 1 });
    reads.begin(1);
    reads.add({ from: undefined, context: 2 });
    expect(reads.drain().map(({ context }) => context)).toEqual([1, 2]);
    expect(reads.drain()).toEqual([]);
    expect(reads.roundNumber).toBe(0);
  });
});

describe('at a follower', () => {
  test('one request at a time', () => {
    const reads = new ForwardedReads(100);
    expect(reads.begin()).toBeUndefined();
    reads.add(1);
    reads.add(2);
    expect(reads.begin()).toBe(100);
    reads.add(3);
    expect(reads.begin()).toBeUndefined();
    expect(reads.answered(99)).toEqual([]);
    expect(reads.answered(100)).toEqual([1, 2]);
    expect(reads.answered(100)).toEqual([]);
    expect(reads.begin()).toBe(101);
  });

  test('the outstanding request has an age', () => {
    const reads = new ForwardedReads(1);
    expect(reads.tick()).toBeUndefined();
    reads.add(7);
    reads.begin();
    reads.tick();
    expect(reads.tick()).toMatchObject({ context: 1, ticks: 2 });
  });

  test('draining gives everything once', () => {
    const reads = new ForwardedReads(1);
    reads.add(7);
    reads.begin();
    reads.add(8);
    expect([reads.hasAny, reads.drain(), reads.hasAny, reads.drain()]).toEqual([true, [7, 8], false, []]);
  });
});
