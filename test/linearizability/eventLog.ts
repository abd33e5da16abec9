import type { Operation, SeenEvent, Violation } from './history';
import { describeOperation } from './history';

/** Everything known to have happened, by index: from answers to writes, from watches, and from what reads came across. */
export class EventLog {
  private readonly byIndex = new Map<number, SeenEvent>();
  private readonly byKey = new Map<string, SeenEvent[]>();

  constructor(private readonly violations: Violation[]) {}

  /** Takes what `source` tells; a second, different story about the same index is a violation. */
  add(event: SeenEvent, source: string): void {
    const known = this.byIndex.get(event.index);
    if (known === undefined) {
      this.byIndex.set(event.index, event);
      return;
    }
    if (known.key === event.key && known.value === event.value) return;
    const text = `index ${event.index} is ${describeEvent(known)}, but ${describeEvent(event)} for ${source}`;
    this.violations.push({ kind: 'diverged', text });
  }

  addAnswer(operation: Operation): void {
    const { action, result } = operation;
    const source = describeOperation(operation);
    switch (result.type) {
      case 'written': {
        const value = 'value' in action ? action.value : undefined;
        this.add({ index: result.index, key: result.key, value }, source);
        const { previous } = result;
        if (previous) this.add({ index: previous.modifiedIndex, key: result.key, value: previous.value }, source);
        return;
      }
      case 'seen':
        if (result.version !== undefined && action.type === 'read') {
          const { value, modifiedIndex } = result.version;
          this.add({ index: modifiedIndex, key: action.key, value }, source);
        }
        return;
      case 'mismatch':
      case 'unknown':
        return;
    }
  }

  /** Call once everything is added. */
  sort(): void {
    for (const event of this.all()) {
      const events = this.byKey.get(event.key);
      if (events === undefined) this.byKey.set(event.key, [event]);
      else events.push(event);
    }
  }

  /** In the order of their indexes. */
  all(): readonly SeenEvent[] {
    return [...this.byIndex.values()].sort((a, b) => a.index - b.index);
  }

  /** The latest change of the key at or before `index`. */
  latest(key: string, index: number): SeenEvent | undefined {
    const events = this.byKey.get(key) ?? [];
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const event = events[middle];
      if (event !== undefined && event.index <= index) low = middle + 1;
      else high = middle;
    }
    return events[low - 1];
  }
}

export function describeEvent({ index, key, value }: SeenEvent): string {
  return value === undefined ? `${key} removed at ${index}` : `${key}=${value} at ${index}`;
}
