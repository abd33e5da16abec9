/** A lock that is had, or an office: renewed for as long as it is held, and known to be lost before anybody else can have it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WAIT_LIMITS, type WaitLimits } from '../../client/locks/waiting';
import type { Cluster } from '../etcdctl/cluster';
import { messageOf } from '../etcdctl/failures';
import { releaseCall, renewCall, type Wanted } from './holdCalls';
import { Place, refusalIn } from './place';

/** It was not had in time. */
export class NotHadError extends Error {
  override readonly name = 'NotHadError';
}

const AGAIN_AFTER_MS = 500;
/** The machine slept, if the clocks went apart by so much. */
const SLEPT_MS = 1000;
/** How long a member may take to say whether it is still had, where that is in doubt after such a sleep. */
const DOUBT_MS = 5000;
/** Clocks of machines run apart by less than that in the time of a TTL. */
const MARGIN = 0.05;

export class Hold {
  private readonly released = new AbortController();
  /** How the clocks stood to each other when it was renewed last. */
  private clocksMs = aheadMs();
  /** The same as of the renewal that was granted last; `pause` takes a sleep into account in the other one. */
  private grantedAheadMs = aheadMs();

  private constructor(
    private readonly cluster: Cluster,
    private readonly wanted: Wanted,
    /** Larger than that of every holder before. */
    readonly token: string,
    private askedMs: number,
  ) {}

  /**
   * Waits at one member after the other; each is asked once at least, however short the wait is. Rejects with NotHadError, with ClusterError if
   * nobody is reached from the beginning, or with the signal's reason; then nothing of it is left behind.
   *
   * @param waitMs - undefined: for ever
   */
  static async acquire(
    cluster: Cluster,
    wanted: Wanted,
    waitMs: number | undefined,
    signal: AbortSignal,
    limits: WaitLimits = WAIT_LIMITS,
  ): Promise<Hold> {
    const untilMs = performance.now() + (waitMs ?? Infinity);
    const place = new Place(cluster, wanted, signal, limits);
    /** It was had, and may be still: whoever goes without it would leave it to its time. */
    let inDoubt: Hold | undefined;
    try {
      for (;;) {
        const askedMs = performance.now();
        const asked = await place.ask(Math.max(0, untilMs - askedMs));
        if (asked.kind === 'busy' || asked.kind === 'refused') throw new NotHadError(asked.reason);
        if (asked.kind === 'failed' && !place.isRoundOver()) continue;
        let reason = place.reasons;
        if (asked.kind === 'had') {
          // Nobody knows when in the wait its time began: from here on it is known.
          const hold = new Hold(cluster, wanted, asked.token, askedMs);
          inDoubt = hold;
          const renewal = await hold.renew(performance.now() + wanted.ttlS * 1000, signal);
          signal.throwIfAborted();
          if (renewal.kind === 'renewed') return hold;
          if (renewal.kind === 'gone') inDoubt = undefined;
          reason = `${renewal.kind === 'gone' ? 'it was lost at once' : 'it could not be confirmed'}: ${renewal.reason}`;
        }
        if (performance.now() >= untilMs) throw new NotHadError(reason);
        place.beginRound();
        await sleep(AGAIN_AFTER_MS, undefined, { signal });
      }
    } catch (error) {
      await (inDoubt?.release() ?? place.giveBack());
      throw error;
    }
  }

  /** Resolves with the reason when it is lost, and never after `release`. */
  async lost(): Promise<string> {
    const ttlMs = this.wanted.ttlS * 1000;
    let reason = '';
    while (!this.over()) {
      const untilMs = this.askedMs + ttlMs * (1 - MARGIN);
      if (performance.now() >= untilMs) return `it could not be renewed in time: ${reason}`;
      await this.pause(reason === '' ? ttlMs / 3 : Math.min(AGAIN_AFTER_MS, ttlMs / 6));
      if (this.over()) break;
      const sleptMs = aheadMs() - this.grantedAheadMs;
      const isInDoubt = sleptMs >= SLEPT_MS && performance.now() + sleptMs >= untilMs;
      const answerMs = isInDoubt ? DOUBT_MS : ttlMs / 3;
      const outcome = await this.renew(Math.min(untilMs, performance.now() + answerMs));
      if (outcome.kind === 'gone') return outcome.reason;
      reason = outcome.kind === 'renewed' ? '' : outcome.reason;
      if (isInDoubt && reason !== '')
        return `its time may have passed while the machine slept, and no member says otherwise: ${reason}`;
    }
    return new Promise(() => undefined);
  }

  /** The next one has it. That it cannot be given back is no failure: its time will be over. */
  async release(): Promise<void> {
    this.released.abort();
    await this.cluster.ask(releaseCall(this.wanted, this.token)).catch(() => undefined);
  }

  /**
   * Ends early when it is given back, and when the clock of the wall has gone ahead of the other one: a machine that slept does not count
   * the time in which it did, and what was held may be somebody else's since then. Whether it is, the renewal that comes next says.
   */
  private async pause(delayMs: number): Promise<void> {
    const untilMs = performance.now() + delayMs;
    while (!this.over() && aheadMs() - this.clocksMs < SLEPT_MS) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return;
      await sleep(Math.min(leftMs, SLEPT_MS), undefined, { signal: this.released.signal }).catch(() => undefined);
    }
    // Once is enough.
    this.clocksMs = aheadMs();
  }

  private over(): boolean {
    return this.released.signal.aborted;
  }

  private async renew(
    deadlineMs: number,
    signal?: AbortSignal,
  ): Promise<{ readonly kind: 'renewed' } | { readonly kind: 'gone' | 'unknown'; readonly reason: string }> {
    const [askedMs, clocksMs] = [performance.now(), aheadMs()];
    try {
      const call = { ...renewCall(this.wanted, this.token), ...(signal && { signal }) };
      const { status, text } = await this.cluster.ask(call, deadlineMs);
      if (status === 200) {
        [this.askedMs, this.clocksMs, this.grantedAheadMs] = [askedMs, clocksMs, clocksMs];
        return { kind: 'renewed' };
      }
      return { kind: 'gone', reason: refusalIn(status, text) };
    } catch (error) {
      return { kind: 'unknown', reason: messageOf(error).trim() };
    }
  }
}

/** How far the clock of the wall is ahead of the one that only goes forward. */
function aheadMs(): number {
  return Date.now() - performance.now();
}
