import { AuthRows } from './auth/authRows';
import { AuthState } from './auth/authState';
import type { AuthResult } from './auth/result';
import { faultOfBatch, faultOfLevel } from './batchRules';
import { DecodeError } from './bytes';
import { decodeChange, loadMemberRow, takeMemberRows, type ProposedChange } from './cluster/clusterRows';
import { applyClusterChange } from './cluster/clusterChanges';
import { isClusterKey } from './cluster/clusterKeys';
import { ClusterState, compareIds } from './cluster/clusterState';
import { Integrity } from './cluster/integrity';
import type { Command } from './command';
import { decodeBatch } from './commandCodec';
import { kindOf } from './commands/table';
import { FEATURE_LEVEL } from './features';
import type { KeyResult } from './keyspace/event';
import type { HistoryBounds } from './keyspace/history';
import { KeySpace } from './keyspace/keySpace';
import { KeySpaceRows } from './keyspace/keySpaceRows';
import type { MachineState } from './machineState';
import { decodeMeta, encodeMeta } from './metaRow';
import type { Row, StoredRows } from './rows';

/** What commands answer, if anything. */
export type CommandResult = KeyResult | AuthResult;

/** What applying one batch of commands gave: one result each, in order; undefined for commands that answer nothing. */
export interface Applied {
  readonly origin: string;
  readonly run: number;
  readonly sequence: number;
  readonly results: readonly (CommandResult | undefined)[];
  /** What was wrong with the entry: it had no effect, on any member. */
  readonly fault?: string;
}

/** A millisecond's work, about, of each kind. */
const COMMANDS_A_SLICE = 200;
const NODES_A_SLICE = 1000;

/** Who is answered when an entry does not say whose it is. */
const NOBODY = { origin: '', run: 0, sequence: 0, results: [] };

/** A configuration entry whose data are no change of the members: it had no effect on the state, on any member. */
export interface Unreadable {
  readonly fault: string;
}

/**
 * The replicated state machine. Deterministic: machines that were given the same entries in the same order have the same
 * rows, byte for byte. It never acts: answers, rows to store and watchers to notify are there to be taken.
 */
export class Machine implements MachineState {
  readonly keySpace: KeySpace;
  readonly cluster = new ClusterState();
  readonly integrity = new Integrity();
  readonly auth = new AuthState();
  private readonly keyRows: KeySpaceRows;
  private readonly authRows = new AuthRows(this.auth);
  private lastMeta = '';

  /**
   * @param history events kept for watches that begin in the past
   * @param knownLevel the feature level up to which this program can read
   */
  constructor(
    history: HistoryBounds,
    readonly knownLevel = FEATURE_LEVEL,
  ) {
    this.keySpace = new KeySpace(history, isClusterKey);
    this.keyRows = new KeySpaceRows(this.keySpace);
  }

  /**
   * The state of a cluster before its first entry: its members, each of which took an index (spec v2-api section 5). Every
   * founder computes it by itself, so the order in which members and URLs were written down must not show in it.
   */
  bootstrap(members: readonly { readonly id: string; readonly peerURLs: readonly string[] }[]): void {
    for (const { id, peerURLs } of [...members].sort((a, b) => compareIds(a.id, b.id))) {
      applyClusterChange(this, { type: 'addMember', id, peerURLs: [...peerURLs].sort(), learner: false });
    }
  }

  /**
   * What was loaded, without members and history, becomes the first state of a new cluster with these ones. Indexes go on after `index`: who
   * watches from one at or before it is told that the history is gone.
   */
  refound(members: readonly { readonly id: string; readonly peerURLs: readonly string[] }[], index: number): void {
    this.keySpace.restoreIndex(index);
    this.bootstrap(members);
  }

  /** What members compare to know whether they have the same keys, users and roles. */
  digest(): string {
    const auth = this.authRows.digest();
    return `${this.keyRows.digest()}-${this.keySpace.index}${auth === '' ? '' : `-${auth}`}`;
  }

  /**
   * The data of a command entry. What cannot be read, or breaks a rule (commandRules), has no effect: the leader keeps such
   * entries out of the log, but one that is in it must neither end all members nor make them differ. Commands of a level that
   * is not in force yet are among them, also for a program that knows them.
   * @throws FeatureLevelError if this entry raises the level beyond what this program reads: the member must stop
   */
  apply(data: Uint8Array): Applied {
    return finished(this.applying(data));
  }

  /**
   * The same up to a command before which `mayGoOn` says no, for a state of the past. It is asked before each command, and before each node
   * that expires. No member ends in the middle of an entry: what comes out must not be given further entries.
   */
  applyWhile(data: Uint8Array, mayGoOn: (next: Command) => boolean): Applied {
    return finished(this.applying(data, mayGoOn));
  }

