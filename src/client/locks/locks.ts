/** `/mod/v2/lock`: locks (docs/locks.md). */
import { BackOff } from '../../platform/backOff';
import { pause } from '../transport/pause';
import type { Cluster } from '../watch/cluster';
import type { Liveness } from '../watch/liveness';
import { acquire, lockPath, mayPass, release, uniqueValue } from './acquire';
import { Lock, now, renew } from './lock';

export interface LockOptions {
  /** Whole seconds for which the lock outlives a holder that died; 30 if absent. Longer than an election of the members takes. */
  readonly ttlSeconds?: number | undefined;
  /** Says to people whose lock it is; a part that nobody else has is added. */
  readonly label?: string | undefined;
  /** Ends the wait; it rejects with the signal's reason, and the place in the queue is given up. */
  readonly signal?: AbortSignal | undefined;
}

const TTL_SECONDS = 30;
const RENEW_AGAIN_MS = 200;
/** Waits before the lock is asked for again double from the first to the longest. */
const BACK_OFF = { firstMs: 50, longestMs: 2000 };

/**
 * Locks, first come, first served, of Cairn (with servers that have none, such as etcd 2 and 3: RefusedError 404). A name may have slashes. With auth
 * they need the right to write `/_etcd/mod/lock/NAME`.
 */
export class Locks {
  constructor(
    private readonly cluster: Cluster,
    private readonly liveness: Liveness,
  ) {}

  /**
   * Waits until this process has the lock, however long that takes and whatever happens to single members meanwhile. Rejects with AnswerError
   * that no member will mend, with TypeError (no name, no TTL), or with the signal's reason.
   */
  async acquire(name: string, options: LockOptions = {}): Promise<Lock> {
    const backOff = new BackOff(BACK_OFF, Math.random);
    for (;;) {
      const lock = await this.attempt(name, options, Infinity);
      if (lock !== undefined) return lock;
      await pause(backOff.nextMs(), options.signal);
    }
  }

  /** As `acquire`, and undefined if somebody else has it for longer than `waitSeconds` (0 if absent: it is not waited for). Each member is asked once at least. */
  async tryAcquire(
    name: string,
    options: LockOptions & { readonly waitSeconds?: number | undefined } = {},
  ): Promise<Lock | undefined> {
    const { waitSeconds = 0 } = options;
    if (!(waitSeconds >= 0)) throw new TypeError(`waitSeconds has to be 0 or more, and it is ${waitSeconds}`);
    return this.attempt(name, options, waitSeconds);
  }

  /**
   * Does something while this process has the lock, and releases it afterwards. `work` gets the lock: it should end when `lock.signal` is aborted,
   * and send `lock.token` along with what it writes. Rejects as `acquire` and `work` do, and with LockLostError if the lock was lost meanwhile.
   */
  async with<T>(name: string, options: LockOptions, work: (lock: Lock) => Promise<T>): Promise<T> {
    const lock = await this.acquire(name, options);
    try {
      const result = await work(lock);
      lock.throwIfLost();
      return result;
    } finally {
      // If it cannot be given back it ends with its TTL.
      await lock.release().catch(() => undefined);
    }
  }

  /** Undefined: it was somebody else's all the time, or was lost before it was sure to be had. */
  private async attempt(name: string, options: LockOptions, waitSeconds: number): Promise<Lock | undefined> {
    const { ttlSeconds = TTL_SECONDS, label, signal } = options;
    lockPath(name);
    if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1)
      throw new TypeError(`ttlSeconds has to be a whole number of seconds, and it is ${ttlSeconds}`);
    const value = uniqueValue(label);
    const wish = { name, ttlSeconds, value, waitSeconds, signal };
    const token = await acquire(this.cluster, this.liveness, wish);
    if (token === undefined) return undefined;
    try {
      return await this.confirmed(name, token, ttlSeconds, signal);
    } catch (error) {
      // Nobody will use it: the next one need not wait for its TTL.
      release(this.cluster, name, { index: String(token) }).catch(() => undefined);
      throw error;
    }
  }

  /**
   * The answer may have been on its way for long, while the TTL ran. A renewal says whether the lock is still had, and from when on its TTL
   * counts.
   */
  private async confirmed(
    name: string,
    token: number,
    ttlSeconds: number,
    signal?: AbortSignal,
  ): Promise<Lock | undefined> {
    const deadlineMs = performance.now() + ttlSeconds * 1000;
    for (;;) {
      const renewedAt = now();
      try {
        const isHad = await renew(this.cluster, name, token, ttlSeconds, ttlSeconds * 1000, signal);
        return isHad ? new Lock(this.cluster, { name, token, ttlSeconds, renewedAt }) : undefined;
      } catch (error) {
        // To give up would be to lose the place in the queue.
        if (!mayPass(error) || performance.now() > deadlineMs) throw error;
        await pause(RENEW_AGAIN_MS, signal);
      }
    }
  }
}
