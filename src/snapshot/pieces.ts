/** Files that are read from their beginning to their end, a piece at a time. */
import type { FileHandle } from 'node:fs/promises';
import { codeOf } from '../platform/errorCode';
import { openPlainFile } from '../platform/plainFile';
import { UnreadableDamage } from './format/damage';

const PIECE_BYTES = 1024 * 1024;

/** A symbolic link may lead to it. Rejects with NotAFileError for a FIFO, a device or a directory, or as opening does. */
export async function openToRead(path: string): Promise<FileHandle> {
  return (await openPlainFile(path)).file;
}

/**
 * What opening a file of a backup failed of, as damage, so that the others are read all the same. A file that is gone was removed meanwhile,
 * which is none.
 */
export function damageOfOpening(error: unknown): UnreadableDamage {
  if (codeOf(error) === 'ENOENT') throw error;
  return new UnreadableDamage(0, error);
}

/**
 * The bytes of a piece are good until `take` has resolved; it answers false to end early. Rejects as `take` does, and with UnreadableDamage.
 */
export async function readPieces(file: FileHandle, take: (piece: Buffer) => Promise<unknown>): Promise<void> {
  const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  for (let position = 0; ;) {
    const at = position;
    const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, at).catch((error: unknown) => {
      throw new UnreadableDamage(at, error);
    });
    if (bytesRead === 0) return;
    position += bytesRead;
    if ((await take(piece.subarray(0, bytesRead))) === false) return;
  }
}
