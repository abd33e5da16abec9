/** Starts what the configuration asks for. */
import { formatEndpoint } from '../config/urls';
import { ClusterFullError } from '../discovery/beginning';
import { registeredPeers, type RegisteredPeers } from '../discovery/registeredPeers';
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
    await serving.turnTo(asProxy(setting, () => Promise.resolve(error)));
  }
}

/** @param findPeers where it begins to ask, and which cluster it follows */
export function asProxy(
  { configuration, dials, tls, logger }: ProcessSetting,
  findPeers: (stopping: AbortSignal) => Promise<RegisteredPeers>,
): Service {
  return {
    role: 'proxy',
    start: async (stopping) => {
      const { peerURLs, clusterId } = await findPeers(stopping);
      return startProxyServer(configuration, peerURLs, { dials, tls, stopping, clusterId }, logger);
    },
  };
}

/** Of the cluster that --initial-cluster or --discovery names. */
async function proxiedPeers({ configuration, logger, stopping, dials }: ServerSetting): Promise<RegisteredPeers> {
  const { discovery, discoveryProtocol, initialCluster } = configuration;
  if (discovery === '') {
    return { peerURLs: [...initialCluster.values()].flat().map(formatEndpoint), clusterId: undefined };
  }
  const environment = {
    clock: new RealClock(),
    random: Math.random,
    log: logger,
    signal: stopping,
    dial: dials.discovery,
  };
  const registry = new Registry(withoutTrailingSlashes(discovery), environment);
  return registeredPeers(registry, environment, discoveryProtocol);
}
