/** Makes the data directory of a member of a new cluster from a snapshot. */
import { createHash } from 'node:crypto';
import type { FoundingMember } from '../member/bootstrap';
import { clusterIdOf, foundationOf, memberIdOf } from '../member/identity';
import type { LogStart } from '../raft/types';
import { fillDataDirectory, refuseTaken } from '../storage/fillDirectory';
import { StorageError } from '../storage/errors';
import type { ReportingKv } from '../storage/rocks';
import type { Identity } from '../storage/recordCodec';
import type { StoredRow } from '../storage/stateChunk';
import { LoadedState } from './loadedState';
import { droppedRows, keptRows } from './newCluster';
import type { SnapshotListener, StateSource } from './openFile';
import { StateFiller } from './stateFiller';
import { TtlCount, type Ttls } from './ttlCount';

/** When keys with a TTL go: at their date, or once what was left of them at the snapshot has passed since `atMs`. */
export type TtlRule = { readonly kind: 'keep-date' } | { readonly kind: 'keep-left'; readonly atMs: number };

export interface RestoreOptions {
  readonly dataDir: string;
  /** Which of the members the directory is for. */
  readonly name: string;
  readonly members: readonly FoundingMember[];
  readonly token: string;
  /** How far the indexes of the new cluster are above those of the snapshot. */
  readonly bumpIndex: number;
  readonly ttl: TtlRule;
  /** The time of this machine, for what is said of TTLs; nothing of the state depends on it. */
  readonly nowMs: number;
  /** Told what will be made, before anything is; what it rejects with ends the restore. */
  readonly onPlanned?: (report: RestoreReport) => Promise<void>;
  /** Told right before the directory is filled, and once its state is whole, while no other process does anything to it. */
  readonly onBegin?: () => Promise<void>;
  readonly onDone?: () => Promise<void>;
  /** Told how far each of the two readings is. */
  readonly progressOf?: (what: 'checking' | 'restoring') => Pick<SnapshotListener, 'header' | 'progress'>;
}

export interface RestoreReport extends Ttls {
  readonly memberId: string;
  readonly clusterId: string;
  /** X-Etcd-Index of the new cluster at its beginning. */
  readonly etcdIndex: number;
  /** Keys and directories, with the root and what is hidden, as the totals of the file count them. */
  readonly keys: number;
}

/** The new cluster cannot be made like that; the message says why. */
export class RestoreError extends Error {
  override readonly name = 'RestoreError';
}

/** Whether a directory can be filled there. Rejects with StorageError if not. */
export async function refuseTakenDirectory(path: string): Promise<void> {
  await refuseTaken(path);
}

/** What one member begins with, apart from the rows that stay as they are. */
interface Beginning {
  readonly identity: Identity;
  readonly start: LogStart;
  /** Of the new members; they replace those of the snapshot. */
  readonly rows: readonly StoredRow[];
  readonly report: RestoreReport;
  readonly sha256: string;
}

/** Indexes are stored in 48 bits; from here no cluster ever counts so far. */
const INDEX_MAX = 2 ** 47;

/**
 * The file is read twice: once to know that it is a state that can be used, before anything is made, and once to store it. Members that are
 * restored from one file with the same options (but for `name` and `dataDir`) have the same state, byte for byte, and the same new ids.
 * Rejects with SnapshotDamage, RestoreError, StorageError or FeatureLevelError.
 */
export async function restore(file: StateSource, options: RestoreOptions): Promise<RestoreReport> {
  // Before a file is read that may be long; it is looked at again before anything is made.
  await refuseTaken(options.dataDir);
  const { identity, start, rows, report, sha256 } = await plan(file, options);
  await options.onPlanned?.(report);
  try {
    const fill = async (kv: ReportingKv): Promise<void> => {
      const filler = await StateFiller.begin(kv, identity, start);
      const again = await readKept(file, options, 'restoring', (kept) => filler.add(kept));
      if (again.sha256 !== sha256)
        throw new RestoreError('the file was changed while it was read; run the command again');
      await filler.add(rows);
      await filler.finish();
    };
    await fillDataDirectory({ path: options.dataDir }, { begin: options.onBegin, fill, done: options.onDone });
  } catch (error) {
    throw withAdvice(error, options.dataDir);
  }
  return report;
}

