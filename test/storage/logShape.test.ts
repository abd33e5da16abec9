import fc from 'fast-check';
import { LogShape } from '../../src/storage/logShape';
import type { Configuration, Entry, LogStart } from '../../src/raft/types';

const START: LogStart = { index: 0, term: 0, configuration: { voters: ['1'], learners: [] } };

interface Slot {
  readonly term: number;
  readonly configuration: Configuration;
}

function entryOf(index: number, term: number, voters: readonly string[] | undefined): Entry {
  if (voters === undefined) return { kind: 'noop', index, term };
  return { kind: 'configuration', index, term, configuration: { voters, learners: [] }, data: Buffer.alloc(0) };
}

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      back: fc.nat(3),
      newTerm: fc.boolean(),
      voters: fc.option(fc.constantFrom(['2'], ['3', '4']), { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('compact' as const), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
);

test('knows term and configuration everywhere, as a plain list of all entries would', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const shape = new LogShape(START);
      const model: Slot[] = [{ term: 0, configuration: START.configuration }];
      let first = 0;
      let term = 0;
      for (const each of steps) {
        if (each.do === 'append') {
          const index = Math.max(first + 1, model.length - each.back);
          term += each.newTerm || index < model.length ? 1 : 0;
          model.length = index;
          shape.append(entryOf(index, term, each.voters));
          const before = model[index - 1]!;
          model.push({
            term,
            configuration: each.voters === undefined ? before.configuration : { voters: each.voters, learners: [] },
          });
        } else {
          first += Math.floor((model.length - 1 - first) * each.part);
          shape.compactTo(first);
        }
        expect([shape.start.index, shape.lastIndex]).toEqual([first, model.length - 1]);
        for (let index = first; index < model.length; index += 1)
          expect(shape.positionAt(index)).toEqual({ index, ...model[index] });
      }
    }),
  );
});

test('outside the log it refuses', () => {
  const shape = new LogShape({ ...START, index: 5 });
  expect(() => shape.positionAt(4)).toThrow(RangeError);
  expect(() => shape.positionAt(6)).toThrow(RangeError);
  expect(() => shape.append({ kind: 'noop', index: 5, term: 1 })).toThrow(RangeError);
  expect(() => shape.append({ kind: 'noop', index: 7, term: 1 })).toThrow(RangeError);
});
