import { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import type { MemberStore } from '../storage/memberStore';
import { foundCluster, restoreMember, type FoundingMember, type Restored } from './bootstrap';
import type { Clock, Random } from './environment';
import { LocalMember } from './localMember';
import { SINGLE_COMMAND_BYTES_MAX, type MemberSettings } from './settings';
import type { Transport } from './transport';

const MEBIBYTE = 1024 * 1024;
const APPEND_BYTES_MAX = MEBIBYTE;
const INFLIGHT_MESSAGES_MAX = 256;
const INFLIGHT_BYTES_MAX = 64 * MEBIBYTE;

export interface OpenMemberOptions {
  readonly settings: MemberSettings;
  readonly store: MemberStore;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly historyLength: number;
  readonly uncommittedBytesMax: number;
  /** How the cluster begins if the store is empty. */
  readonly founders: readonly FoundingMember[];
  readonly clusterToken: string;
  readonly onFailure: (error: unknown) => void;
}

/** Makes a member from its store, founding its cluster if the store is empty. Rejects with StorageError. Not started yet. */
export async function openMember(options: OpenMemberOptions): Promise<LocalMember> {
  const { settings, store, transport, clock, onFailure } = options;
  const { identity, machine, raft: restored } = await restoreOrFound(options);
  const raft = new Raft(raftOptions(identity.memberId, options), restored);
  return new LocalMember({
    settings,
    clusterId: identity.clusterId,
    raft,
    machine,
    store,
    transport,
    clock,
    run: await store.nextRun(),
    onFailure,
  });
}

async function restoreOrFound(options: OpenMemberOptions): Promise<Restored> {
  const { store, founders, settings, clusterToken, historyLength } = options;
  const found = await restoreMember(store, historyLength);
  if (found !== undefined) return found;
  await foundCluster(store, founders, settings.name, clusterToken, historyLength);
  const made = await restoreMember(store, historyLength);
  if (made === undefined) throw new Error('the store is empty right after it was initialised');
  return made;
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
