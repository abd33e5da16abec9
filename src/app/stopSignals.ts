/** Which signals ask the process to stop, and which of them repeat what was asked. */

/** Ctrl-C, a manager of services or a container engine, and the terminal that is closed. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls `stop` from now on, instead of what listened before. There is no moment without a listener: to the first process of a
 * container a signal would be lost.
 */
export function takeOverSignals(stop: (signal: NodeJS.Signals) => void, events: NodeJS.EventEmitter = process): void {
  for (const signal of STOP_SIGNALS) {
    const before = events.rawListeners(signal) as ((...values: unknown[]) => void)[];
    events.on(signal, stop);
    for (const listener of before) events.off(signal, listener);
  }
}

/**
 * Within this time further signals are the same wish. One Ctrl-C arrives twice below npm: the terminal sends it to all of the
 * group, and npm passes it on; a manager of services may likewise signal npm and the member.
 */
export const SAME_WISH_MS = 500;

/** Tells the first wish to stop from its echoes and from the second one. */
export class StopWishes {
  private firstMs: number | undefined;

  /** @param nowMs - of a clock that never goes back */
  heard(nowMs: number): 'first' | 'echo' | 'second' {
    if (this.firstMs === undefined) {
      this.firstMs = nowMs;
      return 'first';
    }
    return nowMs - this.firstMs < SAME_WISH_MS ? 'echo' : 'second';
  }
}
