/** Starts what the configuration asks for. */
import { formatEndpoint } from '../config/urls';
import { ClusterFullError, NoRoomError, type ListedMember } from '../discovery/beginning';
import { registeredPeers } from '../discovery/registeredPeers';
import { Registry } from '../discovery/registry';
import { RealClock } from '../platform/realClock';
import { startProxyServer } from './proxyServer';
import { startServer } from './memberServer';
import type { ServerSetting } from './serverParts';
import type { Service, Serving } from './serving';
import { startStandbyServer } from './standbyServer';
import { withoutTrailingSlashes } from '../platform/trailingSlashes';

/** What is the same for whatever a process serves. */
export type ProcessSetting = Omit<ServerSetting, 'stopping'>;

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
    await serving.turnTo(asProxy(setting, () => Promise.resolve(error.peerURLs)));
  }
}

/** Serves as a member, or as a standby until there is room for it to be one. */
async function serveMemberOrStandby(serving: Serving, setting: ProcessSetting): Promise<void> {
  try {
    await serving.turnTo(asMember(setting));
  } catch (error) {
    if (!(error instanceof NoRoomError)) throw error;
    const onRoom = (): void => {
      setting.logger.info('standby: there is room in the cluster; joining it');
      serveMemberOrStandby(serving, setting).catch((reason: unknown) => {
        if (!serving.isOver) setting.events.onFailure(reason);
      });
    };
    await serving.turnTo(asStandby(setting, error.members, onRoom));
  }
}

/** @param onRoom called once: the cluster has room now */
export function asStandby(setting: ProcessSetting, members: readonly ListedMember[], onRoom: () => void): Service {
  return { role: 'standby', start: () => startStandbyServer(setting, members, onRoom) };
}

/** The member that the configuration describes. */
export function asMember(setting: ProcessSetting): Service {
  return { role: 'member', start: (stopping) => startServer({ ...setting, stopping }) };
}

/** @param findPeers peer URLs of members of the cluster; one that answers is enough */
export function asProxy(
  { configuration, dials, tls, logger }: ProcessSetting,
  findPeers: (stopping: AbortSignal) => Promise<readonly string[]>,
): Service {
  return {
    role: 'proxy',
    start: async (stopping) => startProxyServer(configuration, await findPeers(stopping), { dials, tls }, logger),
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
