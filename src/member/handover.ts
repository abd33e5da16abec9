import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import type { Clock } from '../platform/clock';
import { sleep } from '../platform/sleep';

const LOOK_INTERVAL_MS = 10;

/**
 * A leader that is about to stop hands leadership to the voter that is furthest (thesis section 3.10), so that nobody has to
 * wait for an election. Resolves when another member leads, when there is nobody to lead, or after `limitMs`.
 */
export async function handOver(raft: Raft, clock: Clock, limitMs: number, wake: () => void): Promise<void> {
  const to = successorOf(raft);
  if (to === undefined || !raft.transferLeadership(to)) return;
  wake();
  const deadlineMs = clock.monotonicMs() + limitMs;
  while ((raft.leader === raft.id || raft.leader === undefined) && clock.monotonicMs() < deadlineMs) {
    await sleep(clock, LOOK_INTERVAL_MS);
  }
}

function successorOf(raft: Raft): MemberId | undefined {
  const candidates = raft.status().progress.filter((peer) => !peer.learner && peer.recentlyActive);
  return [...candidates].sort((a, b) => b.matchIndex - a.matchIndex)[0]?.id;
}
