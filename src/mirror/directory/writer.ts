/** Of all processes one writes to a directory: two would remove each other's states, under the eyes of readers. */
import { DirectoryLock } from '../../platform/directoryLock';
import type { Log } from '../complaints';
import { LOCK } from './names';

/** Another process writes there. */
export class NotTheWriterError extends Error {
  override readonly name = 'NotTheWriterError';
}

export class Writer {
  private held: DirectoryLock | 'none' | undefined;

  constructor(
    private readonly directory: string,
    private readonly log: Log,
  ) {}

  /** Nothing there may be changed before. */
  get isIt(): boolean {
    return this.held !== undefined;
  }

  /**
   * Before anything is written. Rejects with NotTheWriterError, or as the file system does: then nobody can write there, and it may be
   * asked for again.
   */
  async become(): Promise<void> {
    const { directory, log } = this;
    if (this.held === undefined) {
      const lock = await DirectoryLock.take(directory, LOCK);
      if (lock === 'taken') {
        throw new NotTheWriterError(
          `another cairn mirror writes to ${directory}, and two need two directories: end that one first, or give another directory with --to`,
        );
      }
      if (lock === 'none')
        log.warn({ directory }, 'this file system has no sockets, so nothing keeps a second mirror from writing there');
      this.held = lock;
    }
    await this.check();
  }

  /** Whether it still is the one, if it became it. Rejects with NotTheWriterError. */
  async check(): Promise<void> {
    const { held, directory } = this;
    if (held === undefined || held === 'none' || (await held.isHeld())) return;
    throw new NotTheWriterError(
      `another cairn mirror has taken ${directory} over, as one on another machine can, or what marks it as taken was removed there`,
    );
  }

  /** Others may. */
  async leave(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    if (held !== undefined && held !== 'none') await held.release();
  }
}
