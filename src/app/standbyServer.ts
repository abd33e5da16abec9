/** Runs the process as a standby: listeners on the ports of a member, and none of its data. */
import type { RequestListener } from 'node:http';
import { ConnectionPlaces, type PlacesOptions } from '../api/connectionPlaces';
import type { Listener, ListenerOptions } from '../api/listener';
import { openListeners } from '../api/openListeners';
import type { ListenAddress } from '../api/options';
import { formatEndpoint } from '../config/urls';
import { askKnown } from '../discovery/agreement';
import type { ListedCluster } from '../discovery/beginning';
import { askForRoom } from '../discovery/room';
import { descriptorLimit, shareDescriptors, type DescriptorShares } from '../limits/descriptors';
import { fetchMembers } from '../peer/fetchMembers';
import { answerNotFound } from '../platform/monitoringAnswers';
import { RealClock } from '../platform/realClock';
import { standbyMetrics } from '../metrics/standby';
import { answerClient, answerPeer, answerProbe, type StandbyStatus } from '../standby/answers';
import { Waiting } from '../standby/waiting';
import { openAuditLog } from './auditLog';
import { clientExposures, tellExposures } from './exposure';
import { keepStandbyNote } from './removedData';
import type { Server, ServerSetting } from './serverParts';
import { webRules } from './webRules';

const ASK_TIMEOUT_MS = 2000;
const GRACE_MS = 1000;

/** What a standby knows when it begins to wait. */
export interface StandbyStart {
  /** The one that has no room. */
  readonly cluster: ListedCluster;
  /** It was a member until now: see `looksFirst` of Waiting. */
  readonly looksFirst: boolean;
  /** Called once: the cluster has room now. */
  readonly onRoom: () => void;
}

/** Rejects with ListenError, TooFewDescriptorsError, TlsFileError or AuditFileError, and leaves nothing open. */
export async function startStandbyServer(
  { configuration, logger, dials, tls }: Omit<ServerSetting, 'stopping'>,
  { cluster, looksFirst, onRoom }: StandbyStart,
): Promise<Server> {
  await tls.makeOwn();
  const own = configuration.initialAdvertisePeerUrls.map(formatEndpoint);
  const waiting = new Waiting(cluster, {
    clock: new RealClock(),
    peerURLs: own,
    askMembers: (known) => askKnown(known, (url) => fetchMembers(url, ASK_TIMEOUT_MS, dials.peer)),
    askForRoom: (listed) => askForRoom(listed, own[0] ?? '', dials.peer),
    onCluster: (known) => {
      void keepStandbyNote(configuration.dataDir, known, logger);
    },
    looksFirst,
    onRoom,
    log: (fields, message) => {
      logger.warn(fields, message);
    },
  });
  const audit = await openAuditLog(configuration.auditLog, logger);
  const opened: Listener[] = [];
  const close = async (graceMs: number): Promise<void> => {
    waiting.stop();
    await Promise.all(opened.map((listener) => listener.close(graceMs)));
    await audit?.close();
  };
  const shared = {
    maxHeaderBytes: configuration.maxHeaderBytes,
    headerTimeoutMs: configuration.requestHeaderTimeoutMs,
    bodyTimeoutMs: configuration.requestReceiveTimeoutMs,
    logger,
    audit: audit?.trail,
  };
  const open = async (
    addresses: readonly ListenAddress[],
    options: Pick<ListenerOptions, 'flag' | 'web' | 'tls' | 'places'>,
    handler: RequestListener,
  ): Promise<void> => {
    opened.push(...(await openListeners(addresses, { ...shared, ...options }, handler)));
  };
  const status = (): StandbyStatus => ({
    leaderURLs: waiting.leaderURLs,
    metrics: () => standbyMetrics(tls.ends(Date.now())),
  });
  const web = webRules(configuration);
  const places = placesOf(shareDescriptors(descriptorLimit()), logger);
  try {
    const client = { flag: '--listen-client-urls', web, places: places.clients, tls: tls.clients } as const;
    await open(configuration.listenClientUrls, client, (request, response) => {
      answerClient(request, response, status());
    });
    const metrics = { flag: '--listen-metrics-urls', web, places: places.monitoring, tls: tls.clients } as const;
    await open(configuration.listenMetricsUrls, metrics, (request, response) => {
      if (!answerProbe(request, response, status())) answerNotFound(request, response);
    });
    const peers = { flag: '--listen-peer-urls', places: places.members, tls: tls.peers } as const;
    await open(configuration.listenPeerUrls, peers, (request, response) => {
      answerPeer(request, response, waiting.clusterId);
    });
  } catch (error) {
    await close(0);
    throw error;
  }
  waiting.start();
  const clients = configuration.listenClientUrls.map(formatEndpoint).join(' ');
  logger.info(
    { clients },
    'standby: the cluster has its activeSize of members; clients are sent to its leader until there is room',
  );
  tellExposures(clientExposures(configuration), logger);
  return { stop: () => close(GRACE_MS) };
}

/** For each kind of ports: nobody has a link to a standby, so that all who come to its peer port are strangers. */
function placesOf(
  { monitoring, strangers, ...clients }: DescriptorShares,
  logger: ServerSetting['logger'],
): Record<NonNullable<PlacesOptions['of']>, ConnectionPlaces> {
  const make = (of: NonNullable<PlacesOptions['of']>, served: number, waiting: number): ConnectionPlaces =>
    new ConnectionPlaces({ of, served, waiting, logger, nowMs: () => performance.now() });
  return {
    clients: make('clients', clients.served, clients.waiting),
    monitoring: make('monitoring', monitoring.served, monitoring.waiting),
    members: make('members', strangers, clients.handshakes),
  };
}
