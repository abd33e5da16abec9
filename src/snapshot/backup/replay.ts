import type { Command } from '../../machine/command';
import type { Machine } from '../../machine/machine';
import type { Entry } from '../../raft/types';
import type { LogMark } from '../format/logHeader';
import { BackupError } from './backupError';
import type { Target } from './target';

/** Where a state is: after an entry of the log, or after some of its commands. */
export interface StatePosition {
  readonly index: number;
  readonly term: number;
  /** The latest date that was met on the way to it, by the clocks of members: milliseconds since 1970. */
  readonly dateMs: number;
}

/** Carries out again what a cluster did, from a whole state on, until a state of the past is there. */
export class Replay {
  private reached = false;
  /** A mark behind this state is dated later than what is meant: nothing was written in between, by the clock of its member. */
  private isLate = false;
  /** That clock is ahead of those by which changes are dated, as one before what is meant came behind such a mark. */
  private areMarksAhead = false;
  /** Of the checkpoint that was passed last: members whose digest is that of this state, and those with another. */
  private readonly reports = { checkpoint: 0, equal: 0, other: 0 };

  /** @param at the state that the machine has */
  constructor(
    private readonly machine: Machine,
    private at: StatePosition,
    private readonly target: Target,
  ) {
    this.look();
  }

  get position(): StatePosition {
    return this.at;
  }

  /** Nothing more is to be carried out. */
  get isReached(): boolean {
    return this.reached;
  }

  /** Where nothing follows, this is known to be the state that is meant. */
  get isKnown(): boolean {
    return this.reached || this.isLate;
  }

  /** The next entry; those that are in the state already count for nothing. @throws BackupError, FeatureLevelError */
  entry(entry: Entry): void {
    if (this.isOver() || entry.index <= this.at.index) return;
    if (entry.index !== this.at.index + 1) throw new Error(`entry ${entry.index} behind entry ${this.at.index}`);
    switch (entry.kind) {
      case 'noop':
        break;
      case 'configuration':
        this.machine.applyConfiguration(entry.data);
        break;
      case 'command': {
        const { results, fault } = this.machine.applyWhile(entry.data, (next) => this.mayGoOn(next));
        if (this.isOver() && fault === undefined && results.length === 0) return;
      }
    }
    this.at = { ...this.at, index: entry.index, term: entry.term };
    this.look();
  }

  /** What a member said of its state here. @throws BackupError if this one is another */
  mark({ index, etcdIndex, dateMs }: LogMark): void {
    if (this.reached || index !== this.at.index) return;
    const own = this.machine.keySpace.index;
    if (own !== etcdIndex) {
      throw new BackupError(
        `the log leads to index ${own} after entry ${index}, where the member had ${etcdIndex}; restore another state`,
      );
    }
    // It is changes that count: a member whose clock is ahead must not end what others did before its date.
    if (this.target.kind === 'time' && dateMs > this.target.dateMs) this.isLate = !this.areMarksAhead;
    else this.passed(dateMs);
  }

  /** Nothing more comes. @throws BackupError if the state is not that of the members */
  finish(): void {
    const { checkpoint, equal, other } = this.reports;
    if (other === 0 || equal > 0) return;
    throw new BackupError(
      `the log does not lead to the state that members had at their comparison ${checkpoint}, before entry ${this.at.index}; ` +
        'restore a state before it, or one of the full snapshots by itself',
    );
  }

  private mayGoOn(next: Command): boolean {
    const { target, machine } = this;
    const dateMs = 'nowMs' in next ? next.nowMs : undefined;
    if (target.kind === 'index') this.reached = machine.keySpace.index >= target.index;
    // What has no date is taken for as late as the mark before it.
    if (target.kind === 'time') this.reached = dateMs === undefined ? this.isLate : dateMs > target.dateMs;
    if (this.reached) return false;
    if (this.isLate) [this.isLate, this.areMarksAhead] = [false, true];
    if (dateMs !== undefined) this.passed(dateMs);
    this.compare(next);
    return true;
  }

  /** Members compare their states by digests, which they write into the log: this state has to have the same. */
  private compare(next: Command): void {
    const own = this.machine.integrity.latest;
    if (next.type !== 'report' || next.checkpoint !== own?.checkpoint) return;
    if (this.reports.checkpoint !== own.checkpoint) {
      this.finish();
      Object.assign(this.reports, { checkpoint: own.checkpoint, equal: 0, other: 0 });
    }
    if (next.digest === own.digest) this.reports.equal += 1;
    else this.reports.other += 1;
  }

  private isOver(): boolean {
    return this.reached;
  }

  private look(): void {
    if (this.target.kind === 'index' && this.machine.keySpace.index >= this.target.index) this.reached = true;
  }

  private passed(dateMs: number): void {
    if (dateMs > this.at.dateMs) this.at = { ...this.at, dateMs };
  }
}
