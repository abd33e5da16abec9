/**
 * Work of which only so much may be done at once, shared out fairly: who has much to do does not hold up who has little. The work
 * is done on the threads that the database writes with too, so it must never have all of them.
 */
export class FairLanes {
  private running = 0;
  private waiting = 0;
  /** In the order of their turns. */
  private readonly byOwner = new Map<string, (() => void)[]>();

  /**
   * @param lanes how much is done at once
   * @param waitingMax how much may wait, of all together
   * @param waitingMaxOfOne how much may wait of one owner
   */
  constructor(
    private readonly lanes: number,
    private readonly waitingMax: number,
    private readonly waitingMaxOfOne: number,
  ) {}

  /** Undefined: too much is waiting, and nothing will be done. */
  run<T>(owner: string, work: () => Promise<T>): Promise<T> | undefined {
    const isFree = this.running < this.lanes;
    const queue = this.byOwner.get(owner) ?? [];
    if (!isFree && (this.waiting >= this.waitingMax || queue.length >= this.waitingMaxOfOne)) return undefined;
    return new Promise<T>((resolve, reject) => {
      const start = (): void => {
        this.running += 1;
        work()
          .finally(() => {
            this.running -= 1;
            this.startNext();
          })
          .then(resolve, reject);
      };
      if (isFree) {
        start();
        return;
      }
      queue.push(start);
      this.byOwner.set(owner, queue);
      this.waiting += 1;
    });
  }

  private startNext(): void {
    for (const [owner, queue] of this.byOwner) {
      const start = queue.shift();
      // It comes after all others now.
      this.byOwner.delete(owner);
      if (queue.length > 0) this.byOwner.set(owner, queue);
      if (start === undefined) continue;
      this.waiting -= 1;
      start();
      return;
    }
  }
}
