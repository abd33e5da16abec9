import type { Attack } from './attack';
import { BODIES } from './attacks/bodies';
import { CONNECTIONS } from './attacks/connections';
import { MACHINE } from './attacks/machine';
import { PEER_PORT } from './attacks/peerPort';

/** Everything that `npm run abuse` does, in this order: what costs the most comes last. */
export const ATTACKS: readonly Attack[] = [...PEER_PORT, ...CONNECTIONS, ...MACHINE, ...BODIES];
