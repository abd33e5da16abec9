/** The changes of a key as an async iterator. */
import { reasonToStop } from '../../platform/plainRequest';
import { normalKey } from '../keyPath';
import { linkedSignal, type LinkedSignal } from '../transport/linkedSignal';
import { waitOf } from '../waitOf';
import type { Cluster } from './cluster';
import { Feed, type WatchOptions } from './feed';
import type { Change } from './known';
import type { Liveness } from './liveness';

const BUFFER_MAX = 1000;

/** How a watch ended. */
type End = { readonly kind: 'failed'; readonly error: Error } | { readonly kind: 'ended' };

interface Reader {
  readonly resolve: (result: IteratorResult<Change, undefined>) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The changes of a key, each once and in the order of their indexes: across members that stop, lag or come back, and across connections that
 * break. Where the history of the members no longer reaches back to what was told last, the keys are listed again, and what has changed in
 * between is told as changes that are marked `isSynthesized`. Hidden keys (`_NAME`) below the watched one are not told.
 *
 * It begins with `ready()` or with the first `next()`, and ends with `return()` (which leaving `for await` calls), with its signal, or when the
 * client is closed. It rejects, once, with what no member can mend: EtcdError 110 or RefusedError 401 or 403 (no right to the key), EtcdError
 * 401 (history cleared before `afterIndex`), TypeError (no key), the signal's reason, and at the beginning with NoAnswerError. Everything
 * else it overcomes by itself, for as long as it takes; `onTrouble` hears of it.
 */
export class Watch implements AsyncIterableIterator<Change, undefined, undefined> {
  private readonly bufferMax: number;
  private readonly buffer: Change[] = [];
  private readonly readers: Reader[] = [];
  private begun: Promise<number> | undefined;
  private end: End | undefined;
  private link: LinkedSignal | undefined;
  private wake: (() => void) | undefined;

  /** Not to be called: `Client.watch` makes them. Throws TypeError. */
  constructor(
    private readonly cluster: Cluster,
    private readonly liveness: Liveness,
    private readonly key: string,
    private readonly options: WatchOptions & { readonly timeoutMs: number },
  ) {
    const { bufferMax = BUFFER_MAX, from, afterIndex, checkEveryMs } = options;
    normalKey(key);
    if (!(bufferMax >= 1)) throw new TypeError(`bufferMax has to be a number above 0, and it is ${bufferMax}`);
    if (checkEveryMs !== undefined) waitOf('checkEveryMs', checkEveryMs, 1);
    if (afterIndex !== undefined && (from !== undefined || !Number.isSafeInteger(afterIndex) || afterIndex < 0))
      throw new TypeError('afterIndex has to be an index, and stands without from');
    this.bufferMax = bufferMax;
  }

  /** Begins, if it has not yet. Resolves with the index after which changes are told. Rejects as the watch does, or if it has ended before it began. */
  ready(): Promise<number> {
    if (this.begun === undefined && this.end !== undefined) return Promise.reject(ended());
    this.begun ??= this.begin();
    return this.begun;
  }

  next(): Promise<IteratorResult<Change, undefined>> {
    // What goes wrong at the beginning is told by the promise that is answered here.
    if (this.end === undefined) this.ready().catch(() => undefined);
    return new Promise((resolve, reject: (error: Error) => void) => {
      this.readers.push({ resolve, reject });
      this.serve();
    });
  }

  /** Ends the watch; what was not read is gone. */
  return(): Promise<IteratorResult<Change, undefined>> {
    this.finish({ kind: 'ended' });
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private async begin(): Promise<number> {
    const { cluster, liveness, key, options } = this;
    const link = linkedSignal(options.signal, cluster.closed);
    this.link = link;
    // Also while it waits for somebody to read.
    const stopped = (): void => {
      this.finish({ kind: 'failed', error: reasonToStop(link.signal) });
    };
    link.signal.addEventListener('abort', stopped, { once: true });
    try {
      const feed = new Feed(cluster, liveness, key, options, link.signal, options.timeoutMs);
      const index = await feed.begin();
      void this.run(feed);
      return index;
    } catch (error) {
      this.finish({ kind: 'failed', error: asError(error) });
      throw error;
    }
  }

  private async run(feed: Feed): Promise<void> {
    try {
      while (this.end === undefined) {
        for (const change of await feed.next()) await this.tell(change);
      }
    } catch (error) {
      this.finish({ kind: 'failed', error: asError(error) });
    }
  }

  /** Resolves when more may come. The history of the members holds what comes meanwhile; what it cannot hold is found by comparing. */
  private async tell(change: Change): Promise<void> {
    if (this.end !== undefined) return;
    this.buffer.push(change);
    this.serve();
    if (this.buffer.length < this.bufferMax) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }

  private serve(): void {
    while (this.readers.length > 0) {
      const change = this.buffer.shift();
      if (change === undefined) break;
      this.readers.shift()?.resolve({ done: false, value: change });
    }
    if (this.buffer.length < this.bufferMax) this.wake?.();
    if (this.end === undefined || this.readers.length === 0) return;
    const { end } = this;
    // Told once: whoever goes on reading finds that it is over.
    if (end.kind === 'failed') {
      this.end = { kind: 'ended' };
      this.readers.shift()?.reject(end.error);
    }
    for (const { resolve } of this.readers.splice(0)) resolve({ done: true, value: undefined });
  }

  private finish(end: End): void {
    if (this.end !== undefined) return;
    this.end = end;
    if (end.kind === 'ended' || this.link?.signal.aborted === true) this.buffer.length = 0;
    this.link?.abort(ended());
    this.link?.release();
    this.wake?.();
    this.serve();
  }
}

function ended(): Error {
  return new Error('the watch has ended');
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
