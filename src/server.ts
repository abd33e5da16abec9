import type { Logger } from 'pino';
import type { Surface } from './api/options';
import { BodyBudget } from './api/bodyBudget';
import { ConnectionPlaces } from './api/connectionPlaces';
import { Drain } from './api/drain';
import { createBeginningHandler } from './api/founders';
import { PeerPort } from './api/peerPort';
import { startApi, type ApiServer } from './api/server';
import { BEHIND_MAX_BYTES } from './api/v2/keys/watchResponse';
import { API_VERSION } from './api/version';
import { askFounderName, MemberBeginner } from './begin';
import type { Configuration } from './config/configuration';
import { leaveDiffering } from './differingState';
import { formatEndpoint } from './config/urls';
import { createDiscoveryService, type DiscoveryService } from './discoveryService';
import { Witness, type WitnessView } from './discovery/witness';
import { descriptorLimit, shareDescriptors } from './limits/descriptors';
import { bodyBudgetBytes, bufferBytesMax, logBytesMax, memoryLimits, quotaBytes } from './limits/memory';
import { HISTORY_BYTES_MAX } from './machine/keyspace/history';
import type { LocalMember } from './member/localMember';
import { openMember } from './member/openMember';
import { RealClock } from './platform/realClock';
import { QUEUE_BYTES_MAX } from './peer/context';
import { PeerLinks } from './peerLinks';
import { connectMetrics, createMetrics } from './memberMetrics';
import type { Metrics } from './metrics/metrics';
import { AdvertisedNotes } from './storage/advertisedNote';
import { openDataDirectory, type DataDirectory } from './storage/dataDirectory';
import { stopInOrder, type StopStep } from './stopInOrder';
import { LOG_BYTES_MAX } from './member/settings';
import { MemberStore } from './storage/memberStore';
import { SlowDisk } from './storage/slowDisk';
import { RegistrationNotes } from './storage/registrationNote';
import { WitnessNotes } from './storage/witnessNote';
import type { RemovalNote } from './platform/removedFile';

/** How long requests in flight may take when the server stops. */
const GRACE_MS = 5000;
/** How long the whole stop may take beside handing leadership over. No step needs it; a disk that hangs would take for ever. */
const STOP_LIMIT_MS = 15_000;
const INTEGRITY_INTERVAL_MS = 60_000;

/** What a server tells who runs it. Each is called once at most. */
export interface ServerEvents {
  /** The database is open: the process must not end before it is closed, however it ends. `close` is idempotent. */
  readonly onOpened: (close: () => Promise<void>) => void;
  /** The member cannot go on; the process has to end at once. */
  readonly onFailure: (error: unknown) => void;
  /** The cluster removed the member. */
  readonly onRemoved: (note: RemovalNote) => void;
}

/** One running server. */
export interface Server {
  /** Ends in order: leadership is handed over, clients are let go, then the member and the data directory are closed. */
  stop(): Promise<void>;
}

/**
 * Opens data directory, member, links and listeners. Rejects with one of the errors that exit.ts knows, or with the reason of
 * `stopping` if that is aborted while it waits for others, and leaves nothing open.
 */
export async function startServer(
  configuration: Configuration,
  logger: Logger,
  events: ServerEvents,
  surface: Surface,
  stopping: AbortSignal,
): Promise<Server> {
  await leaveDiffering(configuration.dataDir, configuration, logger);
  const descriptors = shareDescriptors(descriptorLimit());
  const { tableFiles: tableFilesMax } = descriptors;
  const places = new ConnectionPlaces({ ...descriptors, logger, nowMs: () => performance.now() });
  const directory = await openDataDirectory({
    path: configuration.dataDir,
    tableFilesMax,
    onFailure: events.onFailure,
  });
  events.onOpened(directory.close);
  for (const warning of directory.warnings) logger.warn(warning);
  const metrics = createMetrics(configuration);
  const links = new PeerLinks(
    logger,
    configuration.electionTimeoutMs,
    metrics.recorders,
    events.onFailure,
    configuration.joinUrls,
    bufferBytesMax(memoryLimits(), QUEUE_BYTES_MAX),
  );
  const witness = new Witness(new WitnessNotes(directory.kv), askFounderName);
  let peerPort: PeerPort | undefined;
  try {
    peerPort = await openPeerPort(configuration, witness, logger);
    const beginner = new MemberBeginner(configuration, new RegistrationNotes(directory.kv), witness, logger, stopping);
    const member = await openFromDirectory(configuration, directory, links, beginner, metrics, logger, events);
    links.connect(member);
    witness.answersAs(() => viewOf(member));
    const discovery = createDiscoveryService(configuration, logger);
    const api = await openApi(
      configuration,
      member,
      links,
      peerPort,
      witness,
      discovery,
      surface,
      metrics,
      places,
      logger,
    );
    connectMetrics(metrics, configuration, member, links, api, directory, places);
    member.start();
    void member.published().then(() => discovery.start(member));
    announce(configuration, member, logger);
    void beginner.accompany();
    beginner.tellAdvertisedUrls(member, new AdvertisedNotes(directory.kv)).catch((error: unknown) => {
      if (!stopping.aborted) events.onFailure(error);
    });
    return { stop: () => stopServer(configuration, api, member, links, directory, metrics) };
  } catch (error) {
    metrics.stop();
    await peerPort?.close(0);
    await links.stop();
    await directory.close();
    throw error;
  }
}

