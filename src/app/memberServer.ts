/** A running member and all around it: of what it consists, and in which order that starts and stops. */
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { AuditTrail } from '../api/audit';
import { ConnectionPlaces } from '../api/connectionPlaces';
import { createBeginningHandler } from '../api/founders';
import { checkListenable } from '../api/listenable';
import { PeerPort } from '../api/peerPort';
import { startApi } from '../api/server';
import type { Configuration } from '../config/configuration';
import { formatEndpoint } from '../config/urls';
import { Witness, type WitnessView } from '../discovery/witness';
import { descriptorLimit, shareDescriptors } from '../limits/descriptors';
import { bufferBytesMax, memoryLimits } from '../limits/memory';
import type { LocalMember } from '../member/localMember';
import { QUEUE_BYTES_MAX } from '../peer/context';
import { Doors } from '../peer/doors';
import { presentMs, RealClock } from '../platform/realClock';
import { AdvertisedNotes } from '../storage/advertisedNote';
import { openDataDirectory } from '../storage/dataDirectory';
import type { TlsAcceptor } from '../tls/acceptor';
import { RegistrationNotes } from '../storage/registrationNote';
import { ReturnNotes } from '../storage/returnNote';
import { WitnessNotes } from '../storage/witnessNote';
import { apiOptions } from './apiOptions';
import { openAuditLog, type AuditLog } from './auditLog';
import { openConfiguredMember } from './configuredMember';
import { leaveDiffering } from './differingState';
import { noteClock } from './clockNotice';
import { createDiscoveryService } from './discoveryService';
import { noteAuth, noteAuthOff } from './authNotice';
import { exposures, tellExposures } from './exposure';
import { areCasShared } from './sharedCas';
import { askFounderNameBy, MemberBeginner, namesOthers } from './memberBeginner';
import { connectMetrics, createMetrics } from './memberMetrics';
import { MemberNames } from './memberNames';
import { PeerLinks } from './peerLinks';
import { finishExchange } from './removedData';
import type { Server, ServerParts, ServerSetting } from './serverParts';
import { stopInOrder, type StopStep } from './stopInOrder';

/** How long requests in flight may take when the server stops. */
const GRACE_MS = 5000;
/** How long the whole stop may take beside handing leadership over. No step needs it; a disk that hangs would take for ever. */
const STOP_LIMIT_MS = 15_000;

/**
 * Opens data directory, member, links and listeners. Rejects with one of the errors that exit.ts knows, or with the reason of
 * `stopping` if that is aborted while it waits for others, and leaves nothing open.
 */
export async function startServer(setting: ServerSetting): Promise<Server> {
  const { configuration, logger, events, stopping, dials, tls } = setting;
  await finishExchange(configuration.dataDir);
  await leaveDiffering(configuration.dataDir, { ...configuration, namesOthers: namesOthers(configuration) }, logger);
  const descriptors = shareDescriptors(descriptorLimit());
  const nowMs = (): number => performance.now();
  const places = new ConnectionPlaces({ ...descriptors, logger, nowMs });
  const metricsPlaces = new ConnectionPlaces({ ...descriptors.monitoring, of: 'monitoring', logger, nowMs });
  const directory = await openDataDirectory({
    path: configuration.dataDir,
    tableFilesMax: descriptors.tableFiles,
    onFailure: events.onFailure,
  });
  events.onOpened(directory.close);
  for (const warning of directory.warnings) logger.warn(warning);
  const metrics = createMetrics(configuration);
  const names = new MemberNames(logger);
  const links = new PeerLinks(
    names,
    configuration.electionTimeoutMs,
    metrics.recorders,
    events.onFailure,
    configuration.joinUrls,
    bufferBytesMax(memoryLimits(), QUEUE_BYTES_MAX),
    dials.peer,
    new Doors(new RealClock(), descriptors.strangers),
  );
  const witness = new Witness(new WitnessNotes(directory.kv), askFounderNameBy(dials.peer));
  let audit: AuditLog | undefined;
  let peerPort: PeerPort | undefined;
  try {
    audit = await openAuditLog(configuration.auditLog, logger);
    await tls.makeOwn();
    peerPort = await openPeerPort(configuration, witness, links, logger, audit?.trail, tls.peers);
    // A cluster that is founded is there for good, also if nobody could ever be served.
    await checkListenable('--listen-client-urls', configuration.listenClientUrls);
    await checkListenable('--listen-metrics-urls', configuration.listenMetricsUrls);
    const beginner = new MemberBeginner(
      configuration,
      { registration: new RegistrationNotes(directory.kv), returning: new ReturnNotes(directory.kv) },
      witness,
      dials,
      logger,
      stopping,
    );
    const opened = { places, metricsPlaces, directory, metrics, links, witness, audit, peerPort, beginner };
    const member = await openConfiguredMember(setting, opened, names);
    names.learnFrom(() => member.members());
    links.connect(member);
    witness.answersAs(() => viewOf(member));
    const discovery = createDiscoveryService(configuration, logger);
    const api = await startApi(apiOptions(setting, { ...opened, member, discovery }));
    const parts = { ...opened, member, discovery, api };
    connectMetrics(metrics, configuration, member, links, api, directory, places, audit, tls);
    member.start();
    followUp(setting, parts);
    return { stop: () => stopServer(configuration, parts) };
  } catch (error) {
    metrics.stop();
    const closings = [
      () => peerPort?.close(0),
      () => links.stop(),
      () => directory.close(),
      () => audit?.close(),
    ] as const;
    // What cannot be closed keeps nothing else open, and is not why the start failed.
    for (const close of closings) await close()?.catch(() => undefined);
    throw error;
  }
}

