/** Notices that a data directory is not there any more while it is open. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { codeOf } from '../platform/errorCode';

const LOOK_EVERY_MS = 1000;

/**
 * Looks every second whether the files at `paths`, which nobody replaces while the directory is open, are still those that they were. A
 * deleted directory stays writable for who has its files open: everything is acknowledged, and nothing is left at the next start.
 *
 * @param onLost called once, with what became of it in words
 * @returns ends it. Rejects with what the system says if it cannot be looked at in the beginning.
 */
export async function watchPresence(paths: readonly string[], onLost: (what: string) => void): Promise<() => void> {
  const inodes = await Promise.all(paths.map(inodeOf));
  let isLooking = false;
  const look = async (): Promise<void> => {
    const seen = await Promise.all(paths.map((path, at) => lossOf(path, inodes[at])));
    const what = seen.find((loss) => loss !== undefined);
    isLooking = false;
    if (what === undefined || ended) return;
    end();
    onLost(what);
  };
  let ended = false;
  const timer = setInterval(() => {
    // A file system that does not answer is asked one question at a time.
    if (isLooking) return;
    isLooking = true;
    void look();
  }, LOOK_EVERY_MS).unref();
  const end = (): void => {
    ended = true;
    clearInterval(timer);
  };
  return end;
}

async function inodeOf(path: string): Promise<bigint> {
  return (await stat(path, { bigint: true })).ino;
}

/** What became of the file that had this number, in words; undefined: it is there. */
function lossOf(path: string, inode: bigint | undefined): Promise<string | undefined> {
  return inodeOf(path).then(
    (now) => (now === inode ? undefined : `another ${basename(path)} is in its place`),
    // Other errors may pass, and what cannot be written to is told by whoever writes.
    (error: unknown) =>
      ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '') ? `its ${basename(path)} is gone` : undefined,
  );
}
