/** The leader's side of log replication (paper section 5.3) and of commitment (section 5.4.2). */
import { RaftInvariantError } from './errors';
import type { Leadership } from './leadership';
import { entryBytes } from './log';
import type { Progress } from './progress';
import { quorumIndex } from './quorum';
import { becomeFollower } from './roles';
import type { RaftState } from './state';
import type { AppendResponse, Entry, HeartbeatResponse } from './types';

const NONE: readonly Entry[] = [];

/** Appends to the leader's own log; it counts for the majority once it is durable. */
export function appendOwn(state: RaftState, leadership: Leadership, entry: Entry): void {
  state.log.append(entry);
  leadership.uncommittedBytes += entryBytes(entry);
}

/** Sends every follower what it lacks and may have now; called once per turn, so that proposals share messages. */
export function sendAppends(state: RaftState, leadership: Leadership): void {
  for (const peer of leadership.peers) sendAppendsTo(state, peer);
}

function sendAppendsTo(state: RaftState, peer: Progress): void {
  while (peer.maySend && peer.nextIndex <= state.log.lastIndex) {
    if (!sendAppend(state, peer, true)) return;
  }
  if (peer.needsEmptyAppend(state.log.commit)) sendAppend(state, peer, false);
}

/** False if the follower needs entries that were compacted: then its state is to be streamed (paper section 7). */
function sendAppend(state: RaftState, peer: Progress, withEntries: boolean): boolean {
  const { log, id, term, options } = state;
  const prevLogIndex = peer.nextIndex - 1;
  const prevLogTerm = log.termAt(prevLogIndex);
  if (prevLogTerm === undefined) {
    peer.becomeSnapshot();
    state.send({ type: 'snapshotRequest', from: id, to: peer.id, term });
    return false;
  }
  const entries = withEntries ? log.sliceUpTo(peer.nextIndex, options.appendBytesMax) : NONE;
  const { commit } = log;
  state.send({ type: 'appendRequest', from: id, to: peer.id, term, prevLogIndex, prevLogTerm, entries, commit });
  const last = prevLogIndex + entries.length;
  peer.sent(last, log.bytesIn(prevLogIndex + 1, last), commit);
  return true;
}

/** Asserts authority (paper section 5.2); `readRound` asks for confirmation of a read round (thesis section 6.4). */
export function sendHeartbeats(state: RaftState, leadership: Leadership): void {
  for (const peer of leadership.peers) sendHeartbeat(state, leadership, peer);
}

/** A heartbeat to one follower. */
export function sendHeartbeat(state: RaftState, leadership: Leadership, peer: Progress): void {
  const { log, id, term } = state;
  const commit = Math.min(log.commit, peer.matchIndex);
  const readRound = leadership.reads.roundNumber;
  state.send({ type: 'heartbeat', from: id, to: peer.id, term, commit, readRound });
}

/** Paper figure 2, "rules for servers", leaders: success moves nextIndex and matchIndex on, refusal moves nextIndex back. */
export function handleAppendResponse(state: RaftState, leadership: Leadership, message: AppendResponse): void {
  const peer = leadership.peer(message.from);
  if (peer === undefined) return;
  peer.heard();
  if (!message.success) {
    // The follower skipped its own too new terms, the leader skips those that are newer than the hint (section 5.3, end).
    peer.refused(message.index, state.log.lastIndexWithTermAtMost(message.hintIndex, message.hintTerm));
    return;
  }
  if (message.index > state.log.lastIndex) {
    throw new RaftInvariantError(
      `${message.from} acknowledges index ${message.index}, the leader's log ends at ${state.log.lastIndex}`,
    );
  }
  if (peer.state === 'snapshot') {
    if (message.index < state.log.startIndex) return;
    peer.becomeProbe();
  }
  const advanced = message.index > peer.matchIndex;
  peer.acknowledged(message.index);
  if (advanced) advanceCommit(state, leadership);
}

/** A sign of life: it counts for the quorum check, confirms reads and lets a stuck follower go on. */
export function handleHeartbeatResponse(leadership: Leadership, message: HeartbeatResponse): void {
  const peer = leadership.peer(message.from);
  if (peer === undefined) return;
  peer.heard();
  peer.heartbeatAnswered();
  leadership.reads.confirmed(message.from, message.readRound);
}

/** The highest index that a majority of the voters holds durably. */
function majorityIndex(state: RaftState, leadership: Leadership): number {
  const { voters } = state.log.configuration;
  if (state.isOnlyVoter) return state.log.persisted;
  const indexes: number[] = [];
  for (const voter of voters) {
    indexes.push(voter === state.id ? state.log.persisted : (leadership.peer(voter)?.matchIndex ?? 0));
  }
  return quorumIndex(indexes);
}

/**
 * Commits what a majority holds, if its last entry is of the leader's own term: entries of earlier terms are committed only
 * along with one (paper section 5.4.2, figure 8).
 */
export function advanceCommit(state: RaftState, leadership: Leadership): void {
  const { log } = state;
  const before = log.commit;
  const index = majorityIndex(state, leadership);
  if (index <= before || !log.matches(index, state.term)) return;
  log.commitTo(index);
  leadership.uncommittedBytes -= log.bytesIn(before + 1, index);
  stepDownIfRemoved(state, leadership);
}

/**
 * A leader that is not in the committed configuration is done (thesis section 4.2.2). The followers are told of the commit
 * first, and the one that is furthest is asked to take over, so that nobody has to wait for an election timeout.
 */
function stepDownIfRemoved(state: RaftState, leadership: Leadership): void {
  const { log, id, term } = state;
  if (log.placedConfiguration.index > log.commit || state.isVoter(id)) return;
  sendAppends(state, leadership);
  let successor: Progress | undefined;
  for (const peer of leadership.peers) {
    if (!state.isVoter(peer.id)) continue;
    if (successor === undefined || peer.matchIndex > successor.matchIndex) successor = peer;
  }
  if (successor !== undefined) state.send({ type: 'timeoutNow', from: id, to: successor.id, term });
  becomeFollower(state, term, undefined);
}
