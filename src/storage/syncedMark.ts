/**
 * How far the database was known to be on the disk, in a small file beside its own (`SYNCED`). The write-ahead log cannot say
 * how long it was: cut off, emptied or removed, what is left of it is whole. The mark is written after a batch was synced, so
 * it never says more than is there; a log that ends before it has lost acknowledged writes.
 *
 * Two records take turns, in sectors of their own, so that one is whole whatever happens to the other: counter (8), synced (8),
 * written (8), in an envelope (seal.ts). The kind of the envelope says whether more writes may follow; a program that does not
 * know the second kind goes by the record before.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ByteWriter } from '../bytes/byteWriter';
import { codeOf } from '../platform/errorCode';
import { readerOf } from './bytes';
import { fileError } from './fileError';
import { seal, SEAL_BYTES, unseal } from './seal';

export interface SyncedMark {
  /** Goes up by one with each mark that is written. */
  readonly counter: number;
  /** Every operation up to the one with this sequence number is on the disk. */
  readonly synced: number;
  /** Operations after `synced` and up to this one were written in batches that nobody wanted synced. */
  readonly written: number;
  /** A write failed, and whoever made the mark made no other: nobody was told that anything after `written` was done. */
  readonly isFinal: boolean;
}

/** What there is of the file. */
export type FoundMark = SyncedMark | 'absent' | 'unreadable';

export const MARK_FILE = 'SYNCED';

const SLOT_BYTES = 512;
const SLOTS = 2;
export const MARK_FILE_BYTES = SLOT_BYTES * SLOTS;
const RECORD_BYTES = SEAL_BYTES + 24;
const KIND = 'w';
const FINAL_KIND = 'f';
const WHAT = 'the mark of the last synced write';

/** Where the record of this counter lies in the file. */
export function markPlace(counter: number): number {
  return (counter % SLOTS) * SLOT_BYTES;
}

export function encodeMark({ counter, synced, written, isFinal }: SyncedMark): Buffer {
  const writer = new ByteWriter(RECORD_BYTES).raw(Buffer.alloc(SEAL_BYTES));
  return seal(isFinal ? FINAL_KIND : KIND, writer.u64(counter).u64(synced).u64(written).written);
}

/** @param database its directory. Rejects with StorageError if the mark is there and the system will not read it. */
export async function readMark(database: string): Promise<FoundMark> {
  const path = join(database, MARK_FILE);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'absent';
    throw fileError(error, 'cannot read', path);
  }
  const marks = Array.from({ length: SLOTS }, (_, slot) => decodeSlot(bytes, slot * SLOT_BYTES));
  return marks.reduce(later) ?? 'unreadable';
}

function later(a: SyncedMark | undefined, b: SyncedMark | undefined): SyncedMark | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.counter > a.counter ? b : a;
}

/** Undefined if it was damaged, or never written: the other one counts. */
function decodeSlot(bytes: Buffer, at: number): SyncedMark | undefined {
  return (
    decodeRecord(bytes.subarray(at, at + RECORD_BYTES), false) ??
    decodeRecord(bytes.subarray(at, at + RECORD_BYTES), true)
  );
}

function decodeRecord(bytes: Buffer, isFinal: boolean): SyncedMark | undefined {
  try {
    const reader = readerOf(unseal(isFinal ? FINAL_KIND : KIND, bytes, WHAT), WHAT);
    return { counter: reader.u64(), synced: reader.u64(), written: reader.u64(), isFinal };
  } catch {
    return undefined;
  }
}
