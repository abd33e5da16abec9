/** A lock that is had: kept by renewing it, and known to be lost in time. */
import { TIMER_MAX_MS } from '../../platform/longTimer';
import { textOf2xx } from '../answer';
import type { Call } from '../call';
import { AnswerError } from '../errors';
import type { Cluster } from '../watch/cluster';
import { lockPath, release } from './acquire';

/** The lock is not had any more, or it is not known that it is. */
export class LockLostError extends Error {
  override readonly name = 'LockLostError';
}

/** So many renewals fit into a TTL. */
const RENEWALS = 3;
/** The clocks of members and of this process do not run exactly alike. */
const SAFETY = 0.1;

const NOT_IN_TIME = 'it could not be renewed in time';

/** When something ends, by the clock of the wall and by one that is never set: whichever says so first is right. */
interface Moment {
  readonly steadyMs: number;
  readonly wallMs: number;
}

/**
 * A lock that this process has. It is renewed at a third of its TTL. When that does not succeed in time, it is lost: `signal` is aborted with
 * LockLostError. No lock service can stop a process that sleeps from waking up after its lock is lost, so let what the lock protects look at `token`.
 */
export class Lock {
  /** Larger than that of every holder before: send it along with each write, and refuse what is lower than what was seen. */
  readonly token: number;
  readonly name: string;
  private readonly lost = new AbortController();
  private readonly ttlMs: number;
  private until: Moment;
  private timer: NodeJS.Timeout | undefined;
  private released: Promise<void> | undefined;

  /** Not to be called: `Locks.acquire` makes them. */
  constructor(
    private readonly cluster: Cluster,
    { name, token, ttlSeconds, renewedAt }: { name: string; token: number; ttlSeconds: number; renewedAt: Moment },
  ) {
    this.name = name;
    this.token = token;
    this.ttlMs = ttlSeconds * 1000;
    this.until = later(renewedAt, this.ttlMs * (1 - SAFETY));
    this.cluster.closed.addEventListener('abort', this.onClosed, { once: true });
    this.schedule();
  }

  /** Aborted, with LockLostError, when the lock is lost or was released. */
  get signal(): AbortSignal {
    return this.lost.signal;
  }

  /** Whether nobody else can have it now. To be asked after each wait, and before each thing that must not be done by two. */
  isHeld(): boolean {
    return !this.lost.signal.aborted && leftMs(this.until) > 0;
  }

  /** Throws LockLostError if it is not held; `signal` is aborted with it then, also where the process was too busy to hear of it in time. */
  throwIfLost(): void {
    if (leftMs(this.until) <= 0) this.lose(NOT_IN_TIME);
    this.lost.signal.throwIfAborted();
  }

  /** Gives it back; the next one has it then. Nothing happens if it is lost already. Rejects with what `ClientError` lists: then it ends with its TTL. */
  release(): Promise<void> {
    this.released ??= this.giveBack();
    return this.released;
  }

  private async giveBack(): Promise<void> {
    if (this.lost.signal.aborted) return;
    this.lose('it was released');
    await release(this.cluster, this.name, { index: String(this.token) });
  }

  private schedule(): void {
    if (this.lost.signal.aborted) return;
    const left = leftMs(this.until);
    if (left <= 0) {
      this.lose(NOT_IN_TIME);
      return;
    }
    // A third of the TTL, and often where that did not succeed.
    const isLate = left < this.ttlMs * (1 - SAFETY - 1 / RENEWALS);
    const dueMs = isLate ? Math.min(left, this.ttlMs / 20) : this.ttlMs / RENEWALS;
    const renew = (): void => {
      void this.renew().finally(() => {
        this.schedule();
      });
    };
    // To renew before it is due does no harm.
    this.timer = setTimeout(renew, Math.min(dueMs, TIMER_MAX_MS));
  }

  private async renew(): Promise<void> {
    const left = leftMs(this.until);
    if (left <= 0) return;
    const moment = now();
    // By then it is lost anyway, and whoever works under it has to hear so. For what no timer can wait the renewal ends before.
    const lose = (): void => {
      this.lose(NOT_IN_TIME);
    };
    const timer = left > TIMER_MAX_MS ? undefined : setTimeout(lose, left);
    try {
      const isHad = await renew(this.cluster, this.name, this.token, this.ttlMs / 1000, Math.max(left / 2, 100));
      if (isHad) this.until = later(moment, this.ttlMs * (1 - SAFETY));
      else this.lose('the members say that it is somebody else’s now, or nobody’s');
    } catch {
      // Tried again as long as there is time.
    } finally {
      clearTimeout(timer);
    }
  }

  private readonly onClosed = (): void => {
    this.lose('the client was closed');
  };

  private lose(why: string): void {
    if (this.lost.signal.aborted) return;
    clearTimeout(this.timer);
    this.cluster.closed.removeEventListener('abort', this.onClosed);
    this.lost.abort(new LockLostError(`lock ${this.name} (token ${this.token}) is not held any more: ${why}`));
  }
}

/** False: it is not had any more. Rejects with what `ClientError` lists. */
export async function renew(
  cluster: Cluster,
  name: string,
  token: number,
  ttlSeconds: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const form = { index: String(token), ttl: String(ttlSeconds) };
  const call: Call = { method: 'PUT', path: lockPath(name), body: { form } };
  try {
    textOf2xx(call, await cluster.ask(call, { timeoutMs, signal }));
    return true;
  } catch (error) {
    if (error instanceof AnswerError && error.status === 404) return false;
    throw error;
  }
}

export function now(): Moment {
  return { steadyMs: performance.now(), wallMs: Date.now() };
}

function later({ steadyMs, wallMs }: Moment, byMs: number): Moment {
  return { steadyMs: steadyMs + byMs, wallMs: wallMs + byMs };
}

/** A machine that slept has stopped the steady clock, perhaps; one whose clock was set back has not. */
function leftMs(until: Moment): number {
  return Math.min(until.steadyMs - performance.now(), until.wallMs - Date.now());
}
