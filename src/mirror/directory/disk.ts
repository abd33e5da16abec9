/**
 * Files and links as the mirror makes them: with the modes that were asked for, and on the disk before anybody is led to them.
 *
 * The directory may be somebody else's than the process's, who could put a link in the place of what is being made. So what is new is
 * reached by what was opened when it was made, is nobody else's until it is whole, and is given away last of all.
 */
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
  stat,
  symlink,
  unlink,
} from 'node:fs/promises';
import { codeOf } from '../../platform/errorCode';
import { syncDirectory } from '../../platform/durable';
import { HeldDirectory, removeTree } from '../../platform/heldDirectory';

export interface Modes {
  readonly file: number;
  readonly directory: number;
}

/** The group of a directory goes to what is made in it (as Kubernetes sets it for fsGroup). */
const SET_GROUP_ID = 0o2000;

export type Found = 'nothing' | 'link' | 'other';

/** One step each, so that a test can end a process between any two. */
export class Disk {
  /** The directory that is being filled. */
  private filling: { readonly path: string; readonly held: HeldDirectory } | undefined;

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

  /** A directory of a new name that begins with `path`, to be filled: nobody else may look into it before `giveAway`. */
  async makeNew(path: string): Promise<string> {
    const made = await mkdtemp(path);
    const held = await HeldDirectory.open(made, false);
    this.filling = { path: made, held };
    const { uid } = await held.handle.stat();
    if (uid === (process.geteuid?.() ?? uid)) return made;
    throw new Error(`${made} was replaced by another directory when it was just made; others write to where it lies`);
  }

  /** A directory in the one that is being filled. */
  async makeDirectory(path: string): Promise<void> {
    await mkdir(this.placeOf(path), 0o700);
  }

  /**
   * What was filled gets its owner and modes.
   *
   * @param directories all that were made in it
   */
  async giveAway(directories: readonly string[]): Promise<void> {
    const mode = this.modes.directory | this.inherited;
    for (const path of directories) {
      if (this.owner !== undefined) await chown(this.placeOf(path), this.owner.uid, this.owner.gid);
      // The mode comes last: a change of the owner takes bits of it away.
      await chmod(this.placeOf(path), mode);
    }
    const handle = this.filling?.held.handle;
    if (this.owner !== undefined) await handle?.chown(this.owner.uid, this.owner.gid);
    await handle?.chmod(mode);
  }

  /** It is filled, or given up. */
  async release(): Promise<void> {
    const { filling } = this;
    this.filling = undefined;
    await filling?.held.close();
  }

  /** Rejects with EEXIST if there is anything. */
  async writeFile(path: string, content: string): Promise<void> {
    const file = await open(this.placeOf(path), 'wx', 0o600);
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
    return syncDirectory(this.placeOf(path));
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
    await removeTree(path);
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

  /** How something in the directory that is being filled is reached. */
  private placeOf(path: string): string {
    const { filling } = this;
    if (filling === undefined) return path;
    const isIn = path === filling.path || path.startsWith(`${filling.path}/`);
    return isIn ? filling.held.base + path.slice(filling.path.length) : path;
  }
}
