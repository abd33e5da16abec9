/** How this process opens connections: one way for each kind of partner, all of them verified. */
import type { Configuration } from '../config/configuration';
import type { Dial } from '../platform/dial';
import { checking, type ServerCheck } from '../tls/clientTls';
import { tlsDial } from '../tls/dial';
import type { ProcessTls } from './processTls';

export interface Dials {
  /** The peer ports of members, as one of them. */
  readonly peer: Dial;
  /** The client ports of members. */
  readonly client: Dial;
  /** The client ports of members, for the clients of a proxy. */
  readonly proxied: Dial;
  /** A discovery service. */
  readonly discovery: Dial;
}

type Dialing = Pick<ProcessTls, 'peerDialing' | 'clientDialing' | 'discoveryDialing'>;

/** Where the names of members come from DNS, and any CA of the system may have signed. */
type Naming = Pick<Configuration, 'discoverySrv' | 'peerTrustedCaFile'>;

export function createDials(tls: Dialing, { discoverySrv, peerTrustedCaFile }: Naming): Dials {
  const { peerDialing, clientDialing, discoveryDialing } = tls;
  // As etcd: what DNS answers proves nothing, so the certificates have to be for the domain that was asked for.
  const isNamedByDns = discoverySrv !== '' && peerTrustedCaFile === '';
  const domain = { kind: 'hostName', names: [discoverySrv.replace(/\.$/, '')] } as const;
  const byDomain = (given: ServerCheck): ServerCheck => (given.kind === 'dialledName' ? domain : given);
  return {
    peer: tlsDial(isNamedByDns ? checking(peerDialing, byDomain) : peerDialing),
    client: tlsDial(checking(clientDialing, byName)),
    // As etcd 2.3: with what members show each other, and with the CAs of that.
    proxied: tlsDial(checking(peerDialing, byName)),
    discovery: tlsDial(discoveryDialing),
  };
}

/** Which names members may have among each other says nothing of client ports. Where nobody is verified, there is nothing to verify by. */
function byName(given: ServerCheck): ServerCheck {
  return given.kind === 'anybody' ? given : { kind: 'dialledName' };
}
