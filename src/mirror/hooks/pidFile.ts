/** The process that a file names, and who chose it. */
import { lstat, readFile, readlink, stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { openPlainFile } from '../../platform/plainFile';

const PID = /^\s*(\d{1,10})\s*$/;
/** Longer than any number with some blanks. */
const BYTES_MAX = 64;
/** As many as Linux follows. */
const LINKS_MAX = 40;

/** Of each user what he owns of the way to a file. */
export type Owners = ReadonlyMap<number, string>;

export interface NamedProcess {
  /** Undefined: the file does not hold the number of a process. */
  readonly pid: number | undefined;
  /** Who owns the file, or anything on the way to it: each of them can put another file there. */
  readonly owners: Owners;
}

/**
 * Rejects with NotAFileError, or as opening and reading do.
 *
 * @param isOfInterest whether it matters who owns the way
 */
export async function readPidFile(path: string, isOfInterest: boolean): Promise<NamedProcess> {
  const { file, found } = await openPlainFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BYTES_MAX), 0, BYTES_MAX, 0);
    const text = bytesRead === BYTES_MAX ? '' : buffer.toString('latin1', 0, bytesRead);
    const pid = Number(PID.exec(text)?.[1] ?? 0);
    const owners = new Map([...(isOfInterest ? await ownersOnTheWay(path) : []), [found.uid, path] as const]);
    // 0 would be all of this process's group.
    return { pid: pid === 0 ? undefined : pid, owners };
  } finally {
    await file.close();
  }
}

/**
 * Who owns the directories and links that lead to a file, from the root on. Nobody can change a way while it is looked at but those who are
 * found on it, and those whom the modes of a directory let write there: modes are not looked at. Rejects as the file system does.
 */
async function ownersOnTheWay(path: string): Promise<Owners> {
  const owners = new Map<number, string>();
  let linksLeft = LINKS_MAX;
  const look = async (at: string): Promise<void> => {
    const found = await lstat(at);
    owners.set(found.uid, at);
    if (!found.isSymbolicLink()) return;
    if (linksLeft-- === 0) throw new Error('too many symbolic links lead to it; name the file that they lead to');
    const text = await readlink(at);
    if (await isSame(at, isAbsolute(text) ? text : `${dirname(at)}/${text}`)) await walk(text, dirname(at));
    // A link of /proc, such as /proc/PID/root, whose text only says where it leads to for the process that it is of.
    else owners.set((await stat(at)).uid, at);
  };
  const walk = async (way: string, from: string): Promise<void> => {
    let at = from;
    if (isAbsolute(way)) await look((at = '/'));
    // Not normalised: behind a link `..` is the directory above where it leads to.
    for (const name of way.split('/').filter((each) => each !== ''))
      await look((at = `${at === '/' ? '' : at}/${name}`));
  };
  await walk(isAbsolute(path) ? path : `${process.cwd()}/${path}`, '/');
  return owners;
}

async function isSame(path: string, other: string): Promise<boolean> {
  const [one, two] = await Promise.all([stat(path), stat(other).catch(() => undefined)]);
  return one.dev === two?.dev && one.ino === two.ino;
}

/**
 * Whether a user may send signals to a process, by the rule of kill(2): its real or its saved user is the same. False where that cannot be
 * known.
 */
export async function maySignal(uid: number, pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, real, saved] = /^Uid:\t(\d+)\t\d+\t(\d+)/m.exec(status) ?? [];
  return [real, saved].includes(String(uid));
}
