import type { Logger } from 'pino';
import { startApi, type ApiServer } from './api/server';
import { API_VERSION } from './api/version';
import type { Configuration } from './config/configuration';
import { formatEndpoint } from './config/urls';
import type { Beginning } from './discovery/beginning';
import { replaceMember } from './discovery/replaceMember';
import { beginFromStaticList } from './discovery/staticList';
import { clusterIdOf, memberIdOf } from './member/identity';
import type { LocalMember } from './member/localMember';
import { openMember } from './member/openMember';
import { RealClock } from './member/realClock';
import { fetchMembers } from './peer/fetchMembers';
import { PeerLinks } from './peerLinks';
import { openDataDirectory, type DataDirectory } from './storage/dataDirectory';
import { MemberStore } from './storage/memberStore';

/** How long requests in flight may take when the server stops. */
const GRACE_MS = 5000;
const ASK_TIMEOUT_MS = 2000;
const INTEGRITY_INTERVAL_MS = 60_000;

/** What ends a server from inside. Each is called once at most. */
export interface ServerEvents {
  /** The member cannot go on; the process has to end at once. */
  readonly onFailure: (error: unknown) => void;
  /** The cluster removed the member. */
  readonly onRemoved: () => void;
}

/** One running server. */
export interface Server {
  /** Ends in order: leadership is handed over, clients are let go, then the member and the data directory are closed. */
  stop(): Promise<void>;
}

/** Opens data directory, member, links and listeners. Rejects with StorageError, ListenError or JoinError, and leaves nothing open. */
export async function startServer(configuration: Configuration, logger: Logger, events: ServerEvents): Promise<Server> {
  const directory = await openDataDirectory({ path: configuration.dataDir, onFailure: events.onFailure });
  for (const warning of directory.warnings) logger.warn(warning);
  const links = new PeerLinks(
    logger,
    configuration.electionTimeoutMs,
    configuration.initialAdvertisePeerUrls.map(formatEndpoint),
  );
  try {
    const member = await openFromDirectory(configuration, directory, links, logger, events);
    links.connect(member);
    const api = await openApi(configuration, member, links, logger);
    member.start();
    announce(configuration, member, logger);
    return { stop: () => stopServer(configuration, api, member, links, directory) };
  } catch (error) {
    await links.stop();
    await directory.close();
    throw error;
  }
}

async function openFromDirectory(
  configuration: Configuration,
  directory: DataDirectory,
  links: PeerLinks,
  logger: Logger,
  events: ServerEvents,
): Promise<LocalMember> {
  const { name, advertiseClientUrls, heartbeatIntervalMs, electionTimeoutMs, snapshotCount } = configuration;
  return openMember({
    settings: {
      name,
      clientURLs: advertiseClientUrls.map(formatEndpoint),
      version: API_VERSION,
      heartbeatIntervalMs,
      electionTimeoutMs,
      integrityIntervalMs: INTEGRITY_INTERVAL_MS,
      snapshotCount,
    },
    store: await MemberStore.open(directory.kv),
    transport: links,
    clock: new RealClock(),
    random: Math.random,
    historyLength: configuration.historyLength,
    uncommittedBytesMax: configuration.maxUncommittedBytes,
    begin: (unfinishedId) => begin(configuration, unfinishedId, logger),
    logger,
    peerReport: () => links.report(),
    ...events,
  });
}

function begin(configuration: Configuration, unfinishedId: string | undefined, logger: Logger): Promise<Beginning> {
  const log = (fields: object, message: string): void => {
    logger.warn(fields, message);
  };
  const clock = new RealClock();
  const sleep = (delayMs: number): Promise<void> => new Promise((resolve) => clock.after(delayMs, resolve));
  const peerURLs = configuration.initialAdvertisePeerUrls.map(formatEndpoint);
  const token = configuration.initialClusterToken;
  const founders = [...configuration.initialCluster].map(([name, urls]) => ({
    name,
    peerURLs: urls.map(formatEndpoint),
  }));
  return beginFromStaticList({
    name: configuration.name,
    peerURLs,
    founders,
    token,
    state: configuration.initialClusterState,
    foundingId: memberIdOf(peerURLs, token),
    foundingClusterId: clusterIdOf(founders.map((founder) => memberIdOf(founder.peerURLs, token))),
    unfinishedId,
    autoRejoin: configuration.autoRejoin,
    fetchMembers: (url) => fetchMembers(url, ASK_TIMEOUT_MS),
    replaceMember: (cluster, lost) => replaceMember(cluster, lost, lost?.peerURLs ?? peerURLs, log, sleep),
    log,
  });
}

function openApi(
  configuration: Configuration,
  member: LocalMember,
  links: PeerLinks,
  logger: Logger,
): Promise<ApiServer> {
  return startApi({
    member,
    clientAddresses: configuration.listenClientUrls,
    peerAddresses: configuration.listenPeerUrls,
    cors: configuration.cors,
    maxRequestBytes: configuration.maxRequestBytes,
    maxHeaderBytes: configuration.maxHeaderBytes,
    headerTimeoutMs: configuration.requestHeaderTimeoutMs,
    bodyTimeoutMs: configuration.requestReceiveTimeoutMs,
    logger,
    now: Date.now,
    setLogLevel: (level) => {
      logger.level = level;
    },
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
): Promise<void> {
  await member.prepareStop(2 * configuration.electionTimeoutMs);
  await api.closeClients(GRACE_MS);
  await member.stop(GRACE_MS);
  await links.stop();
  await api.close(GRACE_MS);
  await directory.close();
}
