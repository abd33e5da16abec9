/** What a leader does as time passes and once a turn: heartbeats, the quorum check, reads, handing over. */
import type { Leadership } from './leadership';
import { dismissLeaving } from './membership';
import { quorumHolds } from './quorum';
import { isQuorumActive } from './quorumHealth';
import { sendAppends, sendHeartbeats } from './replication';
import { answerRead, becomeFollower } from './roles';
import type { RaftState } from './state';
import type { MemberId } from './types';

/** One tick of a leader's clock. */
export function tickLeader(state: RaftState, leadership: Leadership): void {
  const { electionTicks, heartbeatTicks } = state.options;
  leadership.ticks += 1;
  for (const peer of leadership.peers) peer.silentTicks += 1;
  state.electionElapsed += 1;
  if (state.electionElapsed >= electionTicks) {
    state.electionElapsed = 0;
    // A leader that does not hear a majority stops to pretend (thesis section 6.2).
    if (!isQuorumActive(state, leadership, state.log.configuration.voters)) {
      becomeFollower(state, state.term, undefined);
      return;
    }
  }
  tickTransfer(leadership, electionTicks);
  dismissLeaving(state, leadership);
  leadership.heartbeatElapsed += 1;
  if (leadership.heartbeatElapsed >= heartbeatTicks) {
    leadership.heartbeatElapsed = 0;
    for (const peer of leadership.peers) peer.heartbeatSent();
    sendHeartbeats(state, leadership);
  }
}

/** A transfer that takes longer than an election timeout is given up (thesis section 3.10). */
function tickTransfer(leadership: Leadership, electionTicks: number): void {
  const { transfer } = leadership;
  if (transfer === undefined) return;
  transfer.ticks += 1;
  if (transfer.ticks >= electionTicks) leadership.transfer = undefined;
}

/** Starts to hand over to `to`. False if it is not another voter (thesis section 3.10). */
export function beginTransfer(state: RaftState, leadership: Leadership, to: MemberId): boolean {
  if (to === state.id || !state.isVoter(to)) return false;
  if (leadership.transfer?.to !== to) leadership.transfer = { to, ticks: 0, announced: false };
  return true;
}

/** The leader's part of a turn: everything that was left to be done for several inputs at once. */
export function completeLeaderTurn(state: RaftState, leadership: Leadership): void {
  advanceReads(state, leadership);
  sendAppends(state, leadership);
  advanceTransfer(state, leadership);
}

/**
 * Answers the round that a majority confirmed and begins the next (thesis section 6.4). Before an entry of its own term is
 * committed a leader does not know the commit index, so reads wait.
 */
function advanceReads(state: RaftState, leadership: Leadership): void {
  const { reads } = leadership;
  const { log } = state;
  if (!finishReadRound(state, leadership) || !reads.hasWaiting || !log.matches(log.commit, state.term)) return;
  reads.begin(log.commit);
  if (!finishReadRound(state, leadership)) sendHeartbeats(state, leadership);
}

/** False if a round is under way that still lacks a majority. */
function finishReadRound(state: RaftState, leadership: Leadership): boolean {
  const { round } = leadership.reads;
  if (round === undefined) return true;
  const { voters } = state.log.configuration;
  if (!quorumHolds(voters, (id) => id === state.id || round.confirmedBy.has(id))) return false;
  leadership.reads.end();
  for (const read of round.reads) answerRead(state, read.from, read.context, round.index);
  return true;
}

/** Tells the target to campaign as soon as it holds the whole log. */
function advanceTransfer(state: RaftState, leadership: Leadership): void {
  const { transfer } = leadership;
  if (transfer === undefined || transfer.announced) return;
  if (leadership.peer(transfer.to)?.matchIndex !== state.log.lastIndex) return;
  transfer.announced = true;
  state.send({ type: 'timeoutNow', from: state.id, to: transfer.to, term: state.term });
}
