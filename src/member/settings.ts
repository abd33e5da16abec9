import type { SettingsChange } from '../machine/cluster/clusterSettings';
import { COMMAND_OVERHEAD_BYTES } from '../machine/commandCodec';
import { COMMAND_BYTES_MAX } from '../platform/sizes';

/** What a member needs to know about itself and its limits. */
export interface MemberSettings {
  readonly name: string;
  readonly clientURLs: readonly string[];
  /** The API version it publishes. */
  readonly version: string;
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  /** How often the members compare their states. */
  readonly integrityIntervalMs: number;
  /** Applied entries that stay in the log for followers that are behind. */
  readonly snapshotCount: number;
  /** How large the store may become; 0: no limit. See quota.ts. */
  readonly quotaBytes?: number;
  /** Bytes of log kept in memory; LOG_BYTES_MAX if absent. */
  readonly logBytesMax?: number;
  /** Changes of the membership that would leave no quorum of members that answer are refused. */
  readonly strictReconfigCheck: boolean;
  /** Settings for a cluster that has none; see firstSettings.ts. */
  readonly clusterSettings?: SettingsChange | undefined;
}

/** The part of a pino logger that a member uses. */
export interface MemberLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Bytes of commands in one log entry; more commands of the same turn go into the next entry. */
export const ENTRY_BYTES_MAX = 1024 * 1024;
/** So many commands fit at the most, because each counts with what it takes beside its path and value. */
export const ENTRY_COMMANDS_MAX = ENTRY_BYTES_MAX / COMMAND_OVERHEAD_BYTES;
/** Bytes of one entry the core accepts: one command that is larger than ENTRY_BYTES_MAX travels alone. */
export const SINGLE_COMMAND_BYTES_MAX = COMMAND_BYTES_MAX;
/** Commands that wait for their turn or their commit; more are refused. */
export const PROPOSALS_MAX = 50_000;
/** Bytes of these, about: one more is refused. One is always let in. */
export const PROPOSAL_BYTES_MAX = 128 * 1024 * 1024;
/** A command of so many bytes, about, is long: it waits for those before it, and short ones pass it. */
export const LONG_COMMAND_BYTES = 64 * 1024;
/**
 * Bytes of long commands of this member that are on their way through the log at once; one always may be. It is what can be
 * replicated and stored in a fraction of an election timeout, so that others do not wait long behind it.
 */
export const LONG_IN_FLIGHT_BYTES = 4 * 1024 * 1024;
/** Linearizable reads that wait; more are refused. */
export const READS_MAX = 50_000;
/** Membership changes that wait; more are refused. */
export const CHANGES_MAX = 100;
/** Bytes of log kept in memory; compaction goes below `snapshotCount` entries when they are large. */
export const LOG_BYTES_MAX = 128 * 1024 * 1024;
/** How often the leader looks for keys that are due. */
export const EXPIRY_INTERVAL_MS = 500;
/** How often some more of what was loaded is compared with its checksums. */
export const SCRUB_INTERVAL_MS = 200;
/** Keys that expire in one entry. */
export const EXPIRE_MAX = 1000;
/** Changed rows ride along with a batch at most this often: a key that is written again meanwhile is one row less. */
export const ROW_INTERVAL_MS = 10;
/**
 * Bytes of rows that go to the disk in a millisecond, on average, as long as that makes none wait longer than the time below: rows
 * of long values are several times as long as the entries, for which callers wait, and of what is written again most is never needed.
 */
export const ROW_BYTES_A_MS = 16 * 1024;
export const ROW_INTERVAL_MAX_MS = 3000;
/** What applying entries, and collecting rows, may take of a turn; heartbeats and reads come in between. */
export const APPLY_MAX_MS = 10;
/** The same in entries, or slices of long ones: simulated time stands still while a member works. */
export const APPLY_SLICES_MAX = 100;
/** Rows of an idle member are stored after this time. */
export const ROW_FLUSH_DELAY_MS = 50;
/** What a write may take on top of two elections, as in etcd. */
export const REQUEST_TIMEOUT_BASE_MS = 5000;

/** How long a proposal or a linearizable read may take before its caller hears that it timed out. */
export function requestTimeoutMs(settings: MemberSettings): number {
  return REQUEST_TIMEOUT_BASE_MS + 2 * settings.electionTimeoutMs;
}

/** At a start the log is cut shorter than while a member runs: all of it would only serve followers that are far behind. */
const SHARE_OF_LOG_AT_START = 5;

/** Entries up to the applied index that a start keeps of the log. */
export function logTailAtStart(settings: MemberSettings): number {
  return Math.ceil(settings.snapshotCount / SHARE_OF_LOG_AT_START);
}
