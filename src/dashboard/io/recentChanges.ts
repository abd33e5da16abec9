/** Keys that have just changed, which the page shows for a moment. */

const SHOWN_MS = 1600;

export class RecentChanges {
  private readonly changedAtMs = new Map<string, number>();

  /** @param onOver told when one is not shown as such any more */
  constructor(private readonly onOver: () => void) {}

  add(key: string): void {
    const nowMs = Date.now();
    this.changedAtMs.set(key, nowMs);
    setTimeout(() => {
      // Unless it has changed again meanwhile.
      if (this.changedAtMs.get(key) !== nowMs) return;
      this.changedAtMs.delete(key);
      this.onOver();
    }, SHOWN_MS);
  }

  has(key: string): boolean {
    return this.changedAtMs.has(key);
  }

  get size(): number {
    return this.changedAtMs.size;
  }

  clear(): void {
    this.changedAtMs.clear();
  }
}
