/**
 * When a database that has failed may be closed. RocksDB 6.17 tries a flush that failed again each second, on a thread of its own. A close
 * tells that thread to end and waits until it has said that it did; but only from within a try does it say so. Told while it sleeps
 * between two tries it ends without a word (`RecoverFromRetryableBGIOError` in db/error_handler.cc leaves at `end_recovery_`), and so it
 * does where the flush fails after the close began: then the close waits for ever. The first try lasts a second, because it waits for the
 * flush that failed, and that sleeps for as long: who closes by then is safe (flushWatch.ts hears of the failure in time). Later ones
 * last as long as a flush takes to fail again, some milliseconds: those a busy machine may miss.
 */

/** What the engine says of its flushes. */
export interface FlushReadings {
  /** Flushes, and compactions, that failed. */
  readonly failures: number;
  readonly running: number;
  /** One is due that did not begin. */
  readonly isPending: boolean;
}

/** The engine sleeps for a second between two tries: within this time there is one, or it tries no more. */
const TRY_WITHIN_MS = 1500;

/** @param waitedMs since the close was wanted */
export function mayClose({ failures, running, isPending }: FlushReadings, waitedMs: number): boolean {
  if (waitedMs >= TRY_WITHIN_MS) return true;
  // Nothing failed: what is under way may fail yet. Something failed: a try is under way.
  return failures === 0 ? running === 0 && !isPending : running > 0;
}

/** @param property the engine's own name of a number, without its prefix */
export function readFlushes(property: (name: string) => number): FlushReadings {
  return {
    failures: property('background-errors'),
    running: property('num-running-flushes'),
    isPending: property('mem-table-flush-pending') !== 0,
  };
}

/** Resolves when the database may be closed, at once or within a second and a half. Asks in each turn of the event loop. */
export function closingMoment(read: () => FlushReadings, nowMs = (): number => performance.now()): Promise<void> {
  const startMs = nowMs();
  return new Promise((resolve) => {
    const ask = (): void => {
      if (mayClose(read(), nowMs() - startMs)) resolve();
      else setImmediate(ask);
    };
    ask();
  });
}
