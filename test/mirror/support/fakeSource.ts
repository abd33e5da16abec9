/** A cluster of one map, without a network. */
import type { Entry } from '../../../src/mirror/listing';
import type { Listed, Source } from '../../../src/mirror/source';

export class FakeSource implements Source {
  readonly keys = new Map<string, string>();
  index = 1;
  lists = 0;
  /** What the next listings reject with. */
  failure: Error | undefined;
  /** What the prefix is. */
  kind: Listed['kind'] = 'directory';
  private readonly watchers = new Set<Watcher>();

  set(key: string, value: string): void {
    this.keys.set(key, value);
    this.changed();
  }

  delete(key: string): void {
    this.keys.delete(key);
    this.changed();
  }

  changed(): void {
    this.index++;
    for (const watcher of this.watchers) watcher.push(this.index);
  }

  /** Ends every watch, as if the history had been cleared, or with an error. */
  endWatches(error?: Error): void {
    for (const watcher of this.watchers) watcher.end(error);
  }

  get watching(): number {
    return this.watchers.size;
  }

  list(): Promise<Listed> {
    this.lists++;
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const { index, kind } = this;
    if (kind !== 'directory') return Promise.resolve({ kind, index });
    const entries = [...this.keys].map(([key, value]): Entry => ({ path: key.split('/'), value }));
    return Promise.resolve({ kind, listing: { index, entries } });
  }

  async *changes(index: number, signal: AbortSignal): AsyncIterable<number> {
    const watcher = new Watcher();
    for (let missed = index + 1; missed <= this.index; missed++) watcher.push(missed);
    this.watchers.add(watcher);
    const stop = (): void => {
      watcher.end();
    };
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    try {
      for (let next = await watcher.next(); next !== undefined; next = await watcher.next()) yield next;
    } finally {
      this.watchers.delete(watcher);
      signal.removeEventListener('abort', stop);
    }
  }
}

class Watcher {
  private readonly waiting: number[] = [];
  private isOver = false;
  private error: Error | undefined;
  private wake: () => void = () => undefined;

  push(index: number): void {
    this.waiting.push(index);
    this.wake();
  }

  end(error?: Error): void {
    this.isOver = true;
    this.error = error;
    this.wake();
  }

  async next(): Promise<number | undefined> {
    while (this.waiting.length === 0 && !this.isOver) await new Promise<void>((wake) => (this.wake = wake));
    if (this.error !== undefined) throw this.error;
    return this.isOver ? undefined : this.waiting.shift();
  }
}
