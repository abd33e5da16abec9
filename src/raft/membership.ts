/** The leader's view of who is in the cluster, and changes to it, one member at a time (thesis chapter 4). */
import { isValidChange } from './configuration';
import type { Leadership } from './leadership';
import { Progress } from './progress';
import type { RaftState } from './state';
import type { Configuration, MemberId, Refusal } from './types';

/**
 * Brings the followers the leader cares for in line with the configuration in force. A member that was taken out is still
 * sent the entry that says so, and its commitment, so that it learns why nobody talks to it any more.
 * `newcomersAreActive`: members that join a running leader were never heard from, and the next quorum check must not
 * take that for a loss.
 */
export function alignPeers(state: RaftState, leadership: Leadership, newcomersAreActive: boolean): void {
  const { voters, learners } = state.log.configuration;
  for (const id of [...voters, ...learners]) alignPeer(state, leadership, id, newcomersAreActive);
  for (const peer of leadership.peers) {
    if (!voters.includes(peer.id) && !learners.includes(peer.id)) {
      peer.leavingAt ??= state.log.placedConfiguration.index;
    }
  }
  const { transfer } = leadership;
  if (transfer !== undefined && !voters.includes(transfer.to)) leadership.transfer = undefined;
}

function alignPeer(state: RaftState, leadership: Leadership, id: MemberId, newcomersAreActive: boolean): void {
  if (id === state.id) return;
  const learner = !state.isVoter(id);
  const known = leadership.peer(id);
  if (known !== undefined) {
    known.learner = learner;
    known.leavingAt = undefined;
    known.leavingTicks = 0;
    return;
  }
  const peer = new Progress(id, learner, state.log.lastIndex + 1, state.options);
  if (newcomersAreActive) peer.heard();
  leadership.addPeer(peer);
}

/** Lets go of removed members that know it, or that did not answer for two election timeouts. One call per tick. */
export function dismissLeaving(state: RaftState, leadership: Leadership): void {
  for (const peer of leadership.peers) {
    if (peer.leavingAt === undefined) continue;
    peer.leavingTicks += 1;
    const informed = peer.knowsCommitOf(peer.leavingAt);
    if (informed || peer.leavingTicks >= 2 * state.options.electionTicks) leadership.removePeer(peer.id);
  }
}

/**
 * Why `next` cannot be proposed now, if it cannot. One change at a time, and none before an entry of the leader's own term
 * is committed: without the latter two leaders could each commit with a majority of their own (Ongaro, "bug in single-server
 * membership changes", 2015).
 */
export function refusalOfChange(state: RaftState, next: Configuration): Refusal | undefined {
  const { log } = state;
  if (!isValidChange(log.configuration, next)) return 'invalid';
  const pending = log.placedConfiguration.index > log.commit || !log.matches(log.commit, state.term);
  return pending ? 'configurationPending' : undefined;
}
