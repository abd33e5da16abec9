/**
 * Reads RocksDB's manifest: which files count. A crash leaves others behind, half written, that must not be taken for damage.
 * The manifest is a log (logFormat.ts) of edits; an edit is a list of tags and their fields.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { corrupt } from './errors';
import { withWindow } from './fileWindow';
import { readLog, type LogListener } from './logFormat';
import { VarintReader } from './varints';

export interface LiveFiles {
  /** File numbers of the tables. */
  readonly tables: ReadonlySet<number>;
  /** Logs with lower numbers are no longer replayed. */
  readonly firstLog: number;
}

const LOG_NUMBER = 2;
const DELETED_FILE = 6;
const NEW_FILE = 103;
const END_OF_FILE_FIELDS = 1;
/** Tags with this bit may be skipped: their one field is text. */
const SKIPPABLE = 1 << 13;

/** What to step over for the tags that are of no interest: n is a number, t is text. */
const FIELDS: ReadonlyMap<number, string> = new Map([
  [1, 't'], // comparator
  [3, 'n'], // next file number
  [4, 'n'], // last sequence number
  [5, 'nt'], // where the next compaction of a level begins
  [9, 'n'], // previous log
  [10, 'n'], // the log needed by prepared transactions
  [200, 'n'], // column family
  [201, 't'], // new column family
  [203, 'n'], // highest column family
  [300, 'n'], // edits left in an atomic group
]);

/** Undefined if there is no database, or it is for the engine to say what is wrong. Rejects with StorageError of kind corrupt. */
export async function readLiveFiles(path: string): Promise<LiveFiles | undefined> {
  const current = await readFile(join(path, 'CURRENT'), 'utf8').catch(() => '');
  const name = /^(MANIFEST-\d+)\n$/.exec(current)?.[1];
  const edits = name === undefined ? undefined : await editsOf(join(path, name));
  if (name === undefined || edits === undefined) return undefined;
  const tables = new Set<number>();
  let firstLog = 0;
  for (const edit of edits) firstLog = Math.max(firstLog, applyEdit(name, edit, tables));
  return { tables, firstLog };
}

/** Undefined if something is damaged: the engine verifies its manifest, and knows which end of it may be. */
async function editsOf(path: string): Promise<readonly Buffer[] | undefined> {
  const edits: Buffer[] = [];
  const damage: number[] = [];
  const listener: LogListener = {
    onPayload: (pieces) => edits.push(Buffer.concat(pieces)),
    onDamage: (at) => damage.push(at),
  };
  try {
    await withWindow(path, (file) => {
      readLog(file, listener);
    });
  } catch {
    return undefined;
  }
  return damage.length === 0 ? edits : undefined;
}

/** Adds and removes tables; answers the log number of the edit, 0 if it has none. */
function applyEdit(name: string, bytes: Buffer, tables: Set<number>): number {
  const damaged = (): Error => corrupt(`the file ${name} cannot be understood`);
  const reader = new VarintReader(bytes, 0, bytes.length, damaged);
  let log = 0;
  while (!reader.done) {
    const tag = reader.number();
    if (tag === LOG_NUMBER) log = reader.number();
    else if (tag === DELETED_FILE) {
      reader.number();
      tables.delete(reader.number());
    } else if (tag === NEW_FILE) tables.add(readNewFile(reader));
    else if ((tag & SKIPPABLE) !== 0) reader.skipText();
    else skipFields(reader, FIELDS.get(tag), damaged);
  }
  return log;
}

function skipFields(reader: VarintReader, fields: string | undefined, damaged: () => Error): void {
  if (fields === undefined) throw damaged();
  for (const field of fields) {
    if (field === 't') reader.skipText();
    else reader.number();
  }
}

/** Level, number, size, smallest and largest key and sequence number, then tagged text until a tag ends it. */
function readNewFile(reader: VarintReader): number {
  reader.number();
  const file = reader.number();
  reader.number();
  reader.skipText();
  reader.skipText();
  // A sequence number takes up to 56 bits.
  reader.number();
  reader.number();
  while (reader.number() !== END_OF_FILE_FIELDS) reader.skipText();
  return file;
}
