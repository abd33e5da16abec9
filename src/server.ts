import type { Logger } from 'pino';
import { ListenError } from './api/listener';
import { startApi, type ApiServer } from './api/server';
import { API_VERSION } from './api/version';
import type { Configuration } from './config/configuration';
import { exitCodes, type ExitCodeName } from './config/exitCodes';
import { formatEndpoint } from './config/urls';
import { AloneTransport } from './member/aloneTransport';
import type { LocalMember } from './member/localMember';
import { openMember } from './member/openMember';
import { RealClock } from './member/realClock';
import { openDataDirectory, type DataDirectory } from './storage/dataDirectory';
import { StorageError } from './storage/errors';
import { MemberStore } from './storage/memberStore';

/** How long requests in flight may take when the server stops. */
const GRACE_MS = 5000;

/** One running server. */
export interface Server {
  /** Ends in order: clients first, then the member, then the data directory. */
  stop(): Promise<void>;
}

/**
 * Opens the data directory, the member and its listeners. Rejects with StorageError or ListenError, and leaves nothing open.
 * @param onFailure the member cannot go on and must be ended; called once at most
 */
export async function startServer(
  configuration: Configuration,
  logger: Logger,
  onFailure: (error: unknown) => void,
): Promise<Server> {
  const directory = await openDataDirectory({ path: configuration.dataDir, onFailure });
  for (const warning of directory.warnings) logger.warn(warning);
  try {
    const member = await openFromDirectory(configuration, directory, onFailure);
    const api = await openApi(configuration, member, logger);
    member.start();
    announce(configuration, member, logger);
    return { stop: () => stopServer(api, member, directory) };
  } catch (error) {
    await directory.close();
    throw error;
  }
}

/** The documented exit code for what ended the server. */
export function exitCodeOf(error: unknown): ExitCodeName {
  if (error instanceof ListenError) return 'cannotListen';
  if (!(error instanceof StorageError)) return 'unexpectedFailure';
  switch (error.kind) {
    case 'io':
    case 'full':
    case 'corrupt':
    case 'closed':
      return 'storageFailure';
    case 'locked':
    case 'format':
    case 'permission':
      return 'dataDirectoryUnusable';
  }
}

/** The number for `process.exit`. */
export function exitNumber(name: ExitCodeName): number {
  return exitCodes[name].code;
}

async function openFromDirectory(
  configuration: Configuration,
  directory: DataDirectory,
  onFailure: (error: unknown) => void,
): Promise<LocalMember> {
  const { name, advertiseClientUrls, heartbeatIntervalMs, electionTimeoutMs, snapshotCount } = configuration;
  return openMember({
    settings: {
      name,
      clientURLs: advertiseClientUrls.map(formatEndpoint),
      version: API_VERSION,
      heartbeatIntervalMs,
      electionTimeoutMs,
      snapshotCount,
    },
    store: await MemberStore.open(directory.kv),
    transport: new AloneTransport(),
    clock: new RealClock(),
    random: Math.random,
    historyLength: configuration.historyLength,
    uncommittedBytesMax: configuration.maxUncommittedBytes,
    founders: [...configuration.initialCluster].map(([founder, urls]) => ({
      name: founder,
      peerURLs: urls.map(formatEndpoint),
    })),
    clusterToken: configuration.initialClusterToken,
    onFailure,
  });
}

function openApi(configuration: Configuration, member: LocalMember, logger: Logger): Promise<ApiServer> {
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
  });
}

function announce(configuration: Configuration, member: LocalMember, logger: Logger): void {
  const { name, dataDir, listenClientUrls, listenPeerUrls } = configuration;
  const addresses = {
    clients: listenClientUrls.map(formatEndpoint).join(' '),
    peers: listenPeerUrls.map(formatEndpoint).join(' '),
  };
  logger.info({ name, member: member.id, cluster: member.clusterId, dataDir, ...addresses }, 'member started');
  void member.published().then(() => {
    logger.info({ clients: addresses.clients }, 'ready to serve clients');
  });
}

async function stopServer(api: ApiServer, member: LocalMember, directory: DataDirectory): Promise<void> {
  await api.close(GRACE_MS);
  await member.stop(GRACE_MS);
  await directory.close();
}
