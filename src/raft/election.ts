/** Leader election (paper section 5.2) with pre-vote (thesis section 9.6) and the leader lease (thesis section 6.2). */
import { Leadership } from './leadership';
import { alignPeers } from './membership';
import { voteResult } from './quorum';
import { appendOwn } from './replication';
import { becomeFollower, refuseReads } from './roles';
import type { RaftState } from './state';
import type { VoteRequest, VoteResponse } from './types';

/**
 * Whether this member may stand for election: it votes in the configuration in force, or that one is not committed and it
 * voted in the one before. The latter matters: it may be the only one with the entry, and then nobody else can win (thesis
 * section 4.2.2).
 */
export function mayCampaign(state: RaftState): boolean {
  if (state.isVoter(state.id)) return true;
  const { index } = state.log.placedConfiguration;
  return index > state.log.commit && state.log.configurationAt(index - 1).voters.includes(state.id);
}

/** Starts an election, with a pre-election first unless this member alone decides. */
export function campaign(state: RaftState): void {
  if (state.role === 'leader' || !mayCampaign(state)) return;
  if (state.isOnlyVoter) becomeCandidate(state, false);
  else becomePreCandidate(state);
}

/** The old leader asked for it: no pre-election, and the lease does not hold (thesis section 3.10). */
export function campaignForTransfer(state: RaftState): void {
  if (state.role === 'follower' && mayCampaign(state)) becomeCandidate(state, true);
}

/** Asks whether an election could be won, without entering a new term. */
function becomePreCandidate(state: RaftState): void {
  refuseReads(state);
  state.role = 'preCandidate';
  state.leader = undefined;
  state.drawElectionTimeout();
  state.votes.clear();
  state.votes.set(state.id, true);
  requestVotes(state, true, false);
}

/** Enters the next term and votes for itself; the own vote counts when it is durable (paper section 5.2). */
function becomeCandidate(state: RaftState, transfer: boolean): void {
  refuseReads(state);
  state.enterTerm(state.term + 1, state.id);
  state.role = 'candidate';
  state.leader = undefined;
  state.drawElectionTimeout();
  state.votes.clear();
  requestVotes(state, false, transfer);
}

function requestVotes(state: RaftState, pre: boolean, transfer: boolean): void {
  const { log, id } = state;
  const term = pre ? state.term + 1 : state.term;
  for (const to of log.configuration.voters) {
    if (to === id) continue;
    const { lastIndex: lastLogIndex, lastTerm: lastLogTerm } = log;
    const request: VoteRequest = {
      type: 'voteRequest',
      from: id,
      to,
      term,
      pre,
      lastLogIndex,
      lastLogTerm,
      transfer,
    };
    if (pre) state.send(request);
    else state.sendAfterVote(request);
  }
}

/** Called when a write became durable: a candidate may now count the vote for itself. */
export function ownVotePersisted(state: RaftState): void {
  if (state.role !== 'candidate' || state.votes.has(state.id)) return;
  if (!state.persistence.hasDurableVote(state.vote)) return;
  state.votes.set(state.id, true);
  countVotes(state);
}

/** Whether a leader was heard from so recently that another election would only disturb (thesis section 6.2). */
export function holdsLease(state: RaftState): boolean {
  return state.leader !== undefined && state.electionElapsed < state.options.electionTicks;
}

/**
 * Answers a request of the current term or, for a pre-vote, of a later one (paper figure 2, RequestVote receiver). One vote
 * a term, and only for a log that is at least as up to date (section 5.4.1). A learner that is asked votes: the candidate's
 * log says that it was promoted.
 */
export function handleVoteRequest(state: RaftState, message: VoteRequest): void {
  const isFree = state.votedFor === undefined && state.leader === undefined;
  const canVote = state.votedFor === message.from || isFree || (message.pre && message.term > state.term);
  const granted = canVote && state.log.isUpToDate(message.lastLogIndex, message.lastLogTerm);
  if (granted && !message.pre) {
    state.voteFor(message.from);
    state.electionElapsed = 0;
  }
  respondToVote(state, message, granted);
}

/** Says no to a request of an earlier term; the candidate learns the current one (figure 2, receiver step 1). */
export function refuseVote(state: RaftState, message: VoteRequest): void {
  respondToVote(state, message, false);
}

function respondToVote(state: RaftState, request: VoteRequest, granted: boolean): void {
  // A granted pre-vote speaks of the term that the candidate would enter, a refused one of the voter's own.
  const term = granted ? request.term : state.term;
  const { pre, from: to } = request;
  state.sendAfterVote({ type: 'voteResponse', from: state.id, to, term, pre, granted });
}

/** Counts an answer to this member's own request of the same kind and term. */
export function handleVoteResponse(state: RaftState, message: VoteResponse): void {
  const expected = message.pre ? 'preCandidate' : 'candidate';
  if (state.role !== expected) return;
  if (message.pre && message.granted && message.term !== state.term + 1) return;
  if (!state.votes.has(message.from)) state.votes.set(message.from, message.granted);
  countVotes(state);
}

function countVotes(state: RaftState): void {
  switch (voteResult(state.log.configuration.voters, state.votes)) {
    case 'won':
      if (state.role === 'preCandidate') becomeCandidate(state, false);
      else becomeLeader(state);
      break;
    case 'lost':
      becomeFollower(state, state.term, undefined);
      break;
    case 'pending':
      break;
  }
}

/** Takes over: everybody is probed from the end of the log, and a no-op makes earlier entries committable (section 8). */
function becomeLeader(state: RaftState): void {
  const { log, term } = state;
  const leadership = new Leadership();
  leadership.uncommittedBytes = log.bytesIn(log.commit + 1, log.lastIndex);
  state.role = 'leader';
  state.leader = state.id;
  state.leadership = leadership;
  state.hasAgreed = true;
  state.votes.clear();
  state.drawElectionTimeout();
  alignPeers(state, leadership, false);
  appendOwn(state, leadership, { kind: 'noop', index: log.lastIndex + 1, term });
}
