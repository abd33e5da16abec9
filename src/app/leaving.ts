/** The one way out of the process of a member. */
import type { Logger } from 'pino';
import type { ExitCodeName } from '../config/exitCodes';
import { exitNumber } from './exit';

/**
 * How long the database may take to be closed when the member cannot go on. On a full disk it ends its own work first, which takes one
 * to two seconds, and in rare cases no end (docs/reliability.md).
 */
const CLOSE_LIMIT_MS = 8000;

/** What a process can do to itself. */
export interface ProcessEnds {
  /** Ends in order. Waits for every thread of the process. */
  exit(code: number): void;
  /** Ends at once, whatever its threads are at. */
  kill(): void;
}

const OWN_PROCESS: ProcessEnds = {
  exit: (code) => process.exit(code),
  kill: () => process.kill(process.pid, 'SIGKILL'),
};

/**
 * Ends the process, once the database is closed: while it is open its native threads are at work, and a process that takes
 * itself apart around them is aborted ("pure virtual method called", code 134) instead of exiting with the code it wanted to.
 */
export class Leaving {
  private close: () => Promise<void> = () => Promise.resolve();
  private decided = false;

  constructor(
    private readonly logger: Pick<Logger, 'fatal'>,
    private readonly ends: ProcessEnds = OWN_PROCESS,
    private readonly closeLimitMs = CLOSE_LIMIT_MS,
  ) {}

  /** A database is open. `close` has to work also after it failed, and twice. */
  opened(close: () => Promise<void>): void {
    this.close = close;
  }

  /** It is decided how the process ends: what else goes wrong on the way comes of that. */
  get isLeaving(): boolean {
    return this.decided;
  }

  /** The first call decides the code. Never resolves. */
  leave(name: ExitCodeName): Promise<never> {
    if (!this.decided) {
      this.decided = true;
      void this.end(exitNumber(name));
    }
    return new Promise<never>(() => undefined);
  }

  private async end(code: number): Promise<void> {
    const closed = this.close().then(
      () => true,
      () => true,
    );
    const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), this.closeLimitMs));
    if (await Promise.race([closed, late])) {
      this.ends.exit(code);
      return;
    }
    this.logger.fatal(
      `the database was not closed within ${this.closeLimitMs} ms: the disk hangs, or the engine does not let go of a full one; ` +
        'killing this process',
    );
    this.ends.kill();
  }
}
