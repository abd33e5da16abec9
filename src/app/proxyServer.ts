/** Runs the process as a proxy: the parts of a member that it needs, and none of its data. */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { ConnectionPlaces } from '../api/connectionPlaces';
import { parseRequestTarget } from '../api/http/requestTarget';
import { openListeners } from '../api/openListeners';
import type { Configuration } from '../config/configuration';
import { formatEndpoint } from '../config/urls';
import { descriptorLimit, shareDescriptors } from '../limits/descriptors';
import { fetchMembers } from '../peer/fetchMembers';
import { startProxy } from '../proxy/proxy';
import type { Proxy } from '../proxy/proxy';
import { openAuditLog } from './auditLog';
import { clientExposures, tellExposures } from './exposure';
import { ownUrls } from './ownAddresses';
import type { ServerSetting } from './serverParts';
import { webRules } from './webRules';

const ASK_TIMEOUT_MS = 2000;

/**
 * Rejects with ListenError, TooFewDescriptorsError, TlsFileError or AuditFileError, and leaves nothing open.
 *
 * @param peerUrls of members of the cluster; one that answers is enough
 */
export async function startProxyServer(
  configuration: Configuration,
  peerUrls: readonly string[],
  { dials, tls }: Pick<ServerSetting, 'dials' | 'tls'>,
  logger: Logger,
): Promise<Proxy> {
  await tls.makeOwn();
  const clients = configuration.listenClientUrls.map(formatEndpoint).join(' ');
  const { served, waiting } = shareDescriptors(descriptorLimit());
  // Each of them may have a connection to a member behind it.
  const places = new ConnectionPlaces({
    served: Math.ceil(served / 2),
    waiting: Math.ceil(waiting / 2),
    logger,
    nowMs: () => performance.now(),
  });
  logger.info({ clients, peerUrls, mode: configuration.proxy }, 'proxy: forwarding to the cluster');
  tellExposures(clientExposures(configuration), logger);
  const audit = await openAuditLog(configuration.auditLog, logger);
  const proxy = await startProxy({
    id: randomBytes(8).toString('hex'),
    ownUrls: (urls) => ownUrls(urls, configuration.listenClientUrls),
    peerUrls,
    mode: configuration.proxy === 'readonly' ? 'readonly' : 'on',
    listen: (handler) =>
      openListeners(
        configuration.listenClientUrls,
        {
          flag: '--listen-client-urls',
          maxHeaderBytes: configuration.maxHeaderBytes,
          headerTimeoutMs: configuration.requestHeaderTimeoutMs,
          bodyTimeoutMs: configuration.requestReceiveTimeoutMs,
          logger,
          web: webRules(configuration),
          audit: audit?.trail,
          places,
          tls: tls.clients,
        },
        handler,
      ),
    fetchMembers: (url) => fetchMembers(url, ASK_TIMEOUT_MS, dials.peer),
    targetOf: parseRequestTarget,
    dial: dials.proxied,
    failureWaitMs: configuration.proxyFailureWaitMs,
    refreshIntervalMs: configuration.proxyRefreshIntervalMs,
    dialTimeoutMs: configuration.proxyDialTimeoutMs,
    now: Date.now,
    random: Math.random,
    logger,
  }).catch(async (error: unknown) => {
    await audit?.close();
    throw error;
  });
  return {
    stop: async () => {
      await proxy.stop();
      await audit?.close();
    },
  };
}
