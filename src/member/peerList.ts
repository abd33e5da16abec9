import type { MemberId } from '../raft/types';
import type { CurrentState } from './currentState';
import type { Transport } from './transport';

export interface PeerAddress {
  readonly id: MemberId;
  readonly urls: readonly string[];
  readonly voter?: boolean;
}

/** Keeps the links to the other members in step with what the state says of them. */
export class PeerList {
  private told = '';

  /** @param firstPeers whom to talk to until the state says who the members are */
  constructor(
    private readonly id: MemberId,
    private readonly state: CurrentState,
    private readonly transport: Transport,
    private readonly firstPeers: readonly PeerAddress[],
  ) {}

  /** Tells the transport who there is, if that is not what it was told last. Cheap enough for every tick. */
  update(): void {
    const { cluster } = this.state.machine;
    const members = cluster.members();
    const others = members
      .filter(({ id }) => id !== this.id)
      .map(({ id, peerURLs, learner }) => ({ id, urls: peerURLs, voter: !learner }));
    const peers = members.length === 0 ? this.firstPeers : others;
    const removed = cluster.removedIds();
    const facts = JSON.stringify([peers, removed]);
    if (facts === this.told) return;
    this.told = facts;
    this.transport.setPeers(peers);
    for (const id of removed) this.transport.remove(id);
  }
}
