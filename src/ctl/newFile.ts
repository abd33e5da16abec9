/** The file that is saved into: FILE.part until it is whole, then FILE in one step. */
import { constants, type Stats } from 'node:fs';
import { link, lstat, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../platform/errorCode';
import { kindOf, openPlainFile } from '../platform/plainFile';
import { syncDirectory } from '../platform/durable';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
/** All keys and the hashes of passwords are in it. */
const OWNER_ONLY = 0o600;

export class NewFile {
  private constructor(
    private readonly path: string,
    private readonly replaces: boolean,
    private readonly file: FileHandle,
    private readonly own: Pick<Stats, 'dev' | 'ino'>,
  ) {}

  private static partOf(path: string): string {
    return `${path}.part`;
  }

  /**
   * @param replaces whether a file of that name may be there, and gives way in the end
   * Rejects with an error that says what to do. What an earlier run left of FILE.part goes.
   */
  static async begin(path: string, replaces: boolean): Promise<NewFile> {
    await refuseExisting(path, replaces);
    const part = NewFile.partOf(path);
    try {
      await removeFile(part);
      const { file, found } = await openPlainFile(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, OWNER_ONLY);
      return new NewFile(path, replaces, file, found);
    } catch (error) {
      throw explained(error, part);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.file.appendFile(bytes);
    } catch (error) {
      throw explained(error, NewFile.partOf(this.path));
    }
  }

  /** It is whole: it is on the disk under its own name when this resolves. */
  async finish(): Promise<void> {
    const part = NewFile.partOf(this.path);
    try {
      await this.file.sync();
      if (!(await this.isStillOurs())) {
        throw new Error(`another process has put its own file at ${part}; save into another file than it does`);
      }
      await refuseExisting(this.path, this.replaces);
      if (this.replaces) await rename(part, this.path);
      else await moveToNew(part, this.path);
      await syncDirectory(dirname(this.path));
    } catch (error) {
      throw explained(error, part);
    } finally {
      await this.file.close();
    }
  }

  /** Nothing of it stays, also where `finish` rejected. */
  async abandon(): Promise<void> {
    const isOurs = await this.isStillOurs().catch(() => false);
    await this.file.close().catch(() => undefined);
    if (isOurs) await unlink(NewFile.partOf(this.path)).catch(() => undefined);
  }

  private async isStillOurs(): Promise<boolean> {
    const { dev, ino } = await lstat(NewFile.partOf(this.path));
    return ino === this.own.ino && dev === this.own.dev;
  }
}

async function refuseExisting(path: string, replaces: boolean): Promise<void> {
  const there = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw explained(error, path);
  });
  if (there === undefined) return;
  if (!replaces) throw new Error(`${path} is there already; give another file, or --replace`);
  if (!there.isFile()) throw new Error(`${path} is ${kindOf(there)}, expected a file or nothing; give another one`);
}

async function removeFile(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined) return;
  if (!there.isFile()) throw new Error(`${path} is ${kindOf(there)}, expected a file or nothing; move it away`);
  await unlink(path);
}

/** Not by a rename: that would replace a file that came meanwhile. */
async function moveToNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await unlink(from);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new Error(`${to} is there already; give another file, or --replace`);
    // A file system without hard links.
    if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'ENOTSUP' && codeOf(error) !== 'ENOSYS') throw error;
    await rename(from, to);
  }
}

function explained(error: unknown, path: string): Error {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Error(`${path}: the disk is full; nothing of it was kept. Make room, or give a file on another disk`);
    case 'ENOENT':
    case 'ENOTDIR':
      return new Error(`${path}: its directory is not there; make it, or give another file`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Error(`${path}: this user may not write there; give a file in a directory where it may`);
    case undefined:
      return error instanceof Error ? error : new Error(String(error));
    default:
      return new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
