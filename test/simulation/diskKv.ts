import type { StorageError } from '../../src/storage/errors';
import { clearInSlices } from '../../src/storage/kv';
import type { BatchOptions, Kv, KvOperation, KvPair, KvRange, KvTextPair, ScanOptions } from '../../src/storage/kv';
import { LifeCycle } from '../../src/storage/lifeCycle';
import { textPairsOf } from '../../src/storage/memory';
import type { SimDisk } from './disk';
import type { Owner } from './scheduler';

const SCAN_PAGE_PAIRS = 40;

/** One process's view of its disk. */
export class SimKv implements Kv {
  private readonly life: LifeCycle;
  failure: StorageError | undefined;

  constructor(
    private readonly disk: SimDisk,
    private readonly owner: Owner,
    onFailure: (error: StorageError) => void,
  ) {
    this.life = new LifeCycle(onFailure);
  }

  get failed(): boolean {
    return this.life.failed;
  }

  /** Hands an outcome to the process: not while it is paused, and never if it is dead. */
  deliver(run: () => void): void {
    const { scheduler } = this.disk.parts;
    if (this.owner.dead) return;
    if (this.owner.pausedUntilMs > scheduler.nowMs) scheduler.schedule(0, run, this.owner);
    else {
      scheduler.current = this.owner;
      run();
    }
  }

  batch(operations: readonly KvOperation[], options: BatchOptions): Promise<void> {
    return this.operation((resolve, reject) => {
      this.disk.submit(operations, options.sync, this, (error) => {
        if (error === undefined) {
          resolve();
          return;
        }
        this.failure = this.life.fail(error);
        reject(this.failure);
      });
    });
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.operation((resolve) => {
      const value = this.disk.pairs.get(key);
      this.later(() => resolve(value));
    });
  }

  scan(range: KvRange, options: ScanOptions = {}): AsyncIterable<readonly KvPair[]> {
    return this.pages(range, options, (pairs) => pairs);
  }

  scanText(range: KvRange, options: ScanOptions = {}): AsyncIterable<readonly KvTextPair[]> {
    return this.pages(range, options, textPairsOf);
  }

  clear(range: KvRange): Promise<void> {
    return clearInSlices(this, range);
  }

  close(): Promise<void> {
    return this.life.close(() => Promise.resolve());
  }

  private later(run: () => void): void {
    const { scheduler, random } = this.disk.parts;
    scheduler.schedule(random.between(0.02, 0.3), run, this.owner);
  }

  private operation<T>(start: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    const refusal = this.life.refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise<T>((resolve, reject) => {
      this.life.begin();
      start(
        (value) => {
          resolve(value);
          this.life.end();
        },
        (error) => {
          reject(error);
          this.life.end();
        },
      );
    });
  }

  private async *pages<Page>(
    range: KvRange,
    options: ScanOptions,
    pageOf: (pairs: readonly KvPair[]) => Page,
  ): AsyncGenerator<Page, void, undefined> {
    const empty = Buffer.alloc(0);
    const pairs = this.disk.pairs.range(range.gte, range.lt);
    for (let at = 0; at < pairs.length; at += SCAN_PAGE_PAIRS) {
      await this.operation((resolve: (value: undefined) => void) => this.later(() => resolve(undefined)));
      const page = pairs.slice(at, at + SCAN_PAGE_PAIRS);
      const { keys, values } = options;
      yield pageOf(
        page.map(([key, value]) => [keys === false ? empty : key, values === false ? empty : value] as const),
      );
    }
  }
}
