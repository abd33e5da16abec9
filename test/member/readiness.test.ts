import { Readiness } from '../../src/member/readiness';
import type { Raft } from '../../src/raft/raft';
import type { RaftStatus } from '../../src/raft/types';

const SELF = 'abc';
const status = (fields: Partial<RaftStatus>): RaftStatus =>
  ({ leader: 'def', applied: 10, configuration: { voters: [SELF, 'def'], learners: [] }, ...fields }) as RaftStatus;

it('a member is ready once it has a leader, votes, and has applied what was committed when it was started', () => {
  const raft = { id: SELF, commit: 10 };
  const readiness = new Readiness(raft as unknown as Raft);
  // What is committed later does not count.
  raft.commit = 99;
  expect(readiness.isReady(status({}))).toBe(true);
  expect(readiness.isReady(status({ applied: 9 }))).toBe(false);
  expect(readiness.isReady(status({ leader: undefined }))).toBe(false);
  expect(readiness.isReady(status({ configuration: { voters: ['def'], learners: [SELF] } }))).toBe(false);
});
