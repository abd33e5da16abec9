import type { Action, Operation, Result, Version } from './history';

/** Short ways to write histories down: times in ms, key `/k` unless told otherwise. */
export const KEY = '/k';

export function operation(client: string, startMs: number, endMs: number, action: Action, result: Result): Operation {
  return { client, startMs, endMs: result.type === 'unknown' ? Number.POSITIVE_INFINITY : endMs, action, result };
}

export const at = (value: string, modifiedIndex: number): Version => ({ value, modifiedIndex });

/** A set that was acknowledged. */
export function set(
  times: readonly [number, number],
  value: string,
  index: number,
  previous?: Version | null,
  key = KEY,
): Operation {
  return operation('w', ...times, { type: 'set', key, value }, { type: 'written', key, index, previous });
}

/** Not answered. */
export function lostSet(startMs: number, value: string, key = KEY): Operation {
  return operation('l', startMs, 0, { type: 'set', key, value }, { type: 'unknown' });
}

export function lostSwap(startMs: number, expected: string, value: string): Operation {
  return operation('l', startMs, 0, { type: 'compareAndSwap', key: KEY, expected, value }, { type: 'unknown' });
}

export function lostRemoval(startMs: number): Operation {
  return operation('l', startMs, 0, { type: 'delete', key: KEY }, { type: 'unknown' });
}

export function swap(times: readonly [number, number], expected: string, value: string, index: number): Operation {
  const action = { type: 'compareAndSwap', key: KEY, expected, value } as const;
  return operation('s', ...times, action, { type: 'written', key: KEY, index, previous: undefined });
}

/** A compare-and-swap that was refused because of `actual`. */
export function refusedSwap(
  times: readonly [number, number],
  expected: string,
  value: string,
  index: number,
  actual: string | undefined,
): Operation {
  const action = { type: 'compareAndSwap', key: KEY, expected, value } as const;
  return operation('s', ...times, action, { type: 'mismatch', index, actual });
}

export function removal(times: readonly [number, number], index: number, previous?: Version): Operation {
  return operation('d', ...times, { type: 'delete', key: KEY }, { type: 'written', key: KEY, index, previous });
}

export function refusedRemoval(times: readonly [number, number], index: number): Operation {
  return operation('d', ...times, { type: 'delete', key: KEY }, { type: 'mismatch', index, actual: undefined });
}

/** A linearizable read when the store was at `index`. */
export function read(times: readonly [number, number], index: number, version: Version | undefined): Operation {
  return operation('r', ...times, { type: 'read', key: KEY, linearizable: true }, { type: 'seen', index, version });
}

export function plainRead(times: readonly [number, number], index: number, version: Version | undefined): Operation {
  return operation('p', ...times, { type: 'read', key: KEY, linearizable: false }, { type: 'seen', index, version });
}
