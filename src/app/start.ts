/** Starts what the configuration asks for. */
import { formatEndpoint } from '../config/urls';
import { ClusterFullError } from '../discovery/beginning';
import { registeredPeers } from '../discovery/registeredPeers';
import { Registry } from '../discovery/registry';
import { RealClock } from '../platform/realClock';
import { startProxyServer } from './proxyServer';
import { serveMemberOrStandby } from './memberOrStandby';
import type { ProcessSetting, ServerSetting } from './serverParts';
import type { Service, Serving } from './serving';
import { withoutTrailingSlashes } from '../platform/trailingSlashes';

/**
 * A member; a proxy with --proxy, and with --discovery-fallback=proxy if the cluster of the discovery URL has no place for a
 * member; a standby as long as the cluster that it would join has no room. Rejects as `startServer` does.
 */
export async function start(serving: Serving, setting: ProcessSetting): Promise<void> {
  const { configuration, logger } = setting;
  if (configuration.proxy !== 'off') {
    await serving.turnTo(asProxy(setting, (stopping) => proxiedPeers({ ...setting, stopping })));
    return;
  }
  try {
    await serveMemberOrStandby(serving, setting);
  } catch (error) {
    if (!(error instanceof ClusterFullError) || configuration.discoveryFallback !== 'proxy') throw error;
    logger.warn('discovery: cluster is full; falling back to proxy');
    await serving.turnTo(asProxy(setting, () => Promise.resolve(error.peerURLs), error.clusterId));
  }
}

/**
 * @param findPeers peer URLs of members of the cluster; one that answers is enough
 * @param clusterId undefined: that of the first one that answers
 */
export function asProxy(
  { configuration, dials, tls, logger }: ProcessSetting,
  findPeers: (stopping: AbortSignal) => Promise<readonly string[]>,
  clusterId?: string,
): Service {
  return {
    role: 'proxy',
    start: async (stopping) =>
      startProxyServer(configuration, await findPeers(stopping), { dials, tls, stopping, clusterId }, logger),
  };
}

/** Peer URLs of the cluster that --initial-cluster or --discovery names. */
async function proxiedPeers({ configuration, logger, stopping, dials }: ServerSetting): Promise<readonly string[]> {
  if (configuration.discovery === '') return [...configuration.initialCluster.values()].flat().map(formatEndpoint);
  const environment = {
    clock: new RealClock(),
    random: Math.random,
    log: logger,
    signal: stopping,
    dial: dials.discovery,
  };
  return registeredPeers(new Registry(withoutTrailingSlashes(configuration.discovery), environment), environment);
}
