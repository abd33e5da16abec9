/** What waits, and how large it is. */
export interface Sized {
  readonly bytes: number;
}

/**
 * A queue in which each client gets as many bytes as the others that wait, however much of one's waits: start-time fair queueing
 * (Goyal, Vin and Cheng 1996, with equal weights). What one client asked for stays in its order.
 */
export class FairQueue<T extends Sized> {
  /** In the order in which they are taken. */
  private waiting: { readonly item: T; readonly start: number }[] = [];
  /** Bytes after which the next one of a client begins, of clients that are ahead of the others. */
  private readonly ends = new Map<string, number>();
  /** Where the one taken last began. */
  private now = 0;

  get length(): number {
    return this.waiting.length;
  }

  get first(): T | undefined {
    return this.waiting[0]?.item;
  }

  push(client: string, item: T): void {
    const start = Math.max(this.now, this.ends.get(client) ?? 0);
    this.ends.set(client, start + item.bytes);
    const behind = this.waiting.findIndex((other) => other.start > start);
    this.waiting.splice(behind === -1 ? this.waiting.length : behind, 0, { item, start });
  }

  /** Those that come first. */
  items(): T[] {
    return this.waiting.map(({ item }) => item);
  }

  /** Takes the first `count`. */
  take(count: number): T[] {
    const taken = this.waiting.splice(0, count);
    this.now = taken.at(-1)?.start ?? this.now;
    this.forget();
    return taken.map(({ item }) => item);
  }

  /** Takes all of which this is true, wherever they are. */
  remove(isOver: (item: T) => boolean): T[] {
    const removed = this.waiting.filter(({ item }) => isOver(item));
    if (removed.length > 0) this.waiting = this.waiting.filter(({ item }) => !isOver(item));
    this.forget();
    return removed.map(({ item }) => item);
  }

  /** Clients that are not ahead, or of nobody, are as those that never came. */
  private forget(): void {
    if (this.waiting.length === 0) this.ends.clear();
    for (const [client, end] of this.ends) if (end <= this.now) this.ends.delete(client);
  }
}
