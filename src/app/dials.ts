/** How this process opens connections: one way for each kind of partner, all of them verified. */
import type { Dial } from '../platform/dial';
import { systemTls } from '../tls/clientTls';
import { tlsDial } from '../tls/dial';
import type { ProcessTls } from './processTls';

export interface Dials {
  /** The peer ports of members, as one of them. */
  readonly peer: Dial;
  /** The client ports of members. */
  readonly client: Dial;
  /** A discovery service. */
  readonly discovery: Dial;
}

export function createDials({ peerDialing, clientDialing }: Pick<ProcessTls, 'peerDialing' | 'clientDialing'>): Dials {
  return { peer: tlsDial(peerDialing), client: tlsDial(clientDialing), discovery: tlsDial(systemTls) };
}
