/** The follower's side of log replication (paper section 5.3). */
import { RaftInvariantError } from './errors';
import { becomeFollower } from './roles';
import type { RaftState } from './state';
import type { AppendRequest, Heartbeat, LogStart, MemberId, Message } from './types';

/** Recognises the sender as the leader of the current term, from whatever role (paper section 5.2, candidates). */
export function recognizeLeader(state: RaftState, message: Message): void {
  if (state.role === 'leader' || (state.leader !== undefined && state.leader !== message.from)) {
    throw new RaftInvariantError(
      `${message.from} leads term ${message.term}, which is led by ${state.leader ?? state.id} (election safety)`,
    );
  }
  if (state.role !== 'follower') becomeFollower(state, state.term, message.from);
  state.leader = message.from;
  state.electionElapsed = 0;
}

/**
 * Takes entries that fit onto the own log and acknowledges them once they are durable (paper figure 2, AppendEntries
 * receiver). What is committed here already is known to be the same at the leader, so it is skipped unseen.
 */
export function handleAppendRequest(state: RaftState, message: AppendRequest): void {
  const { log } = state;
  const known = Math.max(0, log.commit - message.prevLogIndex);
  const last = message.prevLogIndex + message.entries.length;
  if (known === 0 && !log.matches(message.prevLogIndex, message.prevLogTerm)) {
    refuseAppend(state, message);
    return;
  }
  state.hasAgreed = true;
  if (message.entries.length > known) log.accept(known === 0 ? message.entries : message.entries.slice(known));
  const matched = Math.max(last, log.commit);
  log.commitTo(Math.min(message.commit, matched));
  acknowledge(state, matched);
}

/** Tells the leader where the logs may still agree, skipping whole terms (paper section 5.3, last paragraphs). */
function refuseAppend(state: RaftState, message: AppendRequest): void {
  const { log, id, term } = state;
  const hintIndex = log.lastIndexWithTermAtMost(message.prevLogIndex, message.prevLogTerm);
  state.sendAfterVote({
    type: 'appendResponse',
    from: id,
    to: message.from,
    term,
    success: false,
    index: message.prevLogIndex,
    hintIndex,
    hintTerm: log.termAt(hintIndex) ?? 0,
  });
}

/** Answers a leader of an earlier term, so that it learns of the current one (figure 2, receiver step 1). */
export function refuseOldLeader(state: RaftState, message: AppendRequest): void {
  const { id, term } = state;
  const { from: to, prevLogIndex: index } = message;
  state.sendAfterVote({
    type: 'appendResponse',
    from: id,
    to,
    term,
    success: false,
    index,
    hintIndex: 0,
    hintTerm: 0,
  });
}

function acknowledge(state: RaftState, index: number): void {
  if (state.leader === undefined) return;
  state.persistence.sendAfterEntries(
    {
      type: 'appendResponse',
      from: state.id,
      to: state.leader,
      term: state.term,
      success: true,
      index,
      hintIndex: 0,
      hintTerm: 0,
    },
    state.vote,
    state.log,
  );
}

/**
 * Follows the leader's commit index, which it limited to what this member acknowledged. One that only joins may have acknowledged
 * more before it lost its disk; what it lacks shows to the leader when it refuses the next append.
 */
export function handleHeartbeat(state: RaftState, message: Heartbeat): void {
  const { log } = state;
  const isJoining = log.configuration.voters.length === 0;
  log.commitTo(isJoining ? Math.min(message.commit, log.lastIndex) : message.commit);
  answerHeartbeat(state, message, message.readRound);
}

/**
 * The leader's process seems to have ended: its lease (thesis section 6.2) is not waited for. Where that is wrong the leader's
 * next message sets it right, and where a majority is wrong at the same time the pre-election and the log decide as in
 * any other election; safety never rests on time.
 */
export function leaderGone(state: RaftState, id: MemberId): void {
  if (state.role !== 'follower' || state.leader !== id) return;
  becomeFollower(state, state.term, undefined);
  state.hastenElection();
}

/** Also answers a leader of an earlier term, with round 0: the term alone tells it to step down. */
export function answerHeartbeat(state: RaftState, message: Heartbeat, readRound: number): void {
  const { id, term } = state;
  state.sendAfterVote({ type: 'heartbeatResponse', from: id, to: message.from, term, readRound });
}

/**
 * The state machine of this follower is at `start` now (paper section 7, InstallSnapshot). False if that would be a step
 * back, and nothing was changed then.
 */
export function installSnapshot(state: RaftState, start: LogStart): boolean {
  const { log, persistence } = state;
  const isNews = start.index > log.handedOutTo && state.role !== 'leader';
  if (isNews) {
    log.jumpTo(start);
    persistence.startChanged(start);
    state.hasAgreed = true;
  }
  if (state.role === 'follower') acknowledge(state, log.commit);
  return isNews;
}
