import type { HistoryBounds } from '../machine/keyspace/history';
import { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import type { MemberStore } from '../storage/memberStore';
import { foundCluster, restoreMember, type FoundingMember, type Restored } from './bootstrap';
import { StorageError } from '../storage/errors';
import type { Clock, Random } from '../platform/clock';
import { forceNewCluster, forgetForced, type FindLeader } from './forceNewCluster';
import { LocalMember } from './localMember';
import type { MemberObserver } from './observer';
import { logTailAtStart, SINGLE_COMMAND_BYTES_MAX, type MemberLogger, type MemberSettings } from './settings';
import { refuseSwapped } from './swappedDirectory';
import type { Transport } from './transport';
import type { PeerReport } from './types';

const MEBIBYTE = 1024 * 1024;
/** Small, because a heartbeat waits until the append that has begun to leave is through. */
const APPEND_BYTES_MAX = MEBIBYTE / 4;
const INFLIGHT_MESSAGES_MAX = 256;
/** Less than what a link queues (peer/network.ts): what it drops is sent again, and entries of megabytes more than once. */
const INFLIGHT_BYTES_MAX = 4 * MEBIBYTE;

interface MemberAddress {
  readonly id: MemberId;
  readonly urls: readonly string[];
}

/** How a member without a state begins. */
export type MemberBeginning =
  | { readonly kind: 'found'; readonly founders: readonly FoundingMember[]; readonly token: string }
  | {
      readonly kind: 'join';
      readonly memberId: MemberId;
      readonly clusterId: string;
      readonly peers: readonly { readonly id: MemberId; readonly peerURLs: readonly string[] }[];
    };

export interface OpenMemberOptions {
  readonly settings: MemberSettings;
  readonly store: MemberStore;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly history: HistoryBounds;
  /** The feature level up to which this program reads; another one than its own only where versions are simulated. */
  readonly knownLevel?: number;
  readonly uncommittedBytesMax: number;
  /**
   * How this member begins; asked only if it has no state yet. `unfinishedId` is set if an earlier run began to join under that
   * id and ended before it was sent the state.
   */
  readonly begin: (unfinishedId: MemberId | undefined) => Promise<MemberBeginning>;
  /** --force-new-cluster: the others are lost for good. Rejects with ForceNewClusterError if there is no data to go on with. */
  readonly forced?: boolean;
  /** Asked before that is carried out. */
  readonly findLeader?: FindLeader;
  /** What this member advertises now; absent: not known. */
  readonly peerURLs?: readonly string[];
  readonly logger: MemberLogger;
  readonly peerReport: () => PeerReport;
  /** Whether a process that waits for a place in that cluster answers at a peer URL; absent: nobody does. Never rejects. */
  readonly isStandbyOf?: (clusterId: string, peerURL: string) => Promise<boolean>;
  readonly observer?: MemberObserver | undefined;
  readonly onFailure: (error: unknown) => void;
  readonly onRemoved: () => void;
}

/**
 * Makes a member from its store, founding its cluster if the store is empty. Rejects with StorageError, also if the store is that of
 * another member than the one this is started as. Not started yet.
 */
export async function openMember(options: OpenMemberOptions): Promise<LocalMember> {
  const { settings, store, transport, clock, logger, history, peerReport, onFailure, onRemoved } = options;
  const { identity, machine, raft: restored, firstPeers } = await restoreOrBegin(options);
  const raft = new Raft(raftOptions(identity.memberId, options), restored);
  return new LocalMember({
    settings,
    clusterId: identity.clusterId,
    foundation: identity.foundation,
    raft,
    state: { machine },
    store,
    transport,
    clock,
    logger,
    run: await store.nextRun(options.random),
    history,
    peerReport,
    isStandby: async (peerURL) => (await options.isStandbyOf?.(identity.clusterId, peerURL)) ?? false,
    observer: options.observer,
    firstPeers,
    onFailure,
    onRemoved,
  });
}

interface Opened extends Restored {
  /** Whom to talk to until the state says who the members are. */
  readonly firstPeers: readonly MemberAddress[];
}

async function restoreOrBegin(options: OpenMemberOptions): Promise<Opened> {
  const { store, settings, history } = options;
  const stored = await restoreMember(store, history, logTailAtStart(settings), options.knownLevel);
  const { forced, logger, findLeader, peerURLs = [] } = options;
  if (stored !== undefined) {
    refuseSwapped(stored.machine.cluster.members(), stored.identity.memberId, { name: settings.name, peerURLs });
  }
  const found = forced === true ? await forceNewCluster(store, stored, logger, findLeader) : stored;
  if (stored !== undefined && forced !== true) await forgetForced(store);
  if (found !== undefined && found.machine.cluster.members().length > 0) return { ...found, firstPeers: [] };
  const beginning = await options.begin(found?.identity.memberId);
  if (beginning.kind === 'join') return join(options, beginning, found);
  if (found !== undefined) throw foreignDirectory(found.identity.memberId);
  await foundCluster(store, beginning.founders, settings.name, beginning.token, history);
  return { ...(await restoreFresh(options)), firstPeers: [] };
}

/** `found` is set if an earlier run began to join and ended before it was sent the state. */
async function join(
  options: OpenMemberOptions,
  beginning: Extract<MemberBeginning, { kind: 'join' }>,
  found: Restored | undefined,
): Promise<Opened> {
  const { memberId, clusterId, peers } = beginning;
  const firstPeers = peers.map(({ id, peerURLs }) => ({ id, urls: peerURLs }));
  if (found?.identity.memberId === memberId) return { ...found, firstPeers };
  if (found !== undefined) await abandon(options, found.identity, beginning);
  // Nothing is known yet, not even who votes: the leader sends all of it.
  await options.store.initialise({ identity: { memberId, clusterId }, configuration: { voters: [], learners: [] } });
  return { ...(await restoreFresh(options)), firstPeers };
}

/**
 * The cluster has given up whom an earlier run began to join as, before it was sent the state. No id is ever used again, so whatever that run
 * may have acknowledged counts for nobody any more. Rejects with StorageError if this is another cluster.
 */
async function abandon(
  { store, logger }: OpenMemberOptions,
  found: Restored['identity'],
  { memberId, clusterId }: Extract<MemberBeginning, { kind: 'join' }>,
): Promise<void> {
  if (found.clusterId !== clusterId) throw foreignDirectory(found.memberId);
  logger.warn(
    { former: found.memberId, member: memberId, cluster: clusterId },
    'this process was stopped while it joined, and the cluster has taken that place away since: it joins as a new member',
  );
  await store.abandon();
}

async function restoreFresh(options: OpenMemberOptions): Promise<Restored> {
  const made = await restoreMember(options.store, options.history, undefined, options.knownLevel);
  if (made === undefined) throw new Error('the store is empty right after it was initialised');
  return made;
}

function foreignDirectory(memberId: string): StorageError {
  return new StorageError(
    'format',
    `the data directory is the one of member ${memberId}, which never got its state and is not what the cluster lists for ` +
      'these peer URLs; delete the directory and start again',
  );
}

function raftOptions(id: MemberId, options: OpenMemberOptions): ConstructorParameters<typeof Raft>[0] {
  const { settings, random, uncommittedBytesMax } = options;
  return {
    id,
    // One tick a heartbeat; the configuration keeps the ratio at 5 or more.
    electionTicks: Math.floor(settings.electionTimeoutMs / settings.heartbeatIntervalMs),
    heartbeatTicks: 1,
    random,
    appendBytesMax: APPEND_BYTES_MAX,
    inflightMessagesMax: INFLIGHT_MESSAGES_MAX,
    inflightBytesMax: INFLIGHT_BYTES_MAX,
    uncommittedBytesMax,
    entryBytesMax: SINGLE_COMMAND_BYTES_MAX,
  };
}
