import type { Machine } from '../machine/machine';
import type { Raft } from '../raft/raft';
import type { Entry, Write } from '../raft/types';
import type { MemberStore, StoreWrite } from '../storage/memberStore';
import type { Compaction } from './compaction';
import type { Cancel, Clock } from './environment';
import type { Proposals } from './proposals';
import type { ReadBarriers } from './readBarriers';
import { ROW_FLUSH_DELAY_MS } from './settings';
import type { Transport } from './transport';
import { MemberError } from './types';

export interface LoopParts {
  readonly raft: Raft;
  readonly machine: Machine;
  readonly store: MemberStore;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly proposals: Proposals;
  readonly reads: ReadBarriers;
  readonly compaction: Compaction;
  /** A broken invariant or a storage error: the member must not go on. Called once. */
  readonly onFailure: (error: unknown) => void;
  /** After every turn that applied something. */
  readonly onApplied: () => void;
}

/**
 * The way of everything through a member (design section 2): proposals and messages go into raft, what raft wants made
 * durable goes to storage in one batch, what is committed goes through the state machine, and answers go out. One batch is
 * in flight at a time; what arrives meanwhile is in the next one. Changed rows ride along with the next batch that is synced
 * anyway; they are redundant until then, because the log has their entries.
 */
export class Loop {
  private turnScheduled = false;
  private writing = false;
  private stopped = false;
  private rowsPending = false;
  private cancelFlush: Cancel | undefined;
  private idleWaiters: (() => void)[] = [];

  constructor(private readonly parts: LoopParts) {}

  /** Asks for a turn after everything that arrives in this turn of the event loop. */
  wake(): void {
    if (this.turnScheduled || this.stopped) return;
    this.turnScheduled = true;
    this.parts.clock.soon(this.turn);
  }

  /** No turn begins any more; resolves when the batch in flight, if any, is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelFlush?.();
    if (this.writing) await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  /** Stores rows that still wait; only after `stop`. */
  async flush(): Promise<void> {
    const rows = this.parts.machine.takeRows();
    if (rows.length > 0) await this.parts.store.write({ entries: [], rows, applied: this.applied() });
  }

  private readonly turn = (): void => {
    this.turnScheduled = false;
    this.guarded(() => {
      this.proposeQueued();
      this.askReads();
      this.process();
    });
  };

  private guarded(run: () => void): void {
    if (this.stopped) return;
    try {
      run();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.stopped = true;
    this.parts.onFailure(error);
  }

  private applied(): number {
    return this.parts.raft.status().applied;
  }

  private proposeQueued(): void {
    const { proposals, raft, transport } = this.parts;
    if (!proposals.hasQueued) return;
    const leader = raft.leader;
    if (leader === undefined) return;
    for (const { sequence, data } of proposals.takeBatches()) {
      if (leader !== raft.id) {
        if (!transport.forward(leader, data)) proposals.putBack(sequence);
        continue;
      }
      const result = raft.propose(data);
      if (result.ok) continue;
      if (result.reason === 'tooLarge') {
        proposals.fail(sequence, new MemberError('tooLarge', 'etcdserver: request is too large'));
      } else {
        // Refused for now (too much is uncommitted, or leadership moves): it waits for a later turn or its timeout.
        proposals.putBack(sequence);
      }
    }
  }

  private askReads(): void {
    const context = this.parts.reads.takeRound();
    if (context !== undefined) this.parts.raft.readIndex(context);
  }

  private process(): void {
    const { raft, transport, reads } = this.parts;
    for (;;) {
      const ready = raft.ready();
      if (ready.messages.length > 0) transport.send(ready.messages);
      this.apply(ready.committed);
      for (const state of ready.reads) reads.answered(state);
      if (ready.reads.length > 0) reads.release(raft.applied);
      const write = this.writing ? undefined : raft.takeWrite();
      if (write !== undefined) this.store(write);
      if (ready.messages.length === 0 && ready.committed.length === 0 && ready.reads.length === 0) return;
    }
  }

  private apply(committed: readonly Entry[]): void {
    const last = committed.at(-1);
    if (last === undefined) return;
    const { machine, raft, proposals, reads } = this.parts;
    for (const entry of committed) {
      switch (entry.kind) {
        case 'noop':
          break;
        case 'configuration':
          machine.applyConfiguration(entry.data);
          break;
        case 'command':
          proposals.settle(machine.apply(entry.data));
          break;
      }
    }
    raft.appliedTo(last.index);
    reads.release(last.index);
    for (const { watcher, event } of machine.keySpace.takeNotifications()) watcher.deliver(event);
    this.rowsPending = true;
    this.scheduleFlush();
    this.parts.onApplied();
  }

  private store(write: Write): void {
    const { transport, raft, compaction } = this.parts;
    const { hardState, entries, start, messagesAfter } = write;
    compaction.stored(entries);
    this.save({ hardState, entries, start }, () => {
      raft.persisted();
      if (messagesAfter.length > 0) transport.send(messagesAfter);
    });
  }

  /** One batch: what raft wants, the rows that changed, and the entries that are no longer needed. */
  private save(write: StoreWrite, done: () => void): void {
    const { store, machine, raft, compaction } = this.parts;
    this.writing = true;
    this.rowsPending = false;
    const applied = raft.applied;
    const compactTo = compaction.due(applied);
    if (compactTo !== undefined) raft.compact(compactTo);
    store.write({ ...write, rows: machine.takeRows(), applied, compactTo }).then(
      () => {
        this.written(() => {
          done();
          this.process();
        });
      },
      (error: unknown) => {
        this.written(() => {
          this.fail(error);
        });
      },
    );
  }

  private written(next: () => void): void {
    this.writing = false;
    this.guarded(next);
    // What raft refused because too much was uncommitted has its next chance now.
    if (this.parts.proposals.hasQueued) this.wake();
    for (const waiter of this.idleWaiters.splice(0)) waiter();
  }

  /** An idle member stores its rows without a sync, so that a restart has little to replay. */
  private scheduleFlush(): void {
    this.cancelFlush ??= this.parts.clock.after(ROW_FLUSH_DELAY_MS, () => {
      this.cancelFlush = undefined;
      this.guarded(() => {
        this.flushRows();
      });
    });
  }

  private flushRows(): void {
    if (!this.rowsPending) return;
    if (this.writing) {
      this.scheduleFlush();
      return;
    }
    this.save({}, () => undefined);
  }
}
