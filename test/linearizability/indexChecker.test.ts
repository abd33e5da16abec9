import type { Operation, SeenEvent } from './history';
import { checkIndexes } from './indexChecker';
import * as make from './samples';
import { at, KEY } from './samples';

function kinds(operations: readonly Operation[], events: readonly SeenEvent[] = [], completeUpTo = 0): string[] {
  return [...new Set(checkIndexes({ operations, events, completeUpTo }).map(({ kind }) => kind))];
}

const told = (index: number, value: string | undefined, key = KEY): SeenEvent => ({ index, key, value });

describe('histories that are as they should be', () => {
  test.each<[name: string, operations: Operation[], events?: SeenEvent[], completeUpTo?: number]>([
    ['nothing at all', []],
    [
      'writes and reads one after the other',
      [
        make.read([0, 1], 3, undefined),
        make.set([2, 3], 'a', 4, null),
        make.read([4, 5], 4, at('a', 4)),
        make.set([6, 7], 'b', 6, at('a', 4)),
        make.removal([8, 9], 7, at('b', 6)),
        make.read([10, 11], 7, undefined),
        make.refusedRemoval([12, 13], 7),
      ],
    ],
    [
      'concurrent writes in either order',
      [make.set([0, 10], 'a', 6), make.set([0, 10], 'b', 5), make.read([20, 21], 6, at('a', 6))],
    ],
    [
      'a read beside a write sees it or does not',
      [
        make.set([0, 1], 'a', 4),
        make.set([5, 20], 'b', 5),
        make.read([6, 7], 4, at('a', 4)),
        make.read([8, 9], 5, at('b', 5)),
      ],
    ],
    [
      'a plain read may be stale',
      [make.set([0, 1], 'a', 4), make.set([2, 3], 'b', 5), make.plainRead([6, 7], 4, at('a', 4))],
    ],
    ['an unanswered write that took effect', [make.lostSet(0, 'a'), make.read([5, 6], 4, at('a', 4))]],
    [
      'an unanswered write that did not',
      [make.set([0, 1], 'a', 4), make.lostSet(2, 'b'), make.read([5, 6], 9, at('a', 4))],
    ],
    [
      'an unanswered write that takes effect long after',
      [
        make.set([0, 1], 'a', 4),
        make.lostSet(2, 'b'),
        make.read([5, 6], 4, at('a', 4)),
        make.read([50, 51], 5, at('b', 5)),
      ],
    ],
    [
      'an unanswered removal that took effect',
      [make.set([0, 1], 'a', 4), make.lostRemoval(2), make.read([5, 6], 9, undefined)],
    ],
    [
      'swaps and refused swaps',
      [
        make.set([0, 1], 'a', 4),
        make.swap([2, 10], 'a', 'b', 5),
        make.refusedSwap([2, 10], 'a', 'c', 5, 'b'),
        make.refusedSwap([11, 12], 'x', 'd', 5, 'b'),
      ],
    ],
    [
      'an expiry that only a watch tells of',
      [make.set([0, 1], 'a', 4), make.read([20, 21], 5, undefined)],
      [told(4, 'a'), told(5, undefined)],
      5,
    ],
    [
      'events told by several watches',
      [make.set([0, 1], 'a', 4), make.set([2, 3], 'b', 5)],
      [told(4, 'a'), told(5, 'b'), told(4, 'a')],
      5,
    ],
    [
      'a write beyond what the watches were told',
      [make.set([0, 1], 'a', 4), make.set([2, 3], 'b', 5)],
      [told(4, 'a')],
      4,
    ],
  ])('%s', (_name, operations, events = [], completeUpTo = 0) => {
    expect(checkIndexes({ operations, events, completeUpTo })).toEqual([]);
  });
});

