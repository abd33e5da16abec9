import { APPLY_MAX_MS, APPLY_SLICES_MAX } from '../../src/member/settings';
import { beginTurn } from '../../src/member/turn';
import type { Clock } from '../../src/platform/clock';

let nowMs = 0;
const clock = { monotonicMs: () => nowMs } as Clock;

/** Slices that one turn does when each takes so long. */
function slicesOf(sliceMs: number): number {
  const hasRoom = beginTurn(clock);
  let slices = 0;
  for (; hasRoom(); slices++) nowMs += sliceMs;
  return slices;
}

test.each([
  ['of no time', 0, APPLY_SLICES_MAX],
  ['of a fifth of a turn', APPLY_MAX_MS / 5, 5],
  ['longer than a turn', 10 * APPLY_MAX_MS, 1],
])('slices %s', (_name, sliceMs, count) => {
  expect(slicesOf(sliceMs)).toBe(count);
});