/** The storage speaks to who runs a member, and would have it started again: there is none yet. */
export function withAdvice(error: unknown, dataDir: string): unknown {
  if (!(error instanceof StorageError) || error.kind !== 'full') return error;
  const advice = 'make room and run the command again; no member starts from what is there now';
  return new StorageError('full', `no space left for ${dataDir}: ${advice}`, error);
}

async function plan(file: StateSource, options: RestoreOptions): Promise<Beginning> {
  const state = new LoadedState();
  // What does not go over is looked at too: what `verify` refuses is not restored.
  const others = new LoadedState();
  const ttls = new TtlCount(options.nowMs);
  const { header, sha256 } = await readKept(file, options, 'checking', (rows, dropped) => {
    state.add(rows);
    ttls.add(rows);
    others.add(dropped);
    return Promise.resolve();
  });
  state.finish();
  const { machine } = state;
  const { bumpIndex, token, name } = options;
  const index = machine.keySpace.index + bumpIndex;
  const first = Math.max(index, header.index + bumpIndex);
  if (first > INDEX_MAX) {
    throw new RestoreError(
      `the indexes would begin at ${first}, and the most is ${INDEX_MAX}; give a smaller --bump-index`,
    );
  }
  const salt = saltOf(sha256, options);
  const members = options.members.map((member) => ({ ...member, id: memberIdOf(member.peerURLs, token, salt) }));
  const memberId = members.find((member) => member.name === name)?.id;
  if (memberId === undefined) throw new RestoreError(`no member of the new cluster is named ${JSON.stringify(name)}`);
  machine.refound(members, index);
  const ids = members.map(({ id }) => id);
  const configuration = { voters: [...ids].sort(), learners: [] };
  const start = { index: header.index + bumpIndex, term: header.term + 1, configuration };
  const foundation = foundationOf({ ...start, members: machine.cluster.members(), tree: machine.digest() });
  const clusterId = clusterIdOf(ids);
  const rows = machine
    .takeRows()
    .flatMap(({ table, key, value }): StoredRow[] =>
      value === undefined ? [] : [{ table, key, value: String(value) }],
    );
  const { keysWithTtl, ttlsOver } = ttls;
  const keys = machine.keySpace.tree.size + 1;
  const report = { memberId, clusterId, etcdIndex: machine.keySpace.index, keys, keysWithTtl, ttlsOver };
  return { identity: { memberId, clusterId, foundation }, start, rows, report, sha256 };
}

/** Reads all of it and hands on the rows that stay, some at a time. */
async function readKept(
  file: StateSource,
  { ttl, progressOf }: RestoreOptions,
  what: 'checking' | 'restoring',
  take: (kept: readonly StoredRow[], dropped: readonly StoredRow[]) => Promise<void>,
): Promise<{ readonly header: { readonly index: number; readonly term: number }; readonly sha256: string }> {
  const shown = progressOf?.(what);
  let shiftMs = 0;
  let waiting: StoredRow[] = [];
  let dropped: StoredRow[] = [];
  const { header, totals } = await file.read({
    ...shown,
    header: (found) => {
      shown?.header?.(found);
      if (ttl.kind === 'keep-left') shiftMs = ttl.atMs - found.takenAtMs;
    },
    rows: (rows) => {
      for (const row of keptRows(rows, shiftMs)) waiting.push(row);
      for (const row of droppedRows(rows)) dropped.push(row);
    },
    pause: async () => {
      const [kept, others] = [waiting, dropped];
      [waiting, dropped] = [[], []];
      if (kept.length + others.length > 0) await take(kept, others);
    },
  });
  return { header, sha256: totals.sha256 };
}

/** No other restore makes the same ids, nor did the cluster that the snapshot is of: what belongs to them is never taken for its own. */
function saltOf(sha256: string, { bumpIndex, ttl }: RestoreOptions): string {
  return createHash('sha256')
    .update(JSON.stringify([sha256, bumpIndex, ttl]))
    .digest('hex');
}
