/**
 * How far the log is on its way to disk. One write is in flight at a time; what was truncated while it was under way must
 * not count as durable when it comes back, even if the same indexes are filled again by then.
 */
export class WriteCursor {
  /** The first index that no write has taken yet. */
  private unwritten: number;
  /** The last index of the write in flight that is still in the log as it was written. */
  private inFlightTo = 0;
  private durable: number;

  constructor(lastIndex: number) {
    this.unwritten = lastIndex + 1;
    this.durable = lastIndex;
  }

  /** The last index that is durable as it stands in the log. */
  get persisted(): number {
    return this.durable;
  }

  /** The first index for the next write. */
  get unwrittenFrom(): number {
    return this.unwritten;
  }

  /** Entries from `index` on were replaced or dropped. */
  truncated(index: number): void {
    this.unwritten = Math.min(this.unwritten, index);
    this.inFlightTo = Math.min(this.inFlightTo, index - 1);
    this.durable = Math.min(this.durable, index - 1);
  }

  /** The log starts anew after `index`; all that was written before is void. */
  replaced(index: number): void {
    this.unwritten = index + 1;
    this.inFlightTo = 0;
    this.durable = index;
  }

  /** The log starts at `index` but keeps what follows; storage must be given what follows once more. */
  restarted(index: number): void {
    this.unwritten = index + 1;
    this.durable = Math.max(this.durable, index);
  }

  /** Everything up to `lastIndex` is in the write that is now in flight. */
  taken(lastIndex: number): void {
    this.unwritten = lastIndex + 1;
    this.inFlightTo = lastIndex;
  }

  /** The write in flight is durable. */
  confirmed(): void {
    this.durable = Math.max(this.durable, this.inFlightTo);
    this.inFlightTo = 0;
  }
}
