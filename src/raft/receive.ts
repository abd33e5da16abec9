/** Where a message goes: first its term is compared with the member's own, then its type decides (paper section 5.1). */
import { campaignForTransfer, handleVoteRequest, handleVoteResponse, holdsLease, refuseVote } from './election';
import { answerHeartbeat, handleAppendRequest, handleHeartbeat, recognizeLeader, refuseOldLeader } from './following';
import { handleReadIndexResponse } from './forwardedReads';
import { handleAppendResponse, handleHeartbeatResponse } from './replication';
import { answerRead, becomeFollower } from './roles';
import type { RaftState } from './state';
import type { Message, ReadIndexRequest } from './types';

/** Takes one message. What is not for this member is ignored. */
export function receive(state: RaftState, message: Message): void {
  if (message.to !== state.id || message.from === state.id) return;
  if (message.term < state.term) answerEarlierTerm(state, message);
  else if (message.term === state.term || enterLaterTerm(state, message)) dispatch(state, message);
}

/** False if the message is to be ignored (paper figure 2, all servers; thesis sections 6.2 and 9.6). */
function enterLaterTerm(state: RaftState, message: Message): boolean {
  switch (message.type) {
    case 'voteRequest':
      if (!message.transfer && holdsLease(state)) return false;
      if (!message.pre) becomeFollower(state, message.term, undefined);
      return true;
    case 'voteResponse':
      // A granted pre-vote has the term that this member would enter; nobody needs to be in it.
      if (!message.pre || !message.granted) becomeFollower(state, message.term, undefined);
      return true;
    case 'appendRequest':
    case 'heartbeat':
    case 'snapshotRequest':
    case 'timeoutNow':
      becomeFollower(state, message.term, message.from);
      return true;
    case 'appendResponse':
    case 'heartbeatResponse':
    case 'readIndexRequest':
    case 'readIndexResponse':
      becomeFollower(state, message.term, undefined);
      return true;
  }
}

/** Whoever lags behind learns the current term from the answer; answers of earlier terms mean nothing any more. */
function answerEarlierTerm(state: RaftState, message: Message): void {
  switch (message.type) {
    case 'voteRequest':
      refuseVote(state, message);
      break;
    case 'appendRequest':
      refuseOldLeader(state, message);
      break;
    case 'heartbeat':
      answerHeartbeat(state, message, 0);
      break;
    case 'readIndexRequest':
      answerRead(state, message.from, message.context, undefined);
      break;
    case 'snapshotRequest':
    case 'timeoutNow':
    case 'voteResponse':
    case 'appendResponse':
    case 'heartbeatResponse':
    case 'readIndexResponse':
      break;
  }
}

/** A message of the current term, or one about votes in a pre-election. */
function dispatch(state: RaftState, message: Message): void {
  const { leadership } = state;
  switch (message.type) {
    case 'voteRequest':
      handleVoteRequest(state, message);
      break;
    case 'voteResponse':
      handleVoteResponse(state, message);
      break;
    case 'appendRequest':
      recognizeLeader(state, message);
      handleAppendRequest(state, message);
      break;
    case 'heartbeat':
      recognizeLeader(state, message);
      handleHeartbeat(state, message);
      break;
    case 'snapshotRequest':
      recognizeLeader(state, message);
      break;
    case 'timeoutNow':
      campaignForTransfer(state);
      break;
    case 'appendResponse':
      if (leadership !== undefined) handleAppendResponse(state, leadership, message);
      break;
    case 'heartbeatResponse':
      if (leadership !== undefined) handleHeartbeatResponse(leadership, message);
      break;
    case 'readIndexRequest':
      takeForwardedRead(state, message);
      break;
    case 'readIndexResponse':
      handleReadIndexResponse(state, message);
      break;
  }
}

/** The other end of forwardedReads.ts: the read of a follower joins the leader's own. */
function takeForwardedRead(state: RaftState, message: ReadIndexRequest): void {
  const { leadership } = state;
  if (leadership === undefined) {
    answerRead(state, message.from, message.context, undefined);
    return;
  }
  const peer = leadership.peer(message.from);
  peer?.heard();
  leadership.reads.add({ from: message.from, context: message.context });
}
