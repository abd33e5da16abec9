import type { Transport } from './transport';

/** For a cluster of one: there is nobody to talk to. */
export class AloneTransport implements Transport {
  send(): void {
    // Raft has no messages when there is no other member.
  }

  forward(): boolean {
    return false;
  }
}
