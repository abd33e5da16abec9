import { StorageError } from './errors';

/** Longer than a disk takes that is only slow. */
const CLOSE_MAX_MS = 60_000;

/**
 * The engine of a full disk may never come back from a close (closingMoment.ts): a command that waits for it says so in the end.
 * Rejects with StorageError of kind io, and as the close does.
 *
 * @param onStuck called when the time is over
 */
export async function closeInTime(
  close: Promise<void>,
  path: string,
  limitMs = CLOSE_MAX_MS,
  onStuck = leaveBySignal,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onStuck();
      const what = `the database in ${path} was not closed within ${limitMs / 1000} seconds, so nothing in it counts`;
      reject(new StorageError('io', `${what}. See whether its disk is full or failing, and run the command again`));
    }, limitMs);
  });
  try {
    await Promise.race([close, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** To leave waits for the threads of the engine too, and one of them never ends. */
function leaveBySignal(): void {
  process.once('exit', () => process.kill(process.pid, 'SIGKILL'));
}
