/** Files and links as the mirror makes them: with the modes that were asked for, and on the disk before anybody is led to them. */
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  unlink,
} from 'node:fs/promises';
import { codeOf } from '../../platform/errorCode';
import { syncDirectory } from '../../platform/durable';

export interface Modes {
  readonly file: number;
  readonly directory: number;
}

/** The group of a directory goes to what is made in it (as Kubernetes sets it for fsGroup). */
const SET_GROUP_ID = 0o2000;

export type Found = 'nothing' | 'link' | 'other';

/** One step each, so that a test can end a process between any two. */
export class Disk {
  private constructor(
    private readonly modes: Modes,
    private readonly owner: { readonly uid: number; readonly gid: number } | undefined,
    private readonly inherited: number,
  ) {}

  /** For what is below `directory`: root gives it to the owner of that, others cannot. Rejects as `stat` does. */
  static async at(directory: string, modes: Modes, isRoot = process.geteuid?.() === 0): Promise<Disk> {
    const { uid, gid, mode } = await stat(directory);
    return new Disk(modes, isRoot ? { uid, gid } : undefined, mode & SET_GROUP_ID);
  }

  /** A directory of a new name that begins with `path`. */
  async makeNew(path: string): Promise<string> {
    const made = await mkdtemp(path);
    await this.own(made);
    return made;
  }

  async makeDirectory(path: string): Promise<void> {
    await mkdir(path, 0o700);
    await this.own(path);
  }

  /** Rejects with EEXIST if there is anything. */
  async writeFile(path: string, content: string): Promise<void> {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(content);
      if (this.owner !== undefined) await file.chown(this.owner.uid, this.owner.gid);
      await file.chmod(this.modes.file);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  syncDirectory(path: string): Promise<void> {
    return syncDirectory(path);
  }

  async link(target: string, path: string): Promise<void> {
    await symlink(target, path);
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(from, to);
  }

  async unlink(path: string): Promise<void> {
    await unlink(path);
  }

  async removeTree(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true });
  }

  async namesIn(directory: string): Promise<readonly string[]> {
    return readdir(directory);
  }

  async kindOf(path: string): Promise<Found> {
    try {
      return (await lstat(path)).isSymbolicLink() ? 'link' : 'other';
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return 'nothing';
      throw error;
    }
  }

  /** Where a link leads to; undefined: there is none. */
  async targetOf(path: string): Promise<string | undefined> {
    return (await this.kindOf(path)) === 'link' ? readlink(path) : undefined;
  }

  /** The mode comes last: a change of the owner takes bits of it away. */
  private async own(path: string): Promise<void> {
    if (this.owner !== undefined) await chown(path, this.owner.uid, this.owner.gid);
    await chmod(path, this.modes.directory | this.inherited);
  }
}
