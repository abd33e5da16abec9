/** Watches until it is time to list again. */
import type { Clock } from '../platform/clock';
import { Debounce, type DebounceBounds } from './debounce';
import type { Source } from './source';

export interface Following {
  readonly source: Source;
  readonly clock: Pick<Clock, 'after' | 'monotonicMs'>;
  readonly bounds: DebounceBounds;
  /** Without any change. */
  readonly resyncMs: number;
  readonly signal: AbortSignal;
}

/**
 * Resolves when changes after `index` have settled, when the watch cannot go on, when it is time anyway, or when the signal is aborted.
 * Rejects as `Source.changes` does.
 */
export async function followUntilDue(
  index: number,
  { source, clock, bounds, resyncMs, signal }: Following,
): Promise<void> {
  const over = new AbortController();
  const end = (): void => {
    over.abort();
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const debounce = new Debounce(bounds);
  let cancel = clock.after(resyncMs, end);
  try {
    for await (const changed of source.changes(index, over.signal)) {
      if (changed <= index) continue;
      cancel();
      cancel = clock.after(debounce.changed(clock.monotonicMs()), end);
    }
    // Nothing more comes, so nothing is gained by acting at once; other changes may be on their way.
    if (!over.signal.aborted) await settled(debounce, clock, over.signal);
  } finally {
    cancel();
    signal.removeEventListener('abort', end);
    end();
  }
}

function settled(debounce: Debounce, clock: Following['clock'], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(debounce.changed(clock.monotonicMs()), resolve);
    signal.addEventListener('abort', () => {
      cancel();
      resolve();
    });
  });
}
