import { Integrity } from '../../src/machine/cluster/integrity';

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
  expect(integrity.takeVerdict()).toEqual({ checkpoint: 1, odd: ['a'], hasMajority: true });
  expect(integrity.takeVerdict()).toBeUndefined();
});

it('cannot tell who is right without a majority', () => {
  integrity.report('a', 1, 'x');
  integrity.report('b', 1, 'y');
  integrity.report('c', 1, 'z');
  expect(integrity.takeVerdict()).toEqual({ checkpoint: 1, odd: ['a', 'b', 'c'], hasMajority: false });
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
