/** Runs the process as a proxy: the parts of a member that it needs, and none of its data. */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { ConnectionPlaces } from '../api/connectionPlaces';
import { parseRequestTarget } from '../api/http/requestTarget';
import type { Listener } from '../api/listener';
import { openListeners } from '../api/openListeners';
import type { Configuration } from '../config/configuration';
import { formatEndpoint } from '../config/urls';
import { descriptorLimit, shareDescriptors } from '../limits/descriptors';
import { fetchMembers } from '../peer/fetchMembers';
import { startProxy } from '../proxy/proxy';
import type { Proxy, ProxyOptions } from '../proxy/proxy';
import { openAuditLog } from './auditLog';
import { clientExposures, numbersExposures, tellExposures } from './exposure';
import { ownUrls } from './ownAddresses';
import { proxyMonitoring } from './proxyMonitoring';
import type { ServerSetting } from './serverParts';
import { webRules } from './webRules';

const ASK_TIMEOUT_MS = 2000;

type ProxySetting = Pick<ServerSetting, 'dials' | 'tls' | 'stopping'> & Pick<ProxyOptions, 'clusterId'>;

/**
 * Rejects with ListenError, TooFewDescriptorsError, TlsFileError or AuditFileError, or with the reason of `stopping` while it looks for the members,
 * and leaves nothing open.
 *
 * @param peerUrls of members of the cluster; one that answers is enough
 */
export async function startProxyServer(
  configuration: Configuration,
  peerUrls: readonly string[],
  { dials, tls, stopping, clusterId }: ProxySetting,
  logger: Logger,
): Promise<Pick<Proxy, 'stop'>> {
  await tls.makeOwn();
  const clients = configuration.listenClientUrls.map(formatEndpoint).join(' ');
  const { served, waiting, monitoring } = shareDescriptors(descriptorLimit());
  const nowMs = (): number => performance.now();
  // Each of them may have a connection to a member behind it.
  const places = new ConnectionPlaces({
    served: Math.ceil(served / 2),
    waiting: Math.ceil(waiting / 2),
    logger,
    nowMs,
  });
  const metricsPlaces = new ConnectionPlaces({ ...monitoring, of: 'monitoring', logger, nowMs });
  logger.info({ clients, peerUrls, mode: modeOf(configuration) }, 'proxy: forwarding to the cluster');
  tellExposures([...clientExposures(configuration), ...numbersExposures(configuration)], logger);
  const audit = await openAuditLog(configuration.auditLog, logger);
  const shared = {
    maxHeaderBytes: configuration.maxHeaderBytes,
    headerTimeoutMs: configuration.requestHeaderTimeoutMs,
    bodyTimeoutMs: configuration.requestReceiveTimeoutMs,
    logger,
    web: webRules(configuration),
    audit: audit?.trail,
    tls: tls.clients,
  };
  let proxy: Proxy | undefined;
  let metricsPort: readonly Listener[] = [];
  const closeRest = async (): Promise<void> => {
    await Promise.all(metricsPort.map((listener) => listener.close(0)));
    await audit?.close();
  };
  try {
    const metrics = { ...shared, flag: '--listen-metrics-urls', places: metricsPlaces } as const;
    metricsPort = await openListeners(
      configuration.listenMetricsUrls,
      metrics,
      proxyMonitoring(() => proxy?.status, tls),
    );
    const started = await startProxy({
      ...environmentOf(configuration, dials, logger),
      ...{ peerUrls, clusterId },
      stopping,
      listen: (handler) =>
        openListeners(configuration.listenClientUrls, { ...shared, flag: '--listen-client-urls', places }, handler),
    });
    proxy = started;
    return {
      stop: async () => {
        await started.stop();
        await closeRest();
      },
    };
  } catch (error) {
    await closeRest();
    throw error;
  }
}

/** A process that was to be a member, and found the cluster full (--discovery-fallback), is a proxy although --proxy is off. */
function modeOf({ proxy }: Configuration): 'on' | 'readonly' {
  return proxy === 'readonly' ? 'readonly' : 'on';
}

function environmentOf(
  configuration: Configuration,
  dials: ServerSetting['dials'],
  logger: Logger,
): Omit<ProxyOptions, 'listen' | 'peerUrls' | 'clusterId' | 'stopping'> {
  return {
    id: randomBytes(8).toString('hex'),
    ownUrls: (urls) => ownUrls(urls, configuration.listenClientUrls),
    mode: modeOf(configuration),
    fetchMembers: (url) => fetchMembers(url, ASK_TIMEOUT_MS, dials.peer),
    targetOf: parseRequestTarget,
    dial: dials.proxied,
    failureWaitMs: configuration.proxyFailureWaitMs,
    refreshIntervalMs: configuration.proxyRefreshIntervalMs,
    dialTimeoutMs: configuration.proxyDialTimeoutMs,
    nowMs: () => performance.now(),
    random: Math.random,
    logger,
  };
}
