/**
 * Looks for holes in RocksDB's write-ahead logs before they are replayed. The binding opens with `paranoid_checks` off, so
 * RocksDB skips a record with a wrong checksum and applies the ones after it: acknowledged batches would vanish without a
 * word. A damaged end is different: that is what a power cut leaves of a write nobody was told about.
 *
 * A batch begins with its sequence number (8) and its number of operations (4), little-endian, so each batch says where the
 * next one must go on.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { corrupt } from './errors';
import { withWindow, type FileWindow } from './fileWindow';
import { readLog } from './logFormat';
import type { LiveFiles } from './manifest';

const BATCH_HEADER_BYTES = 12;

interface Progress {
  /** Where something could not be read; more data after it means a hole. */
  damage: string | undefined;
  /** The sequence number the next batch must have; undefined before the first. */
  nextSequence: bigint | undefined;
}

/** Rejects with StorageError of kind corrupt. */
export async function checkWriteAheadLogs(path: string, live: LiveFiles): Promise<void> {
  const progress: Progress = { damage: undefined, nextSequence: undefined };
  const logs = (await readdir(path)).filter((name) => /^\d+\.log$/.test(name) && parseInt(name, 10) >= live.firstLog);
  for (const name of logs.sort((a, b) => parseInt(a, 10) - parseInt(b, 10))) {
    await withWindow(join(path, name), (file) => {
      checkLog(name, file, progress);
    });
  }
}

function checkLog(name: string, file: FileWindow, progress: Progress): void {
  readLog(file, {
    onDamage: (at) => {
      progress.damage ??= `${name} at byte ${at}`;
    },
    onPayload: (pieces) => {
      if (progress.damage !== undefined)
        throw corrupt(`the write-ahead log has a hole: ${progress.damage} is unreadable and more follows`);
      checkSequence(name, headerOf(pieces), progress);
    },
  });
}

/** At least the header of a batch, without putting all of the batch together. */
function headerOf(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  return first !== undefined && first.length >= BATCH_HEADER_BYTES ? first : Buffer.concat(pieces);
}

function checkSequence(name: string, batch: Buffer, progress: Progress): void {
  if (batch.length < BATCH_HEADER_BYTES) throw corrupt(`the write-ahead log ${name} holds a batch that is cut short`);
  const sequence = batch.readBigUInt64LE(0);
  if (progress.nextSequence !== undefined && sequence !== progress.nextSequence) {
    throw corrupt(
      `the write-ahead log has a hole: ${name} goes on with write ${sequence}, expected ${progress.nextSequence}`,
    );
  }
  progress.nextSequence = sequence + BigInt(batch.readUInt32LE(8));
}