/** Open before the member is: while it begins, founders ask each other (discovery/README.md). */
function openPeerPort(
  configuration: Configuration,
  witness: Witness,
  links: PeerLinks,
  logger: Logger,
  audit: AuditTrail | undefined,
  tls: TlsAcceptor | undefined,
): Promise<PeerPort> {
  const { maxHeaderBytes, requestHeaderTimeoutMs, requestReceiveTimeoutMs, listenPeerUrls } = configuration;
  const options = {
    maxHeaderBytes,
    headerTimeoutMs: requestHeaderTimeoutMs,
    bodyTimeoutMs: requestReceiveTimeoutMs,
    logger,
    audit,
    tls,
  };
  const handler = createBeginningHandler(witness, (error) => {
    logger.error({ err: error }, 'a founder could not be answered');
  });
  return PeerPort.open(listenPeerUrls, options, handler, links.handleConnection);
}

/** What goes on once the member has started: none of it is waited for. */
function followUp({ configuration, logger, events, stopping }: ServerSetting, parts: ServerParts): void {
  const { member, discovery, beginner, directory } = parts;
  announce(configuration, parts, logger, stopping);
  noteAuth(member, configuration, logger);
  noteClock(presentMs(), logger);
  void member.published().then(() => discovery.start(member));
  void beginner.accompany(member.members());
  beginner.tellAdvertisedUrls(member, new AdvertisedNotes(directory.kv)).catch((error: unknown) => {
    if (!stopping.aborted) events.onFailure(error);
  });
}

/** Undefined while it joins: then it knows nothing of the members yet. */
function viewOf(member: LocalMember): WitnessView | undefined {
  const { id: memberId, clusterId } = member;
  const members = member.members();
  return members.length === 0 ? undefined : { kind: 'running', clusterId, memberId, members };
}

function announce(
  configuration: Configuration,
  { member, beginner }: ServerParts,
  logger: Logger,
  stopping: AbortSignal,
): void {
  const { name, listenClientUrls, listenPeerUrls } = configuration;
  // Whole: started elsewhere, the same command makes another directory, and the same ids.
  const dataDir = resolve(configuration.dataDir);
  const how = beginner.wasAsked ? 'in a new data directory' : 'with the data it had';
  const clients = listenClientUrls.map(formatEndpoint).join(' ');
  const peers = listenPeerUrls.map(formatEndpoint).join(' ');
  logger.info(
    { name, member: member.id, cluster: member.clusterId, dataDir, clients, peers },
    `member started, ${how}`,
  );
  tellExposures(exposures(configuration, areCasShared(configuration)), logger);
  void member.published().then(() => {
    if (stopping.aborted) return;
    logger.info({ clients }, 'ready to serve clients');
    noteAuthOff(member, configuration, logger);
  });
}

async function stopServer(configuration: Configuration, parts: ServerParts): Promise<void> {
  const { api, member, links, directory, metrics, audit } = parts;
  const electionMs = 2 * configuration.electionTimeoutMs;
  const steps: readonly StopStep[] = [
    ['handing leadership over', () => member.prepareStop(electionMs)],
    ['letting clients go', () => api.closeClients(GRACE_MS)],
    ['storing what it knows', () => member.stop(GRACE_MS)],
    ['closing the links to other members', () => links.stop()],
    ['closing its listeners', () => api.close(GRACE_MS)],
    ['closing the data directory', () => directory.close()],
    ['closing the audit log', () => audit?.close() ?? Promise.resolve()],
  ];
  try {
    await stopInOrder(steps, new RealClock(), electionMs + STOP_LIMIT_MS);
  } finally {
    metrics.stop();
  }
}
