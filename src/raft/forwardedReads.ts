/** A follower's reads: the leader is asked for an index that is safe to read at (thesis section 6.4). */
import { refuseReads } from './roles';
import type { RaftState } from './state';
import type { ReadIndexResponse } from './types';

/** Asks for everything that waits, unless a request is outstanding; without a leader nothing can be asked. */
export function forwardReads(state: RaftState): void {
  const { leader, id, term } = state;
  if (leader === undefined) {
    refuseReads(state);
    return;
  }
  const context = state.forwardedReads.begin();
  if (context !== undefined) state.send({ type: 'readIndexRequest', from: id, to: leader, term, context });
}

/** A request that is not answered is repeated at the pace of heartbeats, and given up after an election timeout. */
export function tickForwardedReads(state: RaftState): void {
  const outstanding = state.forwardedReads.tick();
  if (outstanding === undefined || state.leader === undefined) return;
  const { context, ticks } = outstanding;
  const { electionTicks, heartbeatTicks } = state.options;
  if (ticks >= electionTicks) {
    answerForwarded(state, context, undefined);
  } else if (ticks % heartbeatTicks === 0) {
    const { leader, id, term } = state;
    state.send({ type: 'readIndexRequest', from: id, to: leader, term, context });
  }
}

/** The leader's answer, or its refusal. */
export function handleReadIndexResponse(state: RaftState, message: ReadIndexResponse): void {
  answerForwarded(state, message.context, message.index === 0 ? undefined : message.index);
}

function answerForwarded(state: RaftState, context: number, index: number | undefined): void {
  for (const read of state.forwardedReads.answered(context)) state.readStates.push({ context: read, index });
}
