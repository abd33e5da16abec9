/** Which majorities a leader could count on now. */
import { quorumHolds } from './quorum';
import type { RaftState } from './state';
import type { MemberId } from './types';

/**
 * Whether a majority of `voters` was heard within an election timeout. The quorum check's own mark will not do: it is wiped at
 * each check, so that right after one nobody counts. Undefined on a member that does not lead, and on a leader that was
 * elected less than an election timeout ago and has not heard enough of them yet.
 */
export function hearsQuorumOf(state: RaftState, voters: readonly MemberId[]): boolean | undefined {
  const { leadership, id } = state;
  if (leadership === undefined) return undefined;
  const { electionTicks } = state.options;
  const hears = quorumHolds(voters, (voter) => {
    const silentTicks = voter === id ? 0 : leadership.peer(voter)?.silentTicks;
    return silentTicks !== undefined && silentTicks <= electionTicks;
  });
  return hears || leadership.ticks > electionTicks ? hears : undefined;
}