  /**
   * The same a slice at a time. Between the slices whoever reads finds each command either carried out or not; nothing else may
   * be applied, and no rows may be taken, before it is done.
   */
  *applying(data: Uint8Array, mayGoOn: (next: Command) => boolean = always): Generator<undefined, Applied, undefined> {
    const batch = readOrFault(data, decodeBatch);
    if ('fault' in batch) return { ...NOBODY, fault: batch.fault };
    const { origin, run, sequence, commands } = batch;
    const fault = faultOfLevel(commands, this.cluster.level) ?? faultOfBatch(batch);
    if (fault !== undefined) return { origin, run, sequence, results: [], fault };
    const results: (CommandResult | undefined)[] = [];
    for (const command of commands) {
      if (!mayGoOn(command)) break;
      const kind = kindOf(command);
      if (kind.steps !== undefined) {
        let count = 0;
        for (const _step of kind.steps(this, command)) {
          if (++count % COMMANDS_A_SLICE === 0) yield;
          yield* this.releasing();
          if (!mayGoOn(command)) break;
        }
      }
      results.push(kind.execute(this, command));
      yield* this.releasing();
      if (results.length % COMMANDS_A_SLICE === 0) yield;
    }
    return { origin, run, sequence, results };
  }

  /** The data of a configuration entry; as with commands, what cannot be read has no effect on the state. */
  applyConfiguration(data: Uint8Array): ProposedChange | Unreadable {
    const proposed = readOrFault(data, decodeChange);
    if (!('fault' in proposed)) applyClusterChange(this, proposed.change);
    return proposed;
  }

  /** Rows that changed since the last call; storing them all at once brings a stored state from then to now. */
  takeRows(): Row[] {
    return finished(this.takingRows());
  }

  /** What the state costs in memory, nearly. */
  get bytes(): number {
    return this.keySpace.tree.bytes + this.authRows.bytes;
  }

  /** About how many rows there are to be taken. */
  get changedRows(): number {
    return this.keySpace.tree.changed;
  }

  /** The same a slice at a time; nothing may be applied before it is done. */
  *takingRows(): Generator<undefined, Row[], undefined> {
    const rows: Row[] = [];
    yield* this.keyRows.taking(rows);
    takeMemberRows(this.cluster, rows);
    this.authRows.take(rows);
    const meta = this.metaRow();
    if (meta !== this.lastMeta) {
      this.lastMeta = meta;
      rows.push({ table: 'meta', key: '', value: meta });
    }
    return rows;
  }

  /** Puts stored rows back; tables in any order, the rows of each in key order. @throws DecodeError */
  loadRows(rows: StoredRows): void {
    const { keys, values } = rows;
    switch (rows.table) {
      case 'node':
        this.keyRows.loadNodes(rows);
        return;
      case 'event':
        keys.forEach((key, at) => {
          this.keyRows.loadEvents(key, values[at] ?? '');
        });
        return;
      case 'member':
        keys.forEach((key, at) => {
          loadMemberRow(this.cluster, key, values[at] ?? '');
        });
        return;
      case 'meta':
        keys.forEach((key, at) => {
          const value = values[at] ?? '';
          if (key === '') this.loadMeta(value);
          else this.authRows.load(key, value);
        });
        return;
    }
  }

  /** All rows are back. */
  loaded(): void {
    this.keyRows.loaded();
    this.lastMeta = this.metaRow();
  }

  /** See KeySpaceRows. */
  damagedNodes(): Iterator<string | undefined, void, undefined> {
    return this.keyRows.damagedNodes();
  }

  private *releasing(): Generator<undefined, void, undefined> {
    while (this.keySpace.isReleasing) {
      yield;
      this.keySpace.release(NODES_A_SLICE);
    }
  }

  private metaRow(): string {
    const { version, level } = this.cluster;
    return encodeMeta({ index: this.keySpace.index, version, level, doubt: this.integrity.doubt });
  }

  private loadMeta(value: string): void {
    const { index, version, level, doubt } = decodeMeta(value, this.knownLevel);
    this.keySpace.restoreIndex(index);
    this.cluster.restoreVersion(version);
    this.cluster.restoreLevel(level);
    this.integrity.restoreDoubt(doubt);
  }
}

function always(): boolean {
  return true;
}

/** All slices at once. */
function finished<T>(slices: Generator<undefined, T, undefined>): T {
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
  }
}

function readOrFault<T>(data: Uint8Array, read: (data: Uint8Array) => T): T | Unreadable {
  try {
    return read(data);
  } catch (error) {
    if (error instanceof DecodeError) return { fault: error.message };
    throw error;
  }
}
