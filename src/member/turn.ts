import type { Clock } from '../platform/clock';
import { APPLY_MAX_MS, APPLY_SLICES_MAX } from './settings';

/**
 * Begins a turn of long work. What it answers is asked before each slice: whether the turn has room for one more. It has room for
 * at least one.
 */
export function beginTurn(clock: Clock): () => boolean {
  const startMs = clock.monotonicMs();
  let slices = 0;
  return () => {
    slices += 1;
    return slices === 1 || (slices <= APPLY_SLICES_MAX && clock.monotonicMs() - startMs < APPLY_MAX_MS);
  };
}