/** Open before the member is: while it begins, founders ask each other (discovery/README.md). */
function openPeerPort(configuration: Configuration, witness: Witness, logger: Logger): Promise<PeerPort> {
  const { maxHeaderBytes, requestHeaderTimeoutMs, requestReceiveTimeoutMs, listenPeerUrls } = configuration;
  const options = {
    maxHeaderBytes,
    headerTimeoutMs: requestHeaderTimeoutMs,
    bodyTimeoutMs: requestReceiveTimeoutMs,
    logger,
  };
  const handler = createBeginningHandler(witness, (error) => {
    logger.error({ err: error }, 'a founder could not be answered');
  });
  return PeerPort.open(listenPeerUrls, options, handler);
}

/** Undefined while it joins: then it knows nothing of the members yet. */
function viewOf(member: LocalMember): WitnessView | undefined {
  const { id: memberId, clusterId } = member;
  const members = member.members();
  return members.length === 0 ? undefined : { kind: 'running', clusterId, memberId, members };
}

async function openFromDirectory(
  configuration: Configuration,
  directory: DataDirectory,
  links: PeerLinks,
  beginner: MemberBeginner,
  metrics: Metrics,
  logger: Logger,
  events: ServerEvents,
): Promise<LocalMember> {
  const { name, advertiseClientUrls, heartbeatIntervalMs, electionTimeoutMs, snapshotCount, strictReconfigCheck } =
    configuration;
  const memory = memoryLimits();
  const quota = quotaBytes(configuration.quotaBytes, memory);
  if (quota.warning !== undefined) logger.warn(quota.warning);
  const member: LocalMember = await openMember({
    settings: {
      name,
      clientURLs: advertiseClientUrls.map(formatEndpoint),
      version: API_VERSION,
      heartbeatIntervalMs,
      electionTimeoutMs,
      integrityIntervalMs: INTEGRITY_INTERVAL_MS,
      snapshotCount,
      quotaBytes: quota.bytes,
      logBytesMax: logBytesMax(memory, LOG_BYTES_MAX),
      strictReconfigCheck,
    },
    store: await MemberStore.open(directory.kv, new SlowDisk(metrics.recorders, logger, heartbeatIntervalMs)),
    transport: links,
    clock: new RealClock(),
    random: Math.random,
    history: { events: configuration.historyLength, bytesMax: bufferBytesMax(memory, HISTORY_BYTES_MAX) },
    uncommittedBytesMax: logBytesMax(memory, configuration.maxUncommittedBytes),
    begin: beginner.begin,
    forced: configuration.forceNewCluster,
    findLeader: beginner.findLeader,
    peerURLs: configuration.initialAdvertisePeerUrls.map(formatEndpoint),
    logger,
    peerReport: () => links.report(),
    observer: metrics.recorders,
    onFailure: events.onFailure,
    onRemoved: () => {
      events.onRemoved(removalNoteOf(member));
    },
  });
  return member;
}

function removalNoteOf(member: LocalMember): RemovalNote {
  const others = member.members().filter(({ id }) => id !== member.id);
  return { memberId: member.id, clusterId: member.clusterId, peerURLs: others.flatMap(({ peerURLs }) => peerURLs) };
}

function openApi(
  configuration: Configuration,
  member: LocalMember,
  links: PeerLinks,
  peerPort: PeerPort,
  witness: Witness,
  discovery: DiscoveryService,
  surface: Surface,
  metrics: Metrics,
  places: ConnectionPlaces,
  logger: Logger,
): Promise<ApiServer> {
  return startApi({
    places,
    member,
    surface,
    discovery,
    clientAddresses: configuration.listenClientUrls,
    peerPort,
    answerFounder: witness,
    cors: configuration.cors,
    maxRequestBytes: configuration.maxRequestBytes,
    bodyBudget: new BodyBudget(bodyBudgetBytes(memoryLimits(), configuration.maxRequestBytes)),
    watchBehindBytesMax: bufferBytesMax(memoryLimits(), BEHIND_MAX_BYTES),
    maxHeaderBytes: configuration.maxHeaderBytes,
    headerTimeoutMs: configuration.requestHeaderTimeoutMs,
    bodyTimeoutMs: configuration.requestReceiveTimeoutMs,
    logger,
    now: Date.now,
    setLogLevel: (level) => {
      logger.level = level;
    },
    drain: new Drain(
      () => performance.now(),
      () => member.giveUpLeadership(2 * configuration.electionTimeoutMs),
      (line) => {
        logger.warn(line);
      },
    ),
    metrics,
    metricsAddresses: configuration.listenMetricsUrls,
    observer: metrics.recorders,
    onPeerConnection: links.handleConnection,
    onPeerUpgrade: links.handleUpgrade,
  });
}

function announce(configuration: Configuration, member: LocalMember, logger: Logger): void {
  const { name, dataDir, listenClientUrls, listenPeerUrls } = configuration;
  const clients = listenClientUrls.map(formatEndpoint).join(' ');
  const peers = listenPeerUrls.map(formatEndpoint).join(' ');
  logger.info({ name, member: member.id, cluster: member.clusterId, dataDir, clients, peers }, 'member started');
  void member.published().then(() => {
    logger.info({ clients }, 'ready to serve clients');
  });
}

async function stopServer(
  configuration: Configuration,
  api: ApiServer,
  member: LocalMember,
  links: PeerLinks,
  directory: DataDirectory,
  metrics: Metrics,
): Promise<void> {
  const electionMs = 2 * configuration.electionTimeoutMs;
  const steps: readonly StopStep[] = [
    ['handing leadership over', () => member.prepareStop(electionMs)],
    ['letting clients go', () => api.closeClients(GRACE_MS)],
    ['storing what it knows', () => member.stop(GRACE_MS)],
    ['closing the links to other members', () => links.stop()],
    ['closing its listeners', () => api.close(GRACE_MS)],
    ['closing the data directory', () => directory.close()],
  ];
  try {
    await stopInOrder(steps, new RealClock(), electionMs + STOP_LIMIT_MS);
  } finally {
    metrics.stop();
  }
}
