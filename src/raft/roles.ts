/** The way down: what happens when a member becomes a follower, and how reads in its care end. */
import type { RaftState } from './state';
import type { MemberId } from './types';

/**
 * Follows `leader` (undefined: nobody yet) in `term`, which may be the current one. A higher term always leads here, from
 * any role (paper figure 2, "rules for servers", all servers; section 5.1).
 */
export function becomeFollower(state: RaftState, term: number, leader: MemberId | undefined): void {
  refuseReads(state);
  if (term > state.term) state.enterTerm(term, undefined);
  state.role = 'follower';
  state.leader = leader;
  state.leadership = undefined;
  state.votes.clear();
  state.drawElectionTimeout();
}

/** Nobody vouches for an index any more: the askers are told to try again. */
export function refuseReads(state: RaftState): void {
  if (state.leadership !== undefined) {
    for (const read of state.leadership.reads.drain()) answerRead(state, read.from, read.context, undefined);
  }
  if (!state.forwardedReads.hasAny) return;
  for (const context of state.forwardedReads.drain()) state.readStates.push({ context, index: undefined });
}

/** Answers a read of this member (`from` undefined) or one that `from` forwarded. */
export function answerRead(
  state: RaftState,
  from: MemberId | undefined,
  context: number,
  index: number | undefined,
): void {
  if (from === undefined) {
    state.readStates.push({ context, index });
  } else {
    const { id, term } = state;
    state.send({ type: 'readIndexResponse', from: id, to: from, term, context, index: index ?? 0 });
  }
}
