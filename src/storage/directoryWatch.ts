/** Notices that a data directory is not there any more while it is open. */
import { stat } from 'node:fs/promises';
import { codeOf } from '../platform/errorCode';

const LOOK_EVERY_MS = 1000;

/**
 * Looks every second whether `path`, which nobody replaces while the directory is open, is still the file that it was. A deleted directory
 * stays writable for who has its files open: everything is acknowledged, and nothing is left at the next start.
 *
 * @param onLost called once, with what became of it in words
 * @returns ends it. Rejects with what the system says if it cannot be looked at in the beginning.
 */
export async function watchPresence(path: string, onLost: (what: string) => void): Promise<() => void> {
  const { ino } = await stat(path, { bigint: true });
  let isLooking = false;
  const look = async (): Promise<void> => {
    const what = await stat(path, { bigint: true }).then(
      (now) => (now.ino === ino ? undefined : 'another one is in its place'),
      // Other errors may pass, and what cannot be written to is told by whoever writes.
      (error: unknown) => (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '') ? 'it is gone' : undefined),
    );
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
