import { raftStateName } from '../../../../src/api/v2/stats/raftState';

test.each([
  ['leader', 'StateLeader'],
  ['follower', 'StateFollower'],
  ['candidate', 'StateCandidate'],
  ['preCandidate', 'StateCandidate'],
] as const)('%s is %s', (role, name) => {
  expect(raftStateName(role)).toBe(name);
});
