import { Integrity } from '../../../src/machine/cluster/integrity';

let integrity: Integrity;
beforeEach(() => {
  integrity = new Integrity();
  integrity.begin(1, 'x', ['a', 'b', 'c']);
});

it('says nothing while all agree', () => {
  for (const id of ['a', 'b', 'c']) integrity.report(id, 1, 'x');
  expect(integrity.takeVerdict()).toBeUndefined();
});

it('names the odd one as soon as a majority agrees on something else', () => {
  integrity.report('a', 1, 'y');
  integrity.report('b', 1, 'x');
  expect(integrity.takeVerdict()).toBeUndefined();
  integrity.report('c', 1, 'x');
  expect(integrity.takeVerdict()).toEqual({ checkpoint: 1, odd: ['a'], hasMajority: true, digest: 'x' });
  expect(integrity.takeVerdict()).toBeUndefined();
});

it('cannot tell who is right without a majority', () => {
  integrity.report('a', 1, 'x');
  integrity.report('b', 1, 'y');
  integrity.report('c', 1, 'z');
  expect(integrity.takeVerdict()).toEqual({
    checkpoint: 1,
    odd: ['a', 'b', 'c'],
    hasMajority: false,
    digest: undefined,
  });
});

it('does not count reports of others, or for another checkpoint', () => {
  integrity.report('a', 1, 'x');
  integrity.report('learner', 1, 'y');
  integrity.report('b', 7, 'y');
  expect(integrity.takeVerdict()).toBeUndefined();
  integrity.begin(2, 'x', ['a', 'b']);
  integrity.report('a', 1, 'y');
  integrity.report('b', 2, 'x');
  expect(integrity.takeVerdict()).toBeUndefined();
});

describe('doubt', () => {
  beforeEach(() => {
    integrity.begin(3, 'x', ['a', 'b']);
    integrity.report('a', 3, 'x');
    expect(integrity.doubt).toBe(0);
    integrity.report('b', 3, 'y');
  });

  it('begins when all have spoken without a majority, and outlasts the next question', () => {
    expect(integrity.doubt).toBe(3);
    integrity.begin(4, 'x', ['a', 'b']);
    integrity.report('a', 4, 'x');
    expect(integrity.doubt).toBe(3);
  });

  it('ends when all agree', () => {
    integrity.begin(4, 'x', ['a', 'b']);
    integrity.report('a', 4, 'x');
    integrity.report('b', 4, 'x');
    expect(integrity.doubt).toBe(0);
  });

  it('ends when there is a majority, which is right by definition', () => {
    integrity.begin(4, 'x', ['a', 'b', 'c']);
    for (const [id, digest] of [
      ['a', 'x'],
      ['b', 'y'],
      ['c', 'x'],
    ] as const)
      integrity.report(id, 4, digest);
    expect(integrity.doubt).toBe(0);
  });

  it('ends when one voter is left', () => {
    integrity.votersChanged(2);
    expect(integrity.doubt).toBe(3);
    integrity.votersChanged(1);
    expect(integrity.doubt).toBe(0);
  });
});

it('says once that it missed the checkpoint of a report, which was before it was started', () => {
  const restarted = new Integrity();
  expect(restarted.takeMissed()).toBe(false);
  restarted.report('b', 1, 'y');
  expect(restarted.takeMissed()).toBe(true);
  expect(restarted.takeMissed()).toBe(false);
  restarted.report('c', 1, 'z');
  restarted.begin(2, 'x', ['a', 'b', 'c']);
  restarted.report('b', 1, 'y');
  expect(restarted.takeMissed()).toBe(false);
});
