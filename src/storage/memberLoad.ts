/** Reads everything back at start, and checks that it hangs together. */
import type { RowTable, StoredRows } from '../machine/rows';
import type { Entry, HardState, LogStart } from '../raft/types';
import { decodeEntry } from './entryCodec';
import { corrupt } from './errors';
import type { Kv, KvTextPair } from './kv';
import {
  FOUNDATION_KEY,
  generationRange,
  HARD_STATE_KEY,
  IDENTITY_KEY,
  indexOfLogKey,
  isOfKnownTable,
  isOfTable,
  LOG_START_KEY,
  logRange,
  ofNoTable,
  rowKeyOf,
  tableOfStateKey,
} from './layout';
import { decodeApplied, decodeFoundation, decodeHardState, decodeIdentity, decodePosition } from './recordCodec';
import type { Identity } from './recordCodec';
import { CHECKSUM_CHARACTERS, checkRowValue, storedChecksum } from './rowCodec';

/** Called with all rows, table by table (in the order of their letters: ROW_TABLES of machine/rows), in the order of the keys' bytes. */
export type RowListener = (rows: StoredRows) => void;

/** What storage found; see RestoredState in raft/types.ts. */
export interface LoadedState {
  readonly hardState: HardState;
  readonly start: LogStart;
  /** After `start.index`, without holes. */
  readonly entries: Entry[];
  /** Up to where the rows are. */
  readonly applied: number;
  /** Undefined: the store was never initialised, and is empty. */
  readonly identity: Identity | undefined;
}

const NO_PAIR: KvTextPair = ['', ''];

const NOTHING: LoadedState = {
  hardState: { term: 0, votedFor: undefined, commit: 0 },
  start: { index: 0, term: 0, configuration: { voters: [], learners: [] } },
  entries: [],
  applied: 0,
  identity: undefined,
};

/**
 * Rejects with StorageError, of kind corrupt if what is stored does not fit together.
 * @param tail entries up to the applied index that are loaded at least, if there are as many
 */
export async function loadMember(kv: Kv, generation: number, onRows: RowListener, tail: number): Promise<LoadedState> {
  const identity = await kv.get(IDENTITY_KEY);
  if (identity === undefined) return NOTHING;
  const [hardState, start] = await Promise.all([kv.get(HARD_STATE_KEY), kv.get(LOG_START_KEY)]);
  if (hardState === undefined || start === undefined) throw corrupt('the hard state or the log start is missing');
  const stored = decodePosition('logStart', start);
  const foundation = await kv.get(FOUNDATION_KEY);
  const loaded = {
    identity: {
      ...decodeIdentity(identity),
      foundation: foundation === undefined ? undefined : decodeFoundation(foundation),
    },
    hardState: decodeHardState(hardState),
  };
  const applied = await loadRows(kv, generation, onRows);
  const log = (await loadTail(kv, stored, applied, tail)) ?? { start: stored, entries: await loadEntries(kv, stored) };
  checkTogether(log.start, log.entries, applied.index);
  return { ...loaded, ...log, applied: applied.index };
}

/**
 * The last `tail` entries up to the applied index and all that follow: old ones would only serve members that are far behind.
 * Undefined if there are no more than that, or if it is not known who was a member where they begin: no entry from there to
 * the applied index may say who is.
 */
async function loadTail(
  kv: Kv,
  stored: LogStart,
  applied: LogStart,
  tail: number,
): Promise<Pick<LoadedState, 'start' | 'entries'> | undefined> {
  const index = applied.index - tail;
  if (index <= stored.index) return undefined;
  const [first, ...entries] = await loadEntries(kv, { index: index - 1, term: stored.term });
  if (first === undefined) return undefined;
  if (entries.some((entry) => entry.kind === 'configuration' && entry.index <= applied.index)) return undefined;
  return { start: { index, term: first.term, configuration: applied.configuration }, entries };
}

/** Answers the applied record: up to where the rows are. */
async function loadRows(kv: Kv, generation: number, onRows: RowListener): Promise<LogStart> {
  const applied = await loadGeneration(kv, generation, onRows);
  if (applied === undefined) throw corrupt('the applied record is missing');
  return applied;
}

/**
 * All rows of a generation. Answers its applied record; one that is being received has none yet. Rejects with StorageError; for rows
 * of a table that is not known only after all others: the one that says of which version they are may be among these.
 */
export async function loadGeneration(
  kv: Pick<Kv, 'scanText'>,
  generation: number,
  onRows: RowListener,
): Promise<LogStart | undefined> {
  let applied: LogStart | undefined;
  let allKnown = true;
  for await (const pairs of kv.scanText(generationRange(generation))) {
    for (let at = 0; at < pairs.length;) {
      const [storedKey, stored] = pairs[at] ?? NO_PAIR;
      if (!isOfKnownTable(storedKey)) {
        allKnown = false;
        at += 1;
        continue;
      }
      const table = tableOfStateKey(storedKey);
      if (table === undefined) {
        applied = decodeApplied(stored);
        at += 1;
      } else {
        const rows = rowsOfTable(table, pairs, at);
        onRows(rows);
        at += rows.keys.length;
      }
    }
  }
  if (!allKnown) throw ofNoTable();
  return applied;
}

/**
 * What there is of `table` from `start` on. Nodes come with the checksums that are stored: every byte on disk was verified
 * when the database was opened, and comparing a million of them can wait until the member is up (member/scrub.ts).
 */
function rowsOfTable(table: RowTable, pairs: readonly KvTextPair[], start: number): StoredRows {
  const keys: string[] = [];
  const values: string[] = [];
  const checksums: number[] = [];
  for (let at = start; at < pairs.length; at += 1) {
    const [storedKey, stored] = pairs[at] ?? NO_PAIR;
    if (!isOfTable(table, storedKey)) break;
    const key = rowKeyOf(storedKey);
    keys.push(key);
    values.push(stored.slice(CHECKSUM_CHARACTERS));
    checksums.push(table === 'node' ? storedChecksum(stored) : checkRowValue(table, key, stored));
  }
  return { table, keys, values, checksums };
}

async function loadEntries(kv: Kv, start: Pick<LogStart, 'index' | 'term'>): Promise<Entry[]> {
  const entries: Entry[] = [];
  let { index, term } = start;
  // Entries say themselves which they are, so their keys are not needed.
  for await (const pairs of kv.scan(logRange(start.index + 1), { keys: false })) {
    for (const pair of pairs) {
      const entry = decodeEntry(index + 1, pair[1]);
      if (entry.term < term) throw corrupt(`log entry ${entry.index} has a lower term than the one before it`);
      entries.push(entry);
      ({ index, term } = entry);
    }
  }
  return entries;
}

function checkTogether(start: LogStart, entries: readonly Entry[], applied: number): void {
  const lastIndex = start.index + entries.length;
  if (applied < start.index) throw corrupt(`the log starts after ${start.index}, but the rows are only at ${applied}`);
  if (applied > lastIndex) throw corrupt(`the rows are at ${applied}, but the log ends at ${lastIndex}`);
}

/** The oldest entry that is stored at or before `index`; undefined if none is. */
export async function oldestEntryUpTo(kv: Kv, index: number): Promise<number | undefined> {
  for await (const pairs of kv.scan(logRange(0, index + 1), { values: false })) {
    for (const [key] of pairs) return indexOfLogKey(key);
  }
  return undefined;
}
