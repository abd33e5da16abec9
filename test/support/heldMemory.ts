/**
 * What this process holds on to. Resident memory cannot tell: V8 lets garbage lie for as long as the machine has room, so on
 * one with more of it, or with a test file before this one, it grows without anything being kept.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes on the heap and beside it that are still there after the garbage was collected. */
export async function heldBytes(): Promise<number> {
  // Twice, with a turn between: what a finalizer or a closed socket lets go of goes with the second.
  for (let round = 0; round < 2; round += 1) {
    collect();
    await new Promise(setImmediate);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
