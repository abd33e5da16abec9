import type { Beginning } from './beginning';
import type { DiscoveryOptions } from './discoveryOptions';
import { beginWithFirstLeader } from './firstLeader';
import { beginWithSize } from './sizedCluster';
import { kindOfToken, type Protocol } from './tokenKind';

/**
 * Begins through the token of a discovery service; for a member that has no state. Rejects with JoinError, ClusterFullError, or
 * the signal's reason when the process is asked to stop.
 */
export async function beginFromDiscovery(options: DiscoveryOptions, protocol: Protocol): Promise<Beginning> {
  const kind = await kindOfToken(options.registry, options.environment, protocol);
  return kind.protocol === '2.3' ? beginWithSize(options, kind.size) : beginWithFirstLeader(options);
}