describe('what must be found', () => {
  const first = make.set([0, 1], 'a', 4);
  const second = make.set([2, 3], 'b', 5);
  test.each<[kind: string, name: string, operations: Operation[], events?: SeenEvent[], completeUpTo?: number]>([
    [
      'stale read',
      'a read that began after a write ended does not know of it',
      [first, second, make.read([4, 5], 4, at('a', 4))],
    ],
    [
      'stale read',
      'a read after a read goes back',
      [first, make.read([4, 5], 9, at('a', 4)), make.read([6, 7], 8, at('a', 4))],
    ],
    [
      'stale read',
      'a read is behind what a plain read showed',
      [first, make.plainRead([4, 5], 7, at('a', 4)), make.read([6, 7], 6, at('a', 4))],
    ],
    [
      'stale refusal',
      'a refused swap is behind an acknowledged write',
      [first, second, make.refusedSwap([4, 5], 'b', 'c', 4, 'a')],
    ],
    ['reordered write', 'a later write has a lower index', [make.set([0, 1], 'a', 5), make.set([2, 3], 'b', 4)]],
    [
      'reordered write',
      'a write has the index of an earlier read',
      [first, make.read([2, 3], 6, at('a', 4)), make.set([4, 5], 'b', 6)],
    ],
    [
      'reordered write',
      'an unanswered write took effect before it was asked for',
      [make.read([0, 1], 6, undefined), make.lostSet(2, 'a'), make.plainRead([3, 4], 4, at('a', 4))],
    ],
    ['wrong read', 'an acknowledged write is missing', [first, make.read([4, 5], 9, undefined)]],
    ['wrong read', 'an overwritten value is seen at a later index', [first, second, make.read([4, 5], 6, at('a', 4))]],
    ['wrong read', 'a plain read shows a mixture', [first, second, make.plainRead([4, 5], 5, at('a', 4))]],
    ['wrong read', 'a read shows what was written after it', [first, second, make.read([0, 9], 4, at('b', 5))]],
    ['wrong read', 'a removed value comes back', [first, make.removal([2, 3], 5), make.read([4, 5], 6, at('a', 4))]],
    ['phantom', 'a value that nobody wrote', [make.read([4, 5], 6, at('zzz', 5))]],
    ['phantom', 'a watch tells what nobody wrote', [first], [told(7, 'zzz')]],
    ['phantom', 'a value at a key it was not written to', [first], [told(7, 'a', '/other')]],
    ['carried out twice', 'an acknowledged write appears again', [first, make.read([4, 5], 6, at('a', 6))]],
    ['carried out twice', 'an unanswered write appears twice', [make.lostSet(0, 'a')], [told(4, 'a'), told(6, 'a')]],
    [
      'refused write took effect',
      'a refused swap is seen',
      [first, make.refusedSwap([2, 3], 'x', 'c', 4, 'a'), make.read([4, 5], 6, at('c', 6))],
    ],
    ['diverged', 'two writes have one index', [first, make.set([0, 1], 'b', 4)]],
    ['diverged', 'two watches tell different things', [first, second], [told(4, 'a'), told(4, 'b')]],
    ['diverged', 'a watch contradicts an answer', [first], [told(4, undefined)]],
    ['lost write', 'an acknowledged write that no watch was told of', [first, second], [told(4, 'a')], 9],
    ['wrong swap', 'a swap went through although the value was another', [first, make.swap([2, 3], 'x', 'c', 5)]],
    [
      'wrong swap',
      'two swaps of one value went through',
      [first, make.swap([2, 9], 'a', 'b', 5), make.swap([2, 9], 'a', 'c', 6)],
    ],
    [
      'wrong swap',
      'a swap of a key that was removed',
      [first, make.removal([2, 3], 5), make.swap([4, 5], 'a', 'c', 6)],
    ],
    [
      'wrong refusal',
      'a swap was refused although the value was right',
      [first, make.refusedSwap([2, 3], 'a', 'c', 4, 'a')],
    ],
    [
      'wrong refusal',
      'a swap was refused because of a value that was not there',
      [first, second, make.refusedSwap([4, 5], 'x', 'c', 5, 'a')],
    ],
    ['wrong refusal', 'a removal found nothing where something was', [first, make.refusedRemoval([2, 3], 4)]],
    ['wrong previous value', 'a write overlooks the one before', [first, make.set([2, 3], 'b', 5, null)]],
    ['wrong previous value', 'a write names an older one', [first, second, make.set([4, 5], 'c', 6, at('a', 4))]],
    ['wrong previous value', 'a removal names another value', [first, second, make.removal([4, 5], 6, at('a', 4))]],
    [
      'wrong read',
      'gone, and an unanswered removal did not do it, for the watches would have told',
      [first, make.lostRemoval(2), make.read([5, 6], 9, undefined)],
      [told(4, 'a')],
      9,
    ],
  ])('%s: %s', (kind, _name, operations, events = [], completeUpTo = 0) => {
    expect(kinds(operations, events, completeUpTo)).toContain(kind);
  });
});
