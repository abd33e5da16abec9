/** Starts what the configuration asks for. */
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
  const { tls } = setting;
  try {
    const server = await startMemberOrProxy(setting);
    return {
      stop: () =>
        server.stop().finally(() => {
          tls.stop();
        }),
    };
  } catch (error) {
    tls.stop();
    throw error;
  }
}

async function startMemberOrProxy(setting: ServerSetting): Promise<Server> {
  const { configuration, logger, dials, tls } = setting;
  if (configuration.proxy !== 'off') {
    return startProxyServer(configuration, await proxiedPeers(setting), { dials, tls }, logger);
  }
  try {
    return await startServer(setting);
  } catch (error) {
    if (!(error instanceof ClusterFullError) || configuration.discoveryFallback !== 'proxy') throw error;
    logger.warn('discovery: cluster is full; falling back to proxy');
    return startProxyServer(configuration, error.peerURLs, { dials, tls }, logger);
  }
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
  return registeredPeers(new Registry(configuration.discovery.replace(/\/+$/, ''), environment), environment);
}
