/** One scan over RocksDB: pages are read one ahead, and the native iterator is always ended, whoever leaves first. */
import { closed } from './errors';
import type { StorageError } from './errors';
import type { LifeCycle, OpenScan } from './lifeCycle';

type Pair<Data> = readonly [key: Data, value: Data];

/** What the binding's iterator offers. A page is undefined after the last one; the first holds a single pair. */
export interface NativeIterator<Data> {
  nextPage(callback: (error: Error | null | undefined, page: Pair<Data>[] | undefined) => void): void;
  /** Puts the iterator at a key of its range. */
  seek(target: Uint8Array): void;
  end(callback: (error: Error | null | undefined) => void): void;
}

export interface RocksScanParts<Data> {
  readonly life: LifeCycle;
  /** Where the range begins. */
  readonly start: Uint8Array;
  /** Opens the native iterator, which is when its view is taken. */
  readonly open: () => NativeIterator<Data>;
  /** Latches the failure. */
  readonly onError: (error: Error) => StorageError;
  /** The native iterator cannot be ended any more, nor can the database be closed. */
  readonly onWedged: () => void;
}

export class RocksScan<Data> implements AsyncIterator<readonly Pair<Data>[]>, OpenScan {
  #iterator: NativeIterator<Data> | undefined;
  #pageAhead: Promise<Pair<Data>[] | undefined>;
  #firstPageRead = false;
  #failed = false;
  #over = false;
  #ending: Promise<void> | undefined;

  constructor(private readonly parts: RocksScanParts<Data>) {
    const refusal = parts.life.refusal();
    if (refusal !== undefined) {
      this.#over = true;
      this.#pageAhead = rejectedQuietly(refusal);
      return;
    }
    this.#iterator = parts.open();
    parts.life.scanOpened(this);
    this.#pageAhead = this.#readPage(this.#iterator);
  }

  async next(): Promise<IteratorResult<readonly Pair<Data>[], undefined>> {
    for (;;) {
      const page = await this.#pageAhead;
      if (page === undefined) return await this.return();
      const iterator = this.#iterator;
      const refusal = this.parts.life.refusal();
      if (refusal !== undefined) await this.#end();
      if (refusal !== undefined || iterator === undefined || this.#over) throw refusal ?? closed();
      this.#firstPageRead ||= page.length > 0;
      this.#pageAhead = this.#readPage(iterator);
      if (page.length > 0) return { done: false, value: page };
    }
  }

  /** Called by the loop when it is left early. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.#end();
    return { done: true, value: undefined };
  }

  async abort(): Promise<void> {
    if (!this.#over) {
      this.#pageAhead = this.#pageAhead.then(() => Promise.reject(this.parts.life.refusal() ?? closed()));
      this.#pageAhead.catch(ignore);
    }
    await this.#end();
  }

  #readPage(iterator: NativeIterator<Data>): Promise<Pair<Data>[] | undefined> {
    const page = new Promise<Pair<Data>[] | undefined>((resolve, reject) => {
      iterator.nextPage((error, pairs) => {
        if (!error) {
          resolve(pairs);
          return;
        }
        this.#failed = true;
        reject(this.parts.onError(error));
        // A loop does not call `return` when `next` rejects.
        void this.#end();
      });
    });
    // It is read ahead: nobody may be waiting for it when it fails.
    page.catch(ignore);
    return page;
  }

  #end(): Promise<void> {
    this.#over = true;
    this.#ending ??= this.#endNative();
    return this.#ending;
  }

  async #endNative(): Promise<void> {
    await this.#pageAhead.catch(ignore);
    const iterator = this.#iterator;
    this.#iterator = undefined;
    if (iterator !== undefined) {
      if (!this.#failed || (await this.#freeAfterFailure(iterator))) {
        await new Promise<void>((resolve) => iterator.end(() => resolve()));
      } else this.parts.onWedged();
    }
    this.parts.life.scanEnded(this);
  }

  /**
   * After an error the binding takes the iterator to be reading for ever: `end` would never come back, and the process would
   * abort at exit over an iterator that is still open. A step that succeeds sets that right, so go back to where one did.
   */
  #freeAfterFailure(iterator: NativeIterator<Data>): Promise<boolean> {
    if (!this.#firstPageRead) return Promise.resolve(false);
    return new Promise((resolve) => {
      iterator.seek(this.parts.start);
      iterator.nextPage((error) => resolve(!error));
    });
  }
}

function rejectedQuietly(error: StorageError): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(ignore);
  return promise;
}

function ignore(): void {
  // The failure is latched, and whoever waits for the page gets it too.
}
