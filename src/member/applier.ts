import type { Applied } from '../machine/machine';
import type { Entry } from '../raft/types';
import type { Changes } from './changes';
import type { CurrentState } from './currentState';
import type { Clock } from '../platform/clock';
import type { MemberObserver } from './observer';
import type { Proposals } from './proposals';
import { beginTurn } from './turn';

export interface ApplierParts {
  readonly state: CurrentState;
  readonly clock: Clock;
  readonly proposals: Proposals;
  readonly changes: Changes;
  readonly observer?: MemberObserver | undefined;
  /** The list of members changed. */
  readonly onMembersChanged: () => void;
  /** The entry at `index` had no effect. */
  readonly onUnreadable: (index: number, fault: string) => void;
}

export interface AppliedSome {
  /** The index of the last entry that was applied as a whole; undefined: none was. */
  readonly last: number | undefined;
  readonly tookMs: number;
}

/**
 * Applies committed entries in their order, a turn's worth at a time: a member that comes out of a pause may have a hundred
 * thousand of them, and one alone may remove a million keys. Heartbeats and reads come in between.
 */
export class Applier {
  /** The oldest first; it is the one that is being applied. */
  private waiting: Entry[] = [];
  private slices: Generator<undefined, Applied, undefined> | undefined;
  /** This turn has applied as much as it may. */
  private resting = false;

  constructor(private readonly parts: ApplierParts) {}

  get hasWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** Whether an entry was begun and is not done: the state is that of no index, and must not be stored. */
  get isInEntry(): boolean {
    return this.slices !== undefined;
  }

  add(committed: readonly Entry[]): void {
    for (const entry of committed) this.waiting.push(entry);
  }

  beginTurn(): void {
    this.resting = false;
  }

  /** Undefined if there is nothing to apply, or if this turn has applied enough. */
  apply(): AppliedSome | undefined {
    if (this.waiting.length === 0 || this.resting) return undefined;
    const { clock, observer } = this.parts;
    const startedMs = observer?.nowMs() ?? 0;
    const hasRoom = beginTurn(clock);
    let done = 0;
    for (let entry = this.waiting[0]; entry !== undefined; entry = this.waiting[done]) {
      if (!hasRoom()) break;
      if (this.applyEntry(entry)) done += 1;
    }
    const last = this.waiting[done - 1]?.index;
    this.waiting.splice(0, done);
    this.resting = this.waiting.length > 0;
    return { last, tookMs: (observer?.nowMs() ?? 0) - startedMs };
  }

  /** Finishes the entry that was begun, for a member that stops. Its index; undefined if there is none. */
  finishEntry(): number | undefined {
    const entry = this.waiting[0];
    if (!this.isInEntry || entry === undefined) return undefined;
    while (!this.applyEntry(entry));
    this.waiting.shift();
    return entry.index;
  }

  /** Applies an entry, or a slice of it; whether it is done. */
  private applyEntry(entry: Entry): boolean {
    const { machine } = this.parts.state;
    switch (entry.kind) {
      case 'noop':
        return true;
      case 'configuration': {
        const proposed = machine.applyConfiguration(entry.data);
        if ('fault' in proposed) this.parts.onUnreadable(entry.index, proposed.fault);
        else this.parts.changes.settle(proposed);
        this.parts.onMembersChanged();
        return true;
      }
      case 'command': {
        this.slices ??= machine.applying(entry.data);
        const { done, value: applied } = this.slices.next();
        if (done !== true) return false;
        this.slices = undefined;
        if (applied.fault !== undefined) this.parts.onUnreadable(entry.index, applied.fault);
        this.parts.proposals.settle(applied);
        return true;
      }
    }
  }
}
