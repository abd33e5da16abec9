/** What a member shows of itself. */
import type { RaftState } from './state';
import type { ProgressStatus, RaftStatus } from './types';

export function statusOf(state: RaftState): RaftStatus {
  const { log, leadership } = state;
  const members = leadership?.peers.filter((peer) => peer.leavingAt === undefined) ?? [];
  return {
    id: state.id,
    role: state.role,
    term: state.term,
    votedFor: state.votedFor,
    leader: state.leader,
    commit: log.commit,
    applied: log.applied,
    persisted: log.persisted,
    firstIndex: log.startIndex + 1,
    lastIndex: log.lastIndex,
    configuration: log.configuration,
    progress: members.map((peer) => peer.status()),
  };
}

/** The state on one line, for logs and test failures. */
export function describe(state: RaftState): string {
  const {
    id,
    role,
    term,
    votedFor,
    leader,
    commit,
    applied,
    persisted,
    firstIndex,
    lastIndex,
    configuration,
    progress,
  } = statusOf(state);
  const parts = [
    `${id} ${role} term=${term} vote=${votedFor ?? '-'} leader=${leader ?? '-'}`,
    `log=[${firstIndex},${lastIndex}] persisted=${persisted} commit=${commit} applied=${applied}`,
    `voters=${configuration.voters.join(',')}`,
  ];
  if (configuration.learners.length > 0) parts.push(`learners=${configuration.learners.join(',')}`);
  return [...parts, ...progress.map(describeProgress)].join(' ');
}

function describeProgress({ id, state, matchIndex, nextIndex, recentlyActive, learner }: ProgressStatus): string {
  const marks = `${learner ? ' learner' : ''}${recentlyActive ? '' : ' silent'}`;
  return `(${id} ${state} match=${matchIndex} next=${nextIndex}${marks})`;
}
