import fc from 'fast-check';
import type { Action, Operation } from './history';
import { checkRegister } from './registerChecker';
import * as make from './samples';
import { at } from './samples';

test.each<[name: string, operations: Operation[]]>([
  ['nothing at all', []],
  [
    'one after the other',
    [
      make.set([0, 1], 'a', 1),
      make.read([2, 3], 1, at('a', 1)),
      make.removal([4, 5], 2),
      make.read([6, 7], 2, undefined),
    ],
  ],
  [
    'concurrent writes, read in one order',
    [
      make.set([0, 9], 'a', 1),
      make.set([0, 9], 'b', 2),
      make.read([1, 2], 1, at('a', 1)),
      make.read([3, 4], 2, at('b', 2)),
    ],
  ],
  [
    'a read beside a write sees the old value, then the new',
    [
      make.set([0, 1], 'a', 1),
      make.set([2, 20], 'b', 2),
      make.read([3, 4], 1, at('a', 1)),
      make.read([5, 6], 2, at('b', 2)),
    ],
  ],
  [
    'one of two swaps is refused',
    [make.set([0, 1], 'a', 1), make.swap([2, 9], 'a', 'b', 2), make.refusedSwap([2, 9], 'a', 'c', 2, 'b')],
  ],
  [
    'an unanswered write shows late',
    [
      make.set([0, 1], 'a', 1),
      make.lostSet(2, 'b'),
      make.read([3, 4], 1, at('a', 1)),
      make.read([50, 51], 2, at('b', 2)),
    ],
  ],
  [
    'an unanswered write never shows',
    [make.set([0, 1], 'a', 1), make.lostSet(2, 'b'), make.read([3, 4], 1, at('a', 1))],
  ],
  [
    'an unanswered swap took effect',
    [make.set([0, 1], 'a', 1), make.lostSwap(2, 'a', 'b'), make.read([3, 4], 2, at('b', 2))],
  ],
  [
    'an unanswered swap found another value',
    [make.set([0, 1], 'a', 1), make.lostSwap(2, 'x', 'b'), make.read([3, 4], 1, at('a', 1))],
  ],
  [
    'an unanswered removal explains a missing key',
    [make.set([0, 1], 'a', 1), make.lostRemoval(2), make.read([3, 4], 2, undefined), make.refusedRemoval([5, 6], 2)],
  ],
  [
    'a plain read says nothing',
    [make.set([0, 1], 'a', 1), make.set([2, 3], 'b', 2), make.plainRead([4, 5], 1, at('a', 1))],
  ],
])('linearizable: %s', (_name, operations) => {
  expect(checkRegister(operations)).toBe('linearizable');
});

test.each<[name: string, operations: Operation[]]>([
  ['a stale read', [make.set([0, 1], 'a', 1), make.set([2, 3], 'b', 2), make.read([4, 5], 1, at('a', 1))]],
  ['a lost write', [make.set([0, 1], 'a', 1), make.read([2, 3], 1, undefined)]],
  [
    'two reads see concurrent writes in different orders',
    [
      make.set([0, 9], 'a', 1),
      make.set([0, 9], 'b', 2),
      make.read([10, 11], 1, at('a', 1)),
      make.read([12, 13], 2, at('b', 2)),
    ],
  ],
  [
    'a read goes back',
    [
      make.set([0, 1], 'a', 1),
      make.set([2, 20], 'b', 2),
      make.read([3, 4], 2, at('b', 2)),
      make.read([5, 6], 1, at('a', 1)),
    ],
  ],
  ['a phantom', [make.set([0, 1], 'a', 1), make.read([2, 3], 2, at('zzz', 2))]],
  [
    'two swaps of one value succeed',
    [make.set([0, 1], 'a', 1), make.swap([2, 9], 'a', 'b', 2), make.swap([2, 9], 'a', 'c', 3)],
  ],
  ['a swap succeeds on another value', [make.set([0, 1], 'a', 1), make.swap([2, 3], 'x', 'b', 2)]],
  [
    'a swap is refused although the value was right',
    [make.set([0, 1], 'a', 1), make.refusedSwap([2, 3], 'a', 'b', 1, 'a')],
  ],
  [
    'a refused swap takes effect',
    [make.set([0, 1], 'a', 1), make.refusedSwap([2, 3], 'x', 'b', 1, 'a'), make.read([4, 5], 2, at('b', 2))],
  ],
  ['a removal finds nothing where something was', [make.set([0, 1], 'a', 1), make.refusedRemoval([2, 3], 1)]],
  ['a removal succeeds where nothing was', [make.removal([2, 3], 1)]],
  ['a removed value comes back', [make.set([0, 1], 'a', 1), make.removal([2, 3], 2), make.read([4, 5], 1, at('a', 1))]],
  ['a write names a value before it that was not there', [make.set([0, 1], 'a', 1), make.set([2, 3], 'b', 2, null)]],
  ['an unanswered write is seen before it was asked for', [make.read([0, 1], 1, at('a', 1)), make.lostSet(2, 'a')]],
  [
    'an unanswered write takes effect twice',
    [
      make.lostSet(0, 'a'),
      make.read([1, 2], 1, at('a', 1)),
      make.set([3, 4], 'b', 2),
      make.read([5, 6], 3, at('a', 3)),
    ],
  ],
])('not linearizable: %s', (_name, operations) => {
  expect(checkRegister(operations)).toBe('notLinearizable');
});

