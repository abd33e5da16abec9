import type { Operation, SeenEvent, Violation } from '../../linearizability/history';

/** Everything a run finds out, until it is judged. */
export class Record {
  readonly operations: Operation[] = [];
  readonly violations: Violation[] = [];
  readonly counts = new Map<string, number>();
  private lastWriteMs = performance.now();
  longestWithoutWriteMs = 0;

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  violation(kind: string, text: string): void {
    this.violations.push({ kind, text });
  }

  add(operation: Operation): void {
    this.operations.push(operation);
    const { action, result, endMs } = operation;
    const isFast = result.type !== 'unknown';
    this.count(
      `${action.type === 'read' && !action.linearizable ? 'plain read' : action.type} ${isFast ? 'answered' : 'unknown'}`,
    );
    if (result.type !== 'written') return;
    this.longestWithoutWriteMs = Math.max(this.longestWithoutWriteMs, endMs - this.lastWriteMs);
    this.lastWriteMs = Math.max(this.lastWriteMs, endMs);
  }
}

/** What one watcher was told, in that order. */
export interface Told {
  readonly watcher: string;
  readonly path: string;
  readonly fromIndex: number;
  readonly events: readonly SeenEvent[];
}
