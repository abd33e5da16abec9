/** Starts what the configuration asks for. */
import type { Logger } from 'pino';
import type { Configuration } from '../config/configuration';
import { formatEndpoint } from '../config/urls';
import { ClusterFullError } from '../discovery/beginning';
import { registeredPeers } from '../discovery/registeredPeers';
import { Registry } from '../discovery/registry';
import { RealClock } from '../platform/realClock';
import { startProxyServer } from './proxyServer';
import { startServer } from './memberServer';
import type { Server, ServerSetting } from './serverParts';

/**
 * A member; a proxy with --proxy, and with --discovery-fallback=proxy if the cluster of the discovery URL has no place for a
 * member. Rejects as `startServer` does.
 */
export async function start(setting: ServerSetting): Promise<Server> {
  const { configuration, logger, stopping } = setting;
  if (configuration.proxy !== 'off') {
    return startProxyServer(configuration, await proxiedPeers(configuration, logger, stopping), logger);
  }
  try {
    return await startServer(setting);
  } catch (error) {
    if (!(error instanceof ClusterFullError) || configuration.discoveryFallback !== 'proxy') throw error;
    logger.warn({ url: configuration.discovery }, 'discovery: cluster is full; falling back to proxy');
    return startProxyServer(configuration, error.peerURLs, logger);
  }
}

/** Peer URLs of the cluster that --initial-cluster or --discovery names. */
async function proxiedPeers(
  configuration: Configuration,
  logger: Logger,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (configuration.discovery === '') return [...configuration.initialCluster.values()].flat().map(formatEndpoint);
  const environment = { clock: new RealClock(), random: Math.random, log: logger, signal };
  return registeredPeers(new Registry(configuration.discovery.replace(/\/+$/, ''), environment), environment);
}