test('gives up after the steps it was given', () => {
  const writes = Array.from({ length: 12 }, (_, number) => make.set([0, 100], `v${number}`, number));
  expect(checkRegister([...writes, make.read([200, 201], 1, at('nobody', 1))], 500)).toBe('undecided');
});

/** All orders that respect real time, tried one by one: too slow for anything but a handful of operations. */
function tryAllOrders(operations: readonly Operation[], state?: string): boolean {
  const closed = operations.filter(({ result }) => result.type !== 'unknown');
  if (closed.length === 0) return true;
  const firstEndMs = Math.min(...operations.map(({ endMs }) => endMs));
  return operations.some((operation, position) => {
    if (operation.startMs > firstEndMs) return false;
    const next = play(operation, state);
    return (
      next !== false &&
      tryAllOrders(
        operations.filter((_, other) => other !== position),
        next,
      )
    );
  });
}

function play({ action, result }: Operation, state: string | undefined): string | undefined | false {
  const isUnknown = result.type === 'unknown';
  if (action.type === 'read')
    return isUnknown || (result.type === 'seen' && result.version?.value === state) ? state : false;
  if (action.type === 'set') return action.value;
  if (action.type === 'delete') {
    if (isUnknown) return undefined;
    return (result.type === 'written') === (state !== undefined) ? undefined : false;
  }
  if (action.type !== 'compareAndSwap') return false;
  const fits = state === action.expected;
  if (isUnknown) return fits ? action.value : state;
  if (result.type === 'mismatch') return !fits && result.actual === state ? state : false;
  return fits ? action.value : false;
}

/** Histories of a few operations with arbitrary results: most are wrong, some are not. */
const histories = fc
  .array(
    fc.record({
      kind: fc.constantFrom('set', 'read', 'swap', 'delete'),
      startMs: fc.integer({ min: 0, max: 12 }),
      lastsMs: fc.integer({ min: 0, max: 8 }),
      seen: fc.constantFrom(undefined, 'v0', 'v1', 'v2'),
      isRefused: fc.boolean(),
      isUnknown: fc.boolean(),
    }),
    { maxLength: 6 },
  )
  .map((drafts) =>
    drafts.map(({ kind, startMs, lastsMs, seen, isRefused, isUnknown }, number): Operation => {
      const key = make.KEY;
      const times = [startMs, startMs + lastsMs] as const;
      const action: Action =
        kind === 'set'
          ? { type: 'set', key, value: `v${number % 3}` }
          : kind === 'read'
            ? { type: 'read', key, linearizable: true }
            : kind === 'delete'
              ? { type: 'delete', key }
              : { type: 'compareAndSwap', key, expected: seen ?? 'v0', value: `v${number % 3}` };
      if (isUnknown && kind !== 'read') return make.operation('x', ...times, action, { type: 'unknown' });
      if (kind === 'read') {
        const version = seen === undefined ? undefined : at(seen, 1);
        return make.operation('x', ...times, action, { type: 'seen', index: 1, version });
      }
      if (isRefused && kind === 'delete') return make.refusedRemoval(times, 1);
      if (isRefused && kind === 'swap')
        return make.operation('x', ...times, action, { type: 'mismatch', index: 1, actual: 'v1' });
      return make.operation('x', ...times, action, { type: 'written', key, index: 1, previous: undefined });
    }),
  );

test('judges small histories as trying every order does', () => {
  const verdicts = new Set<boolean>();
  fc.assert(
    fc.property(histories, (operations) => {
      const expected = tryAllOrders(operations);
      verdicts.add(expected);
      expect(checkRegister(operations)).toBe(expected ? 'linearizable' : 'notLinearizable');
    }),
    { numRuns: 3000, seed: 20 },
  );
  expect(verdicts.size).toBe(2);
});
