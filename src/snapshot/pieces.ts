/** Files that are read from their beginning to their end, a piece at a time. */
import type { FileHandle } from 'node:fs/promises';
import { openPlainFile } from '../platform/plainFile';

const PIECE_BYTES = 1024 * 1024;

/** A symbolic link may lead to it. Rejects with NotAFileError for a FIFO, a device or a directory, or as opening does. */
export async function openToRead(path: string): Promise<FileHandle> {
  return (await openPlainFile(path)).file;
}

/** The bytes of a piece are good until `take` has resolved; it answers false to end early. Rejects as `take` and reading do. */
export async function readPieces(file: FileHandle, take: (piece: Buffer) => Promise<unknown>): Promise<void> {
  const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    if ((await take(piece.subarray(0, bytesRead))) === false) return;
  }
}
