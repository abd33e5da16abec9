/**
 * Reads RocksDB's manifest: which files count. A crash leaves others behind, half written, that must not be taken for damage.
 * The manifest is a log (logFormat.ts) of edits; an edit is a list of tags and their fields.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../platform/errorCode';
import { corrupt, StorageError } from './errors';
import { fileError } from './fileError';
import { withWindow } from './fileWindow';
import { readLog, type Damage, type LogListener } from './logFormat';
import type { TornEnd } from './tornEnd';
import { ByteReader } from '../bytes/byteReader';

export interface LiveFiles {
  /** File numbers of the tables. */
  readonly tables: ReadonlySet<number>;
  /** Logs with lower numbers are no longer replayed. */
  readonly firstLog: number;
  /** Operations up to this sequence number are in tables; the first log that is replayed goes on with the next. */
  readonly flushed: number;
  /** An edit that was under way when the power failed, at the end of the manifest. */
  readonly torn: TornEnd | undefined;
}

const LOG_NUMBER = 2;
const LAST_SEQUENCE = 4;
const DELETED_FILE = 6;
const NEW_FILE = 103;
const END_OF_FILE_FIELDS = 1;
/** Tags with this bit may be skipped: their one field is text. */
const SKIPPABLE = 1 << 13;

/** What to step over for the tags that are of no interest: n is a number, t is text. */
const FIELDS: ReadonlyMap<number, string> = new Map([
  [1, 't'], // comparator
  [3, 'n'], // next file number
  [5, 'nt'], // where the next compaction of a level begins
  [9, 'n'], // previous log
  [10, 'n'], // the log needed by prepared transactions
  [200, 'n'], // column family
  [201, 't'], // new column family
  [203, 'n'], // highest column family
  [300, 'n'], // edits left in an atomic group
]);

/** Undefined if there is no database. Rejects with StorageError of kind corrupt if there is one and it cannot be read. */
export async function readLiveFiles(path: string): Promise<LiveFiles | undefined> {
  const name = await currentManifest(path);
  if (name === undefined) return undefined;
  const { edits, torn } = await editsOf(path, name);
  const files = new Files(name);
  for (const edit of edits) files.apply(edit);
  if (!files.isWhole) throw corrupt(`the file ${name} of the database ends before it says anything`);
  return { tables: files.tables, firstLog: files.firstLog, flushed: files.flushed, torn };
}

/** The manifest that counts, by name; undefined if there is no database. */
async function currentManifest(path: string): Promise<string | undefined> {
  const current = join(path, 'CURRENT');
  let text: string;
  try {
    text = await readFile(current, 'latin1');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw fileError(error, 'cannot read', current);
    if (!(await hasData(path))) return undefined;
    throw corrupt(`the file ${current} is missing, though the database has data`, error);
  }
  const name = /^(MANIFEST-\d+)\n$/.exec(text)?.[1];
  if (name === undefined) throw corrupt(`the file ${current} does not name a manifest`);
  return name;
}

/** Whether a database has been here: one without its CURRENT file would be taken for a new one, over the old files. */
async function hasData(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).some((name) => /^\d+\.(sst|log)$|^MANIFEST-\d+$/.test(name));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw fileError(error, 'cannot read', path);
  }
}

async function editsOf(
  path: string,
  name: string,
): Promise<{ readonly edits: readonly Buffer[]; readonly torn: TornEnd | undefined }> {
  const file = join(path, name);
  const edits: Buffer[] = [];
  let damage: Damage | undefined;
  let size = 0;
  const listener: LogListener = {
    onPayload: (pieces) => {
      if (damage !== undefined) throw corrupt(`the file ${name} is unreadable at byte ${damage.at} and more follows`);
      edits.push(Buffer.concat(pieces));
    },
    onDamage: (found) => {
      if (found.shape === 'broken') throw corrupt(`the file ${name} is unreadable at byte ${found.at}`);
      damage ??= found;
    },
  };
  try {
    await withWindow(file, (window) => {
      size = window.size;
      readLog(window, listener);
    });
  } catch (error) {
    const isMissing = error instanceof StorageError && codeOf(error.cause) === 'ENOENT';
    throw isMissing ? corrupt(`the file ${file} is missing, though CURRENT names it`, error) : error;
  }
  return { edits, torn: damage === undefined ? undefined : { file, at: damage.at, size } };
}

/** What the edits add up to. */
class Files {
  readonly tables = new Set<number>();
  firstLog = 0;
  flushed = 0;
  /** An edit said up to where the database goes: the first of every manifest does when the database is opened. */
  isWhole = false;

  constructor(private readonly name: string) {}

  apply(bytes: Buffer): void {
    const damaged = (): Error => corrupt(`the file ${this.name} cannot be understood`);
    const reader = new ByteReader(bytes, damaged);
    while (!reader.atEnd) {
      const tag = reader.varint();
      if (tag === LOG_NUMBER) this.firstLog = Math.max(this.firstLog, reader.varint());
      else if (tag === LAST_SEQUENCE) this.lastSequence(reader.varint());
      else if (tag === DELETED_FILE) {
        reader.varint();
        this.tables.delete(reader.varint());
      } else if (tag === NEW_FILE) this.newFile(reader);
      else if ((tag & SKIPPABLE) !== 0) reader.skip(reader.varint());
      else skipFields(reader, FIELDS.get(tag), damaged);
    }
  }

  /**
   * The last sequence number that was given when an edit was written. Only in the first edit of a manifest that has one is
   * everything up to it in tables: it is written when the database is opened, after the logs were replayed.
   */
  private lastSequence(sequence: number): void {
    if (!this.isWhole) this.flushed = Math.max(this.flushed, sequence);
    this.isWhole = true;
  }

  /** Level, number, size, smallest and largest key and sequence number, then tagged text until a tag ends it. */
  private newFile(reader: ByteReader): void {
    reader.varint();
    this.tables.add(reader.varint());
    reader.varint();
    reader.skip(reader.varint());
    reader.skip(reader.varint());
    reader.varint();
    this.flushed = Math.max(this.flushed, reader.varint());
    while (reader.varint() !== END_OF_FILE_FIELDS) reader.skip(reader.varint());
  }
}

function skipFields(reader: ByteReader, fields: string | undefined, damaged: () => Error): void {
  if (fields === undefined) throw damaged();
  for (const field of fields) {
    if (field === 't') reader.skip(reader.varint());
    else reader.varint();
  }
}
