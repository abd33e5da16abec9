import { quorumHolds, quorumIndex, quorumSize, voteResult } from '../../src/raft/quorum';

test.each([
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 3],
  [5, 3],
])('a majority of %i is %i', (voters, majority) => {
  expect(quorumSize(voters)).toBe(majority);
});

test.each([
  [[7], 7],
  [[4, 9], 4],
  [[1, 5, 3], 3],
  [[2, 2, 8, 9], 2],
  [[10, 1, 7, 3, 7], 7],
  [[], 0],
])('a majority of %j holds %i', (indexes, held) => {
  expect(quorumIndex([...indexes])).toBe(held);
});

describe('votes', () => {
  const voters = ['1', '2', '3', '4'];
  const votes = (entries: Record<string, boolean>): Map<string, boolean> => new Map(Object.entries(entries));

  test('a majority wins', () => {
    expect(voteResult(voters, votes({ 1: true, 2: true }))).toBe('pending');
    expect(voteResult(voters, votes({ 1: true, 2: true, 4: true, 3: false }))).toBe('won');
  });

  test('it is lost as soon as nobody could win it any more', () => {
    expect(voteResult(voters, votes({ 1: true, 2: false }))).toBe('pending');
    expect(voteResult(voters, votes({ 1: true, 2: false, 3: false }))).toBe('lost');
  });

  test('votes of others do not count', () => {
    expect(voteResult(['1'], votes({ 2: true, 3: true }))).toBe('pending');
  });
});

test('whether something holds for a majority', () => {
  expect(quorumHolds(['1', '2', '3'], (id) => id !== '2')).toBe(true);
  expect(quorumHolds(['1', '2', '3'], (id) => id === '2')).toBe(false);
});
