/**
 * What can be asked of the state machine through the log. Times are absolute (the proposer's clock), so that applying a
 * command gives the same result on every member. Paths and values are byte strings (see rows.ts); a path is clean: it
 * begins with "/", has no empty, "." or ".." component and no trailing slash; the root is "/".
 */
import type { AuthChange } from './auth/change';
import type { SettingsChange } from './cluster/clusterSettings';

interface KeyCommandBase {
  readonly path: string;
  /** The proposer's clock when the request came in, milliseconds since 1970; what the TTLs in the answer are counted from. */
  readonly nowMs: number;
}

interface Expiring {
  /** When the node is to expire, milliseconds since 1970; undefined: never. */
  readonly expirationMs: number | undefined;
}

interface Refreshing {
  /** Change only the TTL, keep the value, wake no watcher. */
  readonly refresh: boolean;
}

interface Comparing {
  /** Empty: not compared. */
  readonly prevValue: string;
  /** A uint64; 0n: not compared. */
  readonly prevIndex: bigint;
}

/** PUT without conditions: create or replace. */
export interface SetCommand extends KeyCommandBase, Expiring, Refreshing {
  readonly type: 'set';
  readonly dir: boolean;
  readonly value: string;
}

/** PUT prevExist=false, or POST with `inOrder`: the name is then the write's index in 20 digits below `path`. */
export interface CreateCommand extends KeyCommandBase, Expiring {
  readonly type: 'create';
  readonly dir: boolean;
  readonly value: string;
  readonly inOrder: boolean;
}

/** PUT prevExist=true. */
export interface UpdateCommand extends KeyCommandBase, Expiring, Refreshing {
  readonly type: 'update';
  readonly value: string;
}

/** PUT with prevValue or prevIndex. */
export interface CompareAndSwapCommand extends KeyCommandBase, Expiring, Refreshing, Comparing {
  readonly type: 'compareAndSwap';
  readonly value: string;
}

export interface DeleteCommand extends KeyCommandBase {
  readonly type: 'delete';
  readonly dir: boolean;
  readonly recursive: boolean;
}

/** DELETE with prevValue or prevIndex. */
export interface CompareAndDeleteCommand extends KeyCommandBase, Comparing {
  readonly type: 'compareAndDelete';
}

/** A client's write to the key space. */
export type KeyCommand =
  SetCommand | CreateCommand | UpdateCommand | CompareAndSwapCommand | DeleteCommand | CompareAndDeleteCommand;

/** The leader's clock: everything that is due by `nowMs` expires now, on every member (spec v2-api section 5, TTL). */
export interface SyncCommand {
  readonly type: 'sync';
  readonly nowMs: number;
  /** At most so many nodes expire; the leader asks again at once if more are due, so that no turn takes long. */
  readonly expireMax: number;
}

/** A member says how it is called and where its clients reach it. */
export interface PublishCommand {
  readonly type: 'publish';
  readonly memberId: string;
  readonly name: string;
  readonly clientURLs: readonly string[];
  /** The API version it serves, `major.minor.patch`; the lowest of all decides what /version shows for the cluster. */
  readonly version: string;
  /** The feature level that it can read; see features.ts. */
  readonly level: number;
}

/** A member's peer URLs change; its id and vote stay. */
export interface UpdateMemberCommand {
  readonly type: 'updateMember';
  readonly memberId: string;
  readonly peerURLs: readonly string[];
}

/** Every member computes the digest of its tree here. */
export interface CheckpointCommand {
  readonly type: 'checkpoint';
  /** Tells checkpoints apart; below 2^48, not 0. */
  readonly checkpoint: number;
}

/** What a member computed at a checkpoint. */
export interface ReportCommand {
  readonly type: 'report';
  readonly memberId: string;
  readonly checkpoint: number;
  readonly digest: string;
}

/** A change of users, roles, or whether they count. */
export interface AuthCommand {
  readonly type: 'auth';
  readonly change: AuthChange;
}

/** A change of the settings of the cluster. */
export interface SettingsCommand {
  readonly type: 'settings';
  /** They are those of a new cluster: nothing happens where somebody has set some before. */
  readonly onlyIfUnset: boolean;
  readonly change: SettingsChange;
}

/** Everything the log can hold as commands; what there is to know of each kind is in commands/. */
export type Command =
  | KeyCommand
  | SyncCommand
  | PublishCommand
  | UpdateMemberCommand
  | CheckpointCommand
  | ReportCommand
  | AuthCommand
  | SettingsCommand;
