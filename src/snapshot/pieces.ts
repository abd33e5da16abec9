/** Files that are read from their beginning to their end, a piece at a time. */
import { lstat, type FileHandle } from 'node:fs/promises';
import { codeOf } from '../platform/errorCode';
import { openPlainFile } from '../platform/plainFile';
import { UnreadableDamage } from './format/damage';

const PIECE_BYTES = 1024 * 1024;

/** A symbolic link may lead to it. Rejects with NotAFileError for a FIFO, a device or a directory, or as opening does. */
export async function openToRead(path: string): Promise<FileHandle> {
  return (await openPlainFile(path)).file;
}

/** A file that was listed is not in its directory any more. */
export class FileGone extends Error {
  override readonly name = 'FileGone';

  constructor(
    readonly path: string,
    options: ErrorOptions,
  ) {
    super(`${path} was removed while its directory was read; try again`, options);
  }
}

/**
 * What opening a file of a backup failed of, as damage, so that the others are read all the same. Rejects with FileGone: what was removed
 * meanwhile is no damage.
 */
export async function damageOfOpening(path: string, error: unknown): Promise<UnreadableDamage> {
  // A link that leads to nothing is still there.
  if (codeOf(error) === 'ENOENT' && !(await isListed(path))) throw new FileGone(path, { cause: error });
  return new UnreadableDamage(0, error);
}

function isListed(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
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
