import type { Scene } from '../attack';
import { leaderFirst } from '../attack';

/** What a stranger can find out of a member before it lies to it. */
export interface PeerTarget {
  readonly id: string;
  readonly port: number;
  readonly clusterId: string;
  /** Whom it follows; a member it knows, if it leads itself. */
  readonly leader: string;
}

/** All members as targets, the leader first. */
export async function peerTargets({ cluster }: Scene): Promise<readonly PeerTarget[]> {
  const members = await leaderFirst(cluster);
  const ids = await Promise.all(members.map((member) => member.id()));
  const clusterId = await members[0]!.clusterId();
  return members.map(({ place }, position) => ({
    id: ids[position]!,
    port: place.peerPort,
    clusterId,
    leader: position === 0 ? ids[1]! : ids[0]!,
  }));
}
