import { compareIds, ConfigurationHistory, isValidChange, sortedConfiguration } from '../../src/raft/configuration';
import { RaftInvariantError } from '../../src/raft/errors';
import type { Configuration, Entry } from '../../src/raft/types';
import { bytes, noop } from './harness';

const of = (voters: string[], learners: string[] = []): Configuration => ({ voters, learners });

test('ids are ordered by their value', () => {
  expect(['ff', 'a', '100', '1f'].sort(compareIds)).toEqual(['a', '1f', 'ff', '100']);
  expect(sortedConfiguration(of(['b', '1a', 'a'], ['20', '9']))).toEqual(of(['a', 'b', '1a'], ['9', '20']));
});

test.each([
  ['nothing', of(['1', '2']), of(['2', '1']), true],
  ['a voter added', of(['1', '2']), of(['1', '2', '3']), true],
  ['a voter removed', of(['1', '2']), of(['1']), true],
  ['a learner added', of(['1']), of(['1'], ['2']), true],
  ['a learner removed', of(['1'], ['2', '3']), of(['1'], ['3']), true],
  ['a learner promoted', of(['1'], ['2']), of(['1', '2']), true],
  ['a voter demoted', of(['1', '2']), of(['1'], ['2']), true],
  ['a voter replaced', of(['1', '2']), of(['1', '3']), false],
  ['two voters added', of(['1']), of(['1', '2', '3']), false],
  ['two learners added', of(['1']), of(['1'], ['2', '3']), false],
  ['a voter and a learner added', of(['1']), of(['1', '2'], ['3']), false],
  ['nobody left to vote', of(['1']), of([]), false],
  ['only learners left', of(['1']), of([], ['1']), false],
  ['a member listed twice', of(['1', '2']), of(['1', '2', '2']), false],
  ['a member with two seats', of(['1', '2']), of(['1', '2'], ['2']), false],
])('change: %s', (_name, current, next, valid) => {
  expect(isValidChange(current, next)).toBe(valid);
});

describe('history', () => {
  const change = (index: number, configuration: Configuration): Entry => ({
    kind: 'configuration',
    index,
    term: 1,
    configuration,
    data: bytes(''),
  });

  function history(): ConfigurationHistory {
    const result = new ConfigurationHistory({ index: 2, configuration: of(['1']) });
    result.appended(noop(3, 1));
    result.appended(change(4, of(['2', '1'])));
    result.appended(change(7, of(['1', '2', '3'])));
    return result;
  }

  test('the newest is in force, in canonical order', () => {
    expect(history().latest).toEqual({ index: 7, configuration: of(['1', '2', '3']) });
    expect(history().inForceAt(4)).toEqual(of(['1', '2']));
    expect(history().inForceAt(6)).toEqual(of(['1', '2']));
    expect(history().inForceAt(3)).toEqual(of(['1']));
  });

  test('truncation brings the one before back', () => {
    const truncated = history();
    truncated.truncated(8);
    expect(truncated.latest.index).toBe(7);
    truncated.truncated(7);
    expect(truncated.latest.index).toBe(4);
    truncated.truncated(3);
    expect(truncated.latest).toEqual({ index: 2, configuration: of(['1']) });
  });

  test('compaction keeps the one in force at the new start', () => {
    const compacted = history();
    compacted.compacted(5);
    expect(compacted.inForceAt(5)).toEqual(of(['1', '2']));
    expect(() => compacted.inForceAt(3)).toThrow(RaftInvariantError);
    compacted.truncated(1);
    expect(compacted.latest.configuration).toEqual(of(['1', '2']));
  });
});
