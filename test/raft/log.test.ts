import { RaftInvariantError } from '../../src/raft/errors';
import { entryBytes, RaftLog } from '../../src/raft/log';
import type { Configuration } from '../../src/raft/types';
import { FIVE, restored, THREE } from './core';
import { bytes, command, noop } from './harness';

function log(terms: number[], commit = 0): RaftLog {
  return new RaftLog(restored({ terms, commit }));
}

/** Entries 5 to 8 after a compaction up to 4. */
function compacted(): RaftLog {
  const result = log([1, 1, 2, 2, 2, 3, 3, 3], 6);
  result.takeCommitted();
  result.appliedTo(6);
  result.compact(4);
  return result;
}

describe('what is there', () => {
  test('terms, inside and outside', () => {
    expect([3, 4, 5, 8, 9, -1].map((index) => compacted().termAt(index))).toEqual([
      undefined,
      2,
      2,
      3,
      undefined,
      undefined,
    ]);
    expect(compacted()).toMatchObject({ startIndex: 4, lastIndex: 8, lastTerm: 3 });
    expect(log([])).toMatchObject({ startIndex: 0, lastIndex: 0, lastTerm: 0 });
  });

  test('slices', () => {
    expect(
      compacted()
        .slice(6, 7)
        .map((entry) => entry.index),
    ).toEqual([6, 7]);
    expect(compacted().slice(9, 8)).toEqual([]);
    expect(() => compacted().slice(4, 6)).toThrow(RaftInvariantError);
    expect(() => compacted().slice(8, 9)).toThrow(RaftInvariantError);
  });

  test('slices by size have one entry at least', () => {
    // Each entry has two bytes of data.
    expect(
      compacted()
        .sliceUpTo(5, 5)
        .map((entry) => entry.index),
    ).toEqual([5, 6]);
    expect(
      compacted()
        .sliceUpTo(5, 1)
        .map((entry) => entry.index),
    ).toEqual([5]);
    expect(compacted().sliceUpTo(9, 5)).toEqual([]);
    expect(compacted().bytesIn(5, 7)).toBe(6);
  });

  test('slices of entries without data have a bound too', () => {
    const result = log([]);
    for (let index = 1; index <= 3000; index += 1) result.append(noop(index, 1));
    expect(result.sliceUpTo(1, 1e6).length).toBe(1024);
    expect(result.sliceUpTo(2500, 1e6).map(({ index }) => index)).toEqual(
      Array.from({ length: 501 }, (_, at) => 2500 + at),
    );
  });

  test('bytes count data only', () => {
    expect(entryBytes(noop(1, 1))).toBe(0);
    expect(entryBytes(command(1, 1, 'abc'))).toBe(3);
  });

  test.each([
    [8, 3, true],
    [9, 3, true],
    [7, 3, false],
    [99, 2, false],
    [1, 4, true],
  ])('a log that ends with %i of term %i is up to date: %s', (lastIndex, lastTerm, upToDate) => {
    expect(compacted().isUpToDate(lastIndex, lastTerm)).toBe(upToDate);
  });

  test.each([
    [8, 3, 8],
    [8, 2, 5],
    [7, 9, 7],
    [99, 9, 8],
    [8, 1, 4],
    [2, 1, 2],
  ])('at or below %i with a term up to %i: %i', (index, term, found) => {
    expect(compacted().lastIndexWithTermAtMost(index, term)).toBe(found);
  });
});

test('where a term begins is found in a few looks, however long the log is', () => {
  const long = log(Array.from({ length: 10_000 }, (_, at) => 1 + Math.floor(at / 1000)));
  const looks = jest.spyOn(long, 'termAt');
  expect(long.lastIndexWithTermAtMost(10_000, 3)).toBe(3000);
  expect(long.lastIndexWithTermAtMost(10_000, 0)).toBe(0);
  expect(looks.mock.calls.length).toBeLessThan(40);
});

