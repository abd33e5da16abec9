/** The index checker on histories of a store that is right, and on the same histories with one lie in them. */
import fc from 'fast-check';
import type { Action, Operation, Result, SeenEvent, Version } from './history';
import { checkIndexes } from './indexChecker';
import { checkRegister } from './registerChecker';

const KEYS = ['/a', '/b'];

interface Draft {
  readonly kind: 'set' | 'swap' | 'delete' | 'read' | 'plain';
  readonly key: string;
  readonly gapMs: number;
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly isLost: boolean;
  readonly isFresh: boolean;
  readonly lag: number;
}

const drafts: fc.Arbitrary<Draft[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('set', 'set', 'swap', 'delete', 'read', 'plain'),
    key: fc.constantFrom(...KEYS),
    gapMs: fc.integer({ min: 1, max: 5 }),
    beforeMs: fc.integer({ min: 0, max: 12 }),
    afterMs: fc.integer({ min: 0, max: 12 }),
    isLost: fc.boolean(),
    isFresh: fc.boolean(),
    lag: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 1, maxLength: 25 },
);

/** Each request takes effect at one instant between its start and its end; unanswered writes may or may not. */
function play(plan: readonly Draft[]): { operations: Operation[]; events: SeenEvent[]; index: number } {
  const operations: Operation[] = [];
  const events: SeenEvent[] = [];
  let index = 10;
  let nowMs = 100;
  const at = (key: string, when: number): Version | undefined => {
    const event = events.filter((each) => each.key === key && each.index <= when).at(-1);
    return event?.value === undefined ? undefined : { value: event.value, modifiedIndex: event.index };
  };
  for (const [number, draft] of plan.entries()) {
    const { kind, key, isLost } = draft;
    nowMs += draft.gapMs;
    const current = at(key, index);
    const value = `v${number}`;
    const action = actionOf(draft, value, current);
    const isRead = action.type === 'read';
    if (isLost && !isRead && !draft.isFresh) {
      operations.push(made(draft, nowMs, action, { type: 'unknown' }));
      continue;
    }
    let result: Result;
    if (action.type === 'read') {
      const when = kind === 'plain' ? Math.max(10, index - draft.lag) : index;
      result = { type: 'seen', index: when, version: at(key, when) };
    } else if (
      (action.type === 'compareAndSwap' && current?.value !== action.expected) ||
      (action.type === 'delete' && current === undefined)
    ) {
      result = { type: 'mismatch', index, actual: current?.value };
    } else {
      index += 1;
      events.push({ index, key, value: action.type === 'delete' ? undefined : value });
      result = { type: 'written', key, index, previous: current ?? null };
    }
    operations.push(made(draft, nowMs, action, isLost && !isRead ? { type: 'unknown' } : result));
  }
  return { operations, events, index };
}

function actionOf({ kind, key, isFresh }: Draft, value: string, current: Version | undefined): Action {
  switch (kind) {
    case 'set':
      return { type: 'set', key, value };
    case 'swap':
      return { type: 'compareAndSwap', key, expected: isFresh ? (current?.value ?? 'none') : 'other', value };
    case 'delete':
      return { type: 'delete', key };
    case 'read':
    case 'plain':
      return { type: 'read', key, linearizable: kind === 'read' };
  }
}

function made({ beforeMs, afterMs }: Draft, nowMs: number, action: Action, result: Result): Operation {
  const endMs = result.type === 'unknown' ? Number.POSITIVE_INFINITY : nowMs + afterMs;
  return { client: 'c', action, startMs: nowMs - beforeMs, endMs, result };
}

test('a store that is right is found to be right, with and without watches, and by the register checker', () => {
  fc.assert(
    fc.property(drafts, (plan) => {
      const { operations, events, index } = play(plan);
      expect(checkIndexes({ operations, events, completeUpTo: index })).toEqual([]);
      expect(checkIndexes({ operations, events: [], completeUpTo: 0 })).toEqual([]);
      for (const key of KEYS) {
        const ofKey = operations.filter(({ action }) => 'key' in action && action.key === key);
        expect(checkRegister(ofKey)).toBe('linearizable');
      }
    }),
    { numRuns: 500, seed: 4 },
  );
});

test('one lie in an answer is found', () => {
  let lies = 0;
  fc.assert(
    fc.property(drafts, fc.nat(), (plan, pick) => {
      const { operations, events, index } = play(plan);
      const position = pick % operations.length;
      const lie = lieOf(operations[position]!);
      if (lie === undefined) return;
      lies += 1;
      const told = operations.map((operation, other) => (other === position ? lie : operation));
      expect(checkIndexes({ operations: told, events, completeUpTo: index })).not.toEqual([]);
    }),
    { numRuns: 500, seed: 4 },
  );
  expect(lies).toBeGreaterThan(200);
});

/** The same answer with one fact changed; undefined where there is none to change. */
function lieOf(operation: Operation): Operation | undefined {
  const { action, result } = operation;
  switch (result.type) {
    case 'written':
      return { ...operation, result: { ...result, index: result.index + 1000 } };
    case 'seen': {
      const { version } = result;
      const lie = version === undefined ? { value: 'nobody', modifiedIndex: 5 } : undefined;
      return { ...operation, result: { ...result, version: lie } };
    }
    case 'mismatch':
      return { ...operation, result: { ...result, actual: action.type === 'delete' ? 'something' : 'nobody' } };
    case 'unknown':
      return undefined;
  }
}
