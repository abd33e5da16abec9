/** Which majorities a leader could count on now. */
import type { Leadership } from './leadership';
import { quorumHolds } from './quorum';
import type { RaftState } from './state';
import type { MemberId } from './types';

/** Whether a majority of `voters` was heard within an election timeout; the leader hears itself (thesis section 6.2). */
export function isQuorumActive(state: RaftState, leadership: Leadership, voters: readonly MemberId[]): boolean {
  return quorumHolds(voters, (id) => id === state.id || leadership.peer(id)?.recentlyActive === true);
}

/**
 * The same for whoever asks. Undefined on a member that does not lead, and on a leader that was elected less than an election
 * timeout ago and has not heard enough of them yet.
 */
export function hearsQuorumOf(state: RaftState, voters: readonly MemberId[]): boolean | undefined {
  const { leadership, options } = state;
  if (leadership === undefined) return undefined;
  const hears = isQuorumActive(state, leadership, voters);
  return hears || leadership.ticks > options.electionTicks ? hears : undefined;
}
