/** The API that the configuration describes. */
import { BodyBudget } from '../api/bodyBudget';
import { Drain } from '../api/drain';
import { lazyAssets } from '../api/dashboard/assets';
import type { ApiOptions } from '../api/options';
import { BEHIND_MAX_BYTES } from '../api/v2/keys/watchResponse';
import { shownArguments } from '../config/shownArguments';
import { bodyBudgetBytes, bufferBytesMax, memoryLimits } from '../limits/memory';
import { presentMs } from '../platform/realClock';
import { verifiedNameOf } from '../tls/identity';
import { dashboardDirectory } from './build';
import { changeLogLevel } from './logging';
import type { ServerParts, ServerSetting } from './serverParts';
import { webRules } from './webRules';

export function apiOptions(
  { configuration, logger, surface, tls }: ServerSetting,
  { places, metricsPlaces, metrics, links, witness, peerPort, member, discovery, audit }: Omit<ServerParts, 'api'>,
): ApiOptions {
  return {
    places,
    member,
    surface,
    discovery,
    clientAddresses: configuration.listenClientUrls,
    tls: tls.clients,
    peerPort,
    answerFounder: witness,
    certificateNameOf: configuration.clientCertAuth ? verifiedNameOf : undefined,
    web: webRules(configuration),
    audit: audit?.trail,
    maxRequestBytes: configuration.maxRequestBytes,
    bodyBudget: new BodyBudget(bodyBudgetBytes(memoryLimits(), configuration.maxRequestBytes)),
    watchBehindBytesMax: bufferBytesMax(memoryLimits(), BEHIND_MAX_BYTES),
    maxHeaderBytes: configuration.maxHeaderBytes,
    headerTimeoutMs: configuration.requestHeaderTimeoutMs,
    bodyTimeoutMs: configuration.requestReceiveTimeoutMs,
    logger,
    now: presentMs,
    setLogLevel: (level, caller) => {
      changeLogLevel(logger, level, caller);
    },
    operatorRoutes: configuration.operatorRoutes,
    commandLine: shownArguments(process.argv),
    drain: new Drain(
      () => performance.now(),
      () => member.giveUpLeadership(2 * configuration.electionTimeoutMs),
      (line) => {
        logger.warn(line);
      },
    ),
    dashboard: configuration.dashboard ? lazyAssets(dashboardDirectory()) : undefined,
    metrics,
    metricsAddresses: configuration.listenMetricsUrls,
    metricsPlaces,
    observer: metrics.recorders,
    onPeerGranted: links.handleGranted,
    onPeerUpgrade: links.handleUpgrade,
  };
}
