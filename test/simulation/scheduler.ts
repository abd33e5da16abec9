/** Whose event it is: nothing happens to the dead, and to the paused only later. */
export interface Owner {
  readonly dead: boolean;
  readonly pausedUntilMs: number;
}

export interface Scheduled {
  atMs: number;
  order: number;
  readonly owner: Owner | undefined;
  readonly run: () => void;
  cancelled: boolean;
}

/** The only real things that are waited for; taken before the simulation forbids them. */
const realImmediate = setImmediate;
const realTick = process.nextTick;

/** Resolves when every promise that can go on has gone on: Node.js begins a tick when there is none left. */
function drained(): Promise<true> {
  return new Promise((resolve) => {
    realTick(resolve, true);
  });
}

/** Steps between two breaths: some milliseconds. */
const STEPS_A_BREATH = 200;

/** Lets timers and signals of the process have their turn. */
function breath(): Promise<true> {
  return new Promise((resolve) => {
    realImmediate(resolve, true);
  });
}

/**
 * Virtual time: a heap of events. One event runs, then all promises it let go run out, then the next: so nothing depends on
 * how fast the machine is.
 */
export class Scheduler {
  nowMs = 0;
  /** Who acts now; undefined: the world. */
  current: Owner | undefined;
  private readonly heap: Scheduled[] = [];
  private orders = 0;
  private steps = 0;

  /** Events of the same time run in the order in which they were scheduled. */
  schedule(delayMs: number, run: () => void, owner?: Owner): Scheduled {
    const atMs = Math.round((this.nowMs + Math.max(0, delayMs)) * 1000) / 1000;
    const event: Scheduled = { atMs, order: this.orders++, owner, run, cancelled: false };
    this.push(event);
    return event;
  }

  /** Runs one event; false if there is none. Not an async function: there are millions of events, and each promise is one more. */
  step(): Promise<boolean> {
    for (;;) {
      const event = this.pop();
      if (event === undefined) return Promise.resolve(false);
      if (event.cancelled || event.owner?.dead === true) continue;
      if (event.owner !== undefined && event.owner.pausedUntilMs > event.atMs) {
        event.atMs = event.owner.pausedUntilMs;
        event.order = this.orders++;
        this.push(event);
        continue;
      }
      this.nowMs = event.atMs;
      this.current = event.owner;
      event.run();
      return ++this.steps % STEPS_A_BREATH === 0 ? drained().then(breath) : drained();
    }
  }

  private push(event: Scheduled): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent]!;
      if (!isBefore(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  private pop(): Scheduled | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      const below = heap[child]!;
      if (!isBefore(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
