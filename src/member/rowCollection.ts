import type { Machine } from '../machine/machine';
import type { Row } from '../machine/rows';
import type { Clock } from '../platform/clock';
import { beginTurn } from './turn';
import type { MemberStore } from '../storage/memberStore';
import type { PreparedRows } from '../storage/preparedRows';

/** A millisecond's work, about. */
const ROWS_A_SLICE = 1000;
const BYTES_A_SLICE = 1024 * 1024;

/** Takes the rows that changed and makes them ready to be stored, a slice at a time; nothing may be applied before it is done. */
export function* collectRows(machine: Machine, store: MemberStore): Generator<undefined, PreparedRows, undefined> {
  const prepared = store.prepareRows();
  let slice: Row[] = [];
  let bytes = 0;
  for (const row of yield* machine.takingRows()) {
    slice.push(row);
    bytes += row.key.length + (row.value?.length ?? 0);
    if (slice.length < ROWS_A_SLICE && bytes < BYTES_A_SLICE) continue;
    yield* prepared.adding(slice);
    slice = [];
    bytes = 0;
    yield;
  }
  yield* prepared.adding(slice);
  return prepared;
}

/** Goes through `slices`, in this turn as far as a turn allows, and calls `done` or `failed` once: in this turn if that is enough. */
export function collectInTurns<T>(
  clock: Clock,
  slices: Generator<undefined, T, undefined>,
  failed: (error: unknown) => void,
  done: (collected: T) => void,
): void {
  const goOn = (): void => {
    try {
      const hasRoom = beginTurn(clock);
      while (hasRoom()) {
        const next = slices.next();
        if (next.done === true) {
          done(next.value);
          return;
        }
      }
      clock.soon(goOn);
    } catch (error) {
      failed(error);
    }
  };
  goOn();
}
