import { describeEvent, type EventLog } from './eventLog';
import type { Operation, Violation } from './history';
import { describeOperation } from './history';

interface Heard {
  readonly endMs: number;
  readonly index: number;
  readonly operation: Operation;
}

/**
 * What was heard before a request began is behind it: a later write has a higher index, a later linearizable read (or a
 * refusal, which is one) takes place at that index or after it. Plain reads may be stale, but what they showed was committed.
 */
export function checkRealTime(operations: readonly Operation[], log: EventLog, violations: Violation[]): void {
  const floor = new Floor(operations);
  for (const operation of operations) {
    const { action, result } = operation;
    const behind = floor.at(operation.startMs);
    if (behind === undefined) continue;
    const place = result.type === 'unknown' ? undefined : result.index;
    if (place === undefined || (action.type === 'read' && !action.linearizable)) continue;
    const isBefore = result.type === 'written' ? place <= behind.index : place < behind.index;
    if (!isBefore) continue;
    const kind =
      action.type === 'read' ? 'stale read' : result.type === 'written' ? 'reordered write' : 'stale refusal';
    violations.push({ kind, text: `${describeOperation(operation)} after ${describeOperation(behind.operation)}` });
  }
  checkUnanswered(operations, floor, log, violations);
}

/** An unanswered write that took effect did so after it was asked for. */
function checkUnanswered(operations: readonly Operation[], floor: Floor, log: EventLog, violations: Violation[]): void {
  const places = new Map<string, number>();
  for (const event of log.all()) if (event.value !== undefined) places.set(event.value, event.index);
  for (const operation of operations) {
    const { action, result } = operation;
    if (result.type !== 'unknown' || !('value' in action)) continue;
    const place = places.get(action.value);
    const behind = floor.at(operation.startMs);
    if (place === undefined || behind === undefined || place > behind.index) continue;
    const event = describeEvent({
      index: place,
      key: 'key' in action ? action.key : action.directory,
      value: action.value,
    });
    const text = `${event} was asked for only after ${describeOperation(behind.operation)}`;
    violations.push({ kind: 'reordered write', text });
  }
}

/** The highest index that anybody had heard of at a moment. */
class Floor {
  /** In the order of time; indexes only rise. */
  private readonly heard: Heard[] = [];

  constructor(operations: readonly Operation[]) {
    const all = operations.flatMap((operation): Heard[] => {
      const { endMs, result } = operation;
      return result.type === 'unknown' ? [] : [{ endMs, index: result.index, operation }];
    });
    let highest = -1;
    for (const each of all.sort((a, b) => a.endMs - b.endMs)) {
      if (each.index <= highest) continue;
      highest = each.index;
      this.heard.push(each);
    }
  }

  at(timeMs: number): Heard | undefined {
    let low = 0;
    let high = this.heard.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const each = this.heard[middle];
      if (each !== undefined && each.endMs < timeMs) low = middle + 1;
      else high = middle;
    }
    return this.heard[low - 1];
  }
}
