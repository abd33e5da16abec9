/**
 * Files where others may have put something else. Opening a FIFO waits for its other end, which may never come; reading a device
 * may never end; and writing through a symbolic link changes a file somewhere else.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync, writeSync, type Stats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { codeOf } from './errorCode';

const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants;

/** Flags of `open`: a new file, or instead of one of that name. Fails with ELOOP for a symbolic link, with ENXIO for a FIFO. */
export const REPLACE = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK;
/** Flags of `open`: a file that is there. The same goes for it. */
export const CHANGE = O_RDWR | O_NOFOLLOW | O_NONBLOCK;

/** Something else than a file is where a file has to be. */
export class NotAFileError extends Error {
  override readonly name = 'NotAFileError';
}

/** A file is longer than any that is meant. */
export class FileTooLongError extends Error {
  override readonly name = 'FileTooLongError';

  constructor(bytesMax: number) {
    super(`it is longer than ${bytesMax} bytes`);
  }
}

interface Kind {
  isFile(): boolean;
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isSymbolicLink(): boolean;
}

/** What it is, with its article. */
export function kindOf(found: Kind): string {
  if (found.isFile()) return 'a file';
  if (found.isDirectory()) return 'a directory';
  if (found.isFIFO()) return 'a FIFO';
  if (found.isSocket()) return 'a socket';
  return found.isSymbolicLink() ? 'a symbolic link' : 'a device';
}

/** A file that is open, and what it was when it was opened. */
export interface PlainFile {
  readonly file: FileHandle;
  readonly found: Stats;
}

/**
 * Opens a file without waiting for whatever else stands there. Rejects with NotAFileError, or as opening does.
 *
 * @param flags - as of `open`; without O_NOFOLLOW a symbolic link may lead to it
 * @param mode of a new file
 */
export async function openPlainFile(path: string, flags = O_RDONLY, mode?: number): Promise<PlainFile> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, flags | O_NONBLOCK, mode);
    const found = await file.stat();
    refuseOther(found);
    return { file, found };
  } catch (error) {
    await file?.close();
    // A socket cannot be opened at all, nor a FIFO to be written to.
    if (codeOf(error) === 'ENXIO') refuseOther(await stat(path));
    throw error;
  }
}

/** The text of a file, to which a symbolic link may lead. Rejects with NotAFileError, or as opening and reading do. */
export async function readPlainFile(path: string): Promise<string> {
  const { file } = await openPlainFile(path);
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * The bytes of a file.
 *
 * @param flags - O_NOFOLLOW: no symbolic link may stand there, which fails with ELOOP
 * Rejects with NotAFileError, FileTooLongError, or as opening and reading do.
 */
export async function readPlainBytes(path: string, bytesMax: number, flags = 0): Promise<Buffer> {
  const { file, found } = await openPlainFile(path, O_RDONLY | flags);
  try {
    if (found.size > bytesMax) throw new FileTooLongError(bytesMax);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** The text of a file at once. @throws NotAFileError */
export function readPlainFileSync(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, O_RDONLY | O_NONBLOCK);
    refuseOther(fstatSync(file));
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENXIO') refuseOther(statSync(path));
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * Writes a file, new or instead of one of that name.
 *
 * @param mode of a new file, less the umask
 * @throws as opening and writing do
 */
export function replaceFileSync(path: string, text: string, mode = 0o666): void {
  const file = openSync(path, REPLACE, mode);
  try {
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}

function refuseOther(found: Stats): void {
  if (!found.isFile()) throw new NotAFileError(`it is ${kindOf(found)}, expected a file`);
}
