/** Long work of clients, cut into slices: whatever many of them ask for, others get the event loop in between. */

/** What one turn of the event loop may take for such work, and what one piece of work may take of it before the next has its turn. */
const TURN_MS = 10;
const SLICE_MS = 2;

/** Does a slice of work, until `isOver` says that it is time to give way; true if there is more of it. */
export type Work = (isOver: () => boolean) => boolean;

export class Turns {
  private waiting: Work[] = [];
  private isScheduled = false;
  private sliceEndMs = 0;

  /** @param nowMs milliseconds of a clock that only goes on */
  constructor(private readonly nowMs = (): number => performance.now()) {}

  /** `work` is called in a later turn, again and again until it has no more to do. It never throws. */
  add(work: Work): void {
    this.waiting.push(work);
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.run);
  }

  private readonly isOver = (): boolean => this.nowMs() >= this.sliceEndMs;

  private readonly run = (): void => {
    this.isScheduled = false;
    const startMs = this.nowMs();
    let position = 0;
    for (let work = this.waiting[0]; work !== undefined; work = this.waiting[position]) {
      const nowMs = this.nowMs();
      if (position > 0 && nowMs - startMs >= TURN_MS) break;
      position += 1;
      this.sliceEndMs = nowMs + SLICE_MS;
      if (work(this.isOver)) this.waiting.push(work);
    }
    this.waiting.splice(0, position);
    if (this.waiting.length > 0) this.schedule();
  };
}
