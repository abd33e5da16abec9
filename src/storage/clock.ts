import { StorageError } from './errors';

/** Of the machine itself: the database reads it, counts seconds since 1970 and aborts the process where those are negative. @throws StorageError */
export function refuseClockBefore1970(): void {
  if (Date.now() >= 0) return;
  throw new StorageError(
    'clock',
    'the clock of this machine is before 1970, and the database cannot write then; nothing was changed: set the clock and start again',
  );
}
