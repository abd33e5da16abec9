/**
 * Reads RocksDB's write-ahead logs before they are replayed. The binding opens with `paranoid_checks` off, so RocksDB skips a
 * record with a wrong checksum and applies the ones after it: acknowledged batches would vanish without a word. What is found
 * here is judged in logVerdict.ts.
 *
 * A batch begins with its sequence number (8) and its number of operations (4), little-endian, so each batch says where the
 * next one must go on. An operation is a type (1), a key, and for a put a value, both as a length and as many bytes.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { corrupt } from './errors';
import { fileError } from './fileError';
import { withWindow } from './fileWindow';
import { readLog, type DamageShape, type LogBytes } from './logFormat';
import type { LiveFiles } from './manifest';
import type { TornEnd } from './tornEnd';
import { ByteReader } from '../bytes/byteReader';

const BATCH_HEADER_BYTES = 12;
const DELETION = 0;
const PUT = 1;

/** What the logs hold, up to the first thing that cannot be read and after it. */
export interface LogFacts {
  /** The last operation of which it is sure that it and all before it are there. */
  readonly end: number;
  readonly gap: LogGap | undefined;
}

export interface LogGap {
  /** Where, in words. */
  readonly where: string;
  readonly shape: DamageShape;
  /** A batch that was to be synced comes after it. */
  readonly isBeforeSynced: boolean;
  /**
   * A batch that was synced comes after it, and another one after that: the first of the two was acknowledged, and with it
   * what is missing. The last batch of all proves nothing: its sync may have been under way when the power failed.
   */
  readonly isBeforeAcknowledged: boolean;
  /** What has to be cut for the logs to end before it. */
  readonly ends: readonly TornEnd[];
}

/**
 * @param path of the database
 * @param isSynced whether a put of this key is only ever in a synced batch
 */
export async function readWriteAheadLogs(
  path: string,
  live: LiveFiles,
  isSynced: (key: Uint8Array) => boolean,
): Promise<LogFacts> {
  const scan = new LogScan(live.flushed, isSynced);
  for (const name of await liveLogs(path, live)) {
    await withWindow(join(path, name), (file) => {
      scan.read(join(path, name), name, file);
    });
  }
  return scan.facts();
}

async function liveLogs(path: string, live: LiveFiles): Promise<readonly string[]> {
  try {
    const names = await readdir(path);
    return names
      .filter((name) => /^\d+\.log$/.test(name) && parseInt(name, 10) >= live.firstLog)
      .sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
  } catch (error) {
    throw fileError(error, 'cannot read', path);
  }
}

/** Looks through the logs of a database, one after the other. */
export class LogScan {
  private end: number;
  private gap: Pick<LogGap, 'where' | 'shape'> | undefined;
  private readonly ends: TornEnd[] = [];
  private isBeforeSynced = false;
  private isBeforeAcknowledged = false;

  /**
   * @param flushed the last operation before the first log
   * @param isSynced whether a put of this key is only ever in a synced batch
   */
  constructor(
    flushed: number,
    private readonly isSynced: (key: Uint8Array) => boolean,
  ) {
    this.end = flushed;
  }

  read(path: string, name: string, file: LogBytes): void {
    const opened = (at: number, shape: DamageShape, what: string): void => {
      if (this.gap !== undefined) return;
      this.gap = { where: `${name} ${what}`, shape };
      this.ends.push({ file: path, at, size: file.size });
    };
    if (this.gap !== undefined && file.size > 0) this.ends.push({ file: path, at: 0, size: file.size });
    let isFirst = true;
    readLog(file, {
      onDamage: ({ at, shape }) => {
        opened(at, shape, `is unreadable at byte ${at}`);
        isFirst = false;
      },
      onPayload: (pieces, at) => {
        const { sequence, count } = headerOf(name, pieces);
        // The end of the log before may be missing without a trace; within one file nothing can.
        if (sequence > this.end + 1) {
          opened(at, isFirst ? 'torn' : 'broken', `goes on with write ${sequence}, expected ${this.end + 1}`);
        }
        if (this.gap === undefined) this.end = Math.max(this.end, sequence + count - 1);
        else this.follows(name, pieces);
        isFirst = false;
      },
    });
  }

  facts(): LogFacts {
    const { end, gap, ends, isBeforeSynced, isBeforeAcknowledged } = this;
    return { end, gap: gap && { ...gap, isBeforeSynced, isBeforeAcknowledged, ends } };
  }

  private follows(name: string, pieces: readonly Buffer[]): void {
    if (this.isBeforeSynced) this.isBeforeAcknowledged = true;
    else this.isBeforeSynced = hasSyncedPut(name, Buffer.concat(pieces), this.isSynced);
  }
}

/** Without putting all of the batch together, if that can be helped. */
function headerOf(name: string, pieces: readonly Buffer[]): { readonly sequence: number; readonly count: number } {
  const [first] = pieces;
  const batch = first !== undefined && first.length >= BATCH_HEADER_BYTES ? first : Buffer.concat(pieces);
  if (batch.length < BATCH_HEADER_BYTES) throw cutShort(name);
  return { sequence: Number(batch.readBigUInt64LE(0)), count: batch.readUInt32LE(8) };
}

function hasSyncedPut(name: string, batch: Buffer, isSynced: (key: Uint8Array) => boolean): boolean {
  const reader = new ByteReader(batch.subarray(BATCH_HEADER_BYTES), () => cutShort(name));
  while (!reader.atEnd) {
    const type = reader.varint();
    if (type !== PUT && type !== DELETION) throw corrupt(`the write-ahead log ${name} holds an unknown operation`);
    const key = reader.bytes();
    if (type === DELETION) continue;
    reader.skip(reader.varint());
    if (isSynced(key)) return true;
  }
  return false;
}

function cutShort(name: string): Error {
  return corrupt(`the write-ahead log ${name} holds a batch that is cut short`);
}
