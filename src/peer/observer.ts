import type { MemberId } from '../raft/types';

/** Told how long the peers take to answer. Called for every answer: it has to be quick, and may not throw. */
export interface PeerObserver {
  /** A probe came back; see prober.ts. */
  probed(peer: MemberId, elapsedMs: number): void;
  /** A peer acknowledged entries: they were sent, stored and answered. */
  appended(peer: MemberId, elapsedMs: number): void;
}