describe('growing', () => {
  test('without holes and with terms that never fall', () => {
    const grown = log([1, 2]);
    expect(() => grown.append(command(4, 2))).toThrow(RaftInvariantError);
    expect(() => grown.append(command(3, 1))).toThrow(RaftInvariantError);
    grown.append(command(3, 2));
    expect(grown.lastIndex).toBe(3);
  });

  test('a conflict replaces the rest, and what was durable of it', () => {
    const grown = log([1, 1, 1]);
    expect(grown.persisted).toBe(3);
    grown.accept([command(2, 2)]);
    expect([grown.lastIndex, grown.lastTerm, grown.persisted]).toEqual([2, 2, 1]);
  });

  test('a conflict with a committed entry is impossible', () => {
    const grown = log([1, 1, 1], 2);
    expect(() => grown.accept([command(2, 2)])).toThrow(RaftInvariantError);
  });

  test('a configuration comes and goes with its entry', () => {
    const grown = log([1]);
    const configuration: Configuration = FIVE;
    grown.append({ kind: 'configuration', index: 2, term: 1, configuration, data: bytes('') });
    expect(grown.configuration).toEqual(FIVE);
    grown.accept([command(2, 2)]);
    expect(grown.configuration).toEqual(THREE);
  });
});

describe('committing', () => {
  test('never back, never beyond the end', () => {
    const committed = log([1, 1, 1], 2);
    committed.commitTo(1);
    expect(committed.commit).toBe(2);
    expect(() => committed.commitTo(4)).toThrow(RaftInvariantError);
  });

  test('entries are handed out once, and only when they are durable', () => {
    const committed = log([1, 1]);
    committed.append(command(3, 1));
    committed.commitTo(3);
    expect(committed.takeCommitted().map((entry) => entry.index)).toEqual([1, 2]);
    expect(committed.takeCommitted()).toEqual([]);
    committed.cursor.taken(3);
    committed.cursor.confirmed();
    expect(committed.takeCommitted().map((entry) => entry.index)).toEqual([3]);
  });

  test('only what was handed out can be applied', () => {
    const committed = log([1, 1], 2);
    expect(() => committed.appliedTo(1)).toThrow(RaftInvariantError);
    committed.takeCommitted();
    committed.appliedTo(2);
    committed.appliedTo(1);
    expect(committed.applied).toBe(2);
  });
});

describe('starting', () => {
  test('what was applied is committed, whatever the stored commit index says', () => {
    const started = new RaftLog({ ...restored({ terms: [1, 1, 1], commit: 1 }), applied: 2 });
    expect([started.commit, started.applied]).toEqual([2, 2]);
    started.commitTo(3);
    expect(started.takeCommitted().map((entry) => entry.index)).toEqual([3]);
  });

  test('a state that is beyond its log is refused', () => {
    expect(() => new RaftLog({ ...restored({ terms: [1] }), applied: 2 })).toThrow(RaftInvariantError);
    expect(() => log([1], 2)).toThrow(RaftInvariantError);
  });

  test('a log with a hole is refused', () => {
    expect(() => new RaftLog({ ...restored(), entries: [command(2, 1)] })).toThrow(RaftInvariantError);
  });
});

describe('compacting', () => {
  test('only what was applied', () => {
    const full = log([1, 1, 1], 3);
    full.takeCommitted();
    full.appliedTo(2);
    expect(() => full.compact(3)).toThrow(RaftInvariantError);
    full.compact(2);
    full.compact(1);
    expect([full.startIndex, full.lastIndex, full.termAt(2)]).toEqual([2, 3, 1]);
  });

  test('term and configuration of the new start are remembered', () => {
    expect(compacted().startAt(4)).toEqual({ index: 4, term: 2, configuration: THREE });
    expect(compacted().startAt(7)).toEqual({ index: 7, term: 3, configuration: THREE });
    expect(() => compacted().startAt(3)).toThrow(RaftInvariantError);
  });
});

describe('jumping', () => {
  test('a log that has the entry keeps what follows', () => {
    const jumped = log([1, 1, 1, 1]);
    jumped.jumpTo({ index: 2, term: 1, configuration: THREE });
    expect(jumped).toMatchObject({ startIndex: 2, lastIndex: 4, commit: 2, applied: 2, handedOutTo: 2, persisted: 4 });
    expect(jumped.cursor.unwrittenFrom).toBe(3);
  });

  test('another log is replaced', () => {
    const jumped = log([1, 1, 1, 1]);
    jumped.jumpTo({ index: 3, term: 2, configuration: FIVE });
    expect(jumped).toMatchObject({ startIndex: 3, lastIndex: 3, lastTerm: 2, commit: 3, applied: 3, persisted: 3 });
    expect(jumped.configuration).toEqual(FIVE);
  });

  test('a state that contradicts a committed entry is impossible', () => {
    expect(() => log([1, 1, 1], 3).jumpTo({ index: 2, term: 2, configuration: THREE })).toThrow(RaftInvariantError);
  });
});
