import type { Machine } from '../machine/machine';
import type { LogStart, MemberId, Message, Write } from '../raft/types';
import { Applier, type AppliedSome } from './applier';
import { BatchWriter } from './batchWriter';
import type { LoopParts } from './loopParts';
import { MemberError } from './types';

/**
 * The way of everything through a member (design section 2): requests and messages go into raft, what raft wants made
 * durable goes to storage in one batch, what is committed goes through the state machine, and answers go out. One batch is
 * in flight at a time; what arrives meanwhile is in the next one. Changed rows ride along with the next batch that is synced
 * anyway, some milliseconds' worth of them at a time; they are redundant until then, because the log has their entries.
 */
export class Loop {
  private turnScheduled = false;
  /** The state is being replaced: nothing may be applied, and nothing may leave that depends on it. */
  private replacing = false;
  private stopped = false;
  private readonly applier: Applier;
  private readonly writer: BatchWriter;
  /** The index of the last state that was received; it is on disk with its rows. */
  private stateOnDisk = 0;
  private idleWaiters: (() => void)[] = [];

  constructor(private readonly parts: LoopParts) {
    const { replica, waiting, retention, events, clock, observer } = parts;
    const { proposals, changes } = waiting;
    this.applier = new Applier({ ...events, proposals, changes, state: replica.state, clock, observer });
    this.writer = new BatchWriter({
      ...{ ...replica, ...retention, clock },
      isBusy: () => this.busy,
      isInEntry: () => this.applier.isInEntry,
      guarded: (run) => {
        this.guarded(run);
      },
      onCollected: () => {
        if (this.applier.hasWaiting) this.wake();
      },
      onDone: (next) => {
        this.finished(() => {
          next();
          this.process();
        });
      },
    });
  }

  /** A batch is in flight, or the state is being replaced: the next batch has to wait. */
  private get busy(): boolean {
    return this.writer.busy || this.replacing;
  }

  /** Whether an entry was begun and is not done: the state is that of no index. */
  get isInEntry(): boolean {
    return this.applier.isInEntry;
  }

  /** Asks for a turn after everything that arrives in this turn of the event loop. */
  wake(): void {
    if (this.turnScheduled || this.stopped) return;
    this.turnScheduled = true;
    this.parts.clock.soon(this.turn);
  }

  /** One heartbeat interval has passed. */
  tick(): void {
    this.guarded(() => {
      this.parts.peers.border.tick();
      this.parts.replica.raft.tick();
    });
    this.wake();
  }

  /** Messages of another member. */
  received(messages: readonly Message[]): void {
    this.guarded(() => {
      for (const message of messages) {
        const verdict = this.parts.peers.border.judge(message);
        if (verdict === 'ignored') continue;
        if (verdict !== undefined) {
          // What it sent before counts; the rest is from the same source.
          this.parts.peers.transport.cutOff(message.from, verdict.offence);
          break;
        }
        const heeded = this.replacing ? heededWhileReplacing(message) : message;
        if (heeded !== undefined) this.parts.peers.border.step(heeded);
      }
      this.process();
    });
  }

  /** A request of another member; see forwardedRequest.ts. */
  requested(from: MemberId, request: Uint8Array): void {
    this.guarded(() => {
      const offence = this.parts.peers.forwarder.received(from, request);
      if (offence !== undefined) this.parts.peers.transport.cutOff(from, offence);
      this.process();
    });
  }

  /**
   * Replaces the state by one that was received. `adopt` makes it the stored one; a rejection of it ends the member.
   * Rejects, with nothing changed, if it is not newer than what is here or contradicts it, if the member leads by now, or if it stops.
   */
  async replaceState(start: LogStart, adopt: () => Promise<Machine>): Promise<void> {
    const { raft, state } = this.parts.replica;
    while (this.busy || (this.applier.hasWaiting && !this.stopped)) await this.idle();
    if (this.stopped) throw new Error('the member is stopping');
    if (start.index <= raft.applied) throw new Error(`the state at ${start.index} is older than this member's`);
    if (raft.leader === raft.id) throw new Error(`this member leads now, and needs no state at ${start.index}`);
    const fault = raft.faultOfStart(start);
    if (fault !== undefined) throw new Error(fault);
    this.replacing = true;
    try {
      const machine = await adopt();
      this.stateOnDisk = start.index;
      this.finished(() => {
        // Not in a member that was stopped meanwhile: raft would stay where it was, and the two belong together.
        for (const watcher of state.machine.keySpace.unwatchAll()) watcher.deliver(undefined);
        state.machine = machine;
        if (!raft.installSnapshot(start)) throw new Error(`the state at ${start.index} came too late`);
        this.parts.retention.compaction.restart(start.index, raft.entries(start.index + 1, raft.status().lastIndex));
        this.parts.events.onStateReplaced();
        this.parts.waiting.reads.release(raft.applied);
        this.parts.events.onMembersChanged();
        this.process();
      });
    } catch (error) {
      this.finished(() => {
        this.fail(error);
      });
      throw error;
    }
  }

  /** Resolves when storage has the rows up to this index, which was applied; rejects if the member stops. */
  async rowsStored(index: number): Promise<void> {
    while (!this.stopped && this.writer.rowsStoredTo < index && this.stateOnDisk < index) await this.idle();
    if (this.stopped) throw new MemberError('stopped', 'the member is stopping');
  }

  /** No turn begins any more; resolves when the batch in flight, if any, is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.writer.stop();
    this.releaseIdle();
    while (this.busy) await this.idle();
  }

  /** Stores rows that still wait; only after `stop`. */
  async flush(): Promise<void> {
    const { state, store, raft } = this.parts.replica;
    // A state that was taken over while the member was stopping is stored already, and raft did not hear of it.
    if (raft.applied < this.stateOnDisk) return;
    const finished = this.applier.finishEntry();
    if (finished !== undefined) raft.appliedTo(finished);
    await store.write({ rows: state.machine.takeRows(), applied: raft.applied });
  }

  /** Runs what may find out that the member must not go on. */
  guarded(run: () => void): void {
    if (this.stopped) return;
    try {
      run();
      this.parts.events.onTurn();
    } catch (error) {
      this.fail(error);
    }
  }

  private readonly turn = (): void => {
    this.turnScheduled = false;
    this.applier.beginTurn();
    this.guarded(() => {
      this.parts.peers.forwarder.submitQueued();
      const context = this.parts.waiting.reads.takeRound();
      if (context !== undefined) this.parts.replica.raft.readIndex(context);
      this.process();
    });
  };

  private fail(error: unknown): void {
    if (this.stopped) return;
    this.stopped = true;
    this.parts.events.onFailure(error);
  }

  private process(): void {
    if (this.replacing) return;
    const { raft } = this.parts.replica;
    const { reads } = this.parts.waiting;
    for (;;) {
      const ready = raft.ready();
      this.send(ready.messages);
      this.applier.add(ready.committed);
      this.apply();
      for (const state of ready.reads) reads.answered(state);
      if (ready.reads.length > 0) reads.release(raft.applied);
      const write = this.busy ? undefined : raft.takeWrite();
      if (write !== undefined) this.store(write);
      if (ready.messages.length === 0 && ready.committed.length === 0 && ready.reads.length === 0) return;
    }
  }

  private send(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    for (const message of messages) {
      if (message.type === 'snapshotRequest') this.parts.events.onStateWanted(message.to);
    }
    this.parts.peers.transport.send(messages);
  }

  /** Applies what waits, as much of it as a turn may take; what is left is for the next turn. */
  private apply(): void {
    const applied = this.writer.collecting ? undefined : this.applier.apply();
    if (applied === undefined) return;
    this.deliver(applied);
    // A long command that waited for the one that was applied may go now.
    if (this.applier.hasWaiting || this.parts.peers.forwarder.hasQueued) this.wake();
    if (!this.applier.hasWaiting) this.releaseIdle();
  }

  /** Tells everybody of what was applied. */
  private deliver({ last, tookMs }: AppliedSome): void {
    const { replica, waiting, observer } = this.parts;
    if (last !== undefined) {
      replica.raft.appliedTo(last);
      waiting.reads.release(last);
    }
    for (const { watcher, event } of replica.state.machine.keySpace.takeNotifications()) watcher.deliver(event);
    observer?.applied(tookMs);
    this.writer.rowsChanged();
    this.parts.events.onApplied();
  }

  private store(write: Write): void {
    const { replica, peers, retention } = this.parts;
    const { hardState, entries, start, messagesAfter } = write;
    retention.compaction.stored(entries);
    this.writer.save({ hardState, entries, start }, () => {
      replica.raft.persisted();
      if (messagesAfter.length > 0) peers.transport.send(messagesAfter);
    });
  }

  private finished(next: () => void): void {
    this.replacing = false;
    this.guarded(next);
    // What raft refused because too much was uncommitted has its next chance now.
    if (this.parts.peers.forwarder.hasQueued) this.wake();
    this.releaseIdle();
  }

  private releaseIdle(): void {
    for (const waiter of this.idleWaiters.splice(0)) waiter();
  }

  private idle(): Promise<void> {
    return new Promise((resolve) => this.idleWaiters.push(resolve));
  }
}

/**
 * What of a message counts while a state is taken into use. It is a follower's state, and was found to fit this log: nobody is elected and
 * nothing is appended or committed between that look and the end. Whoever stands stands again, a leader sends its entries again, and
 * that it is there is heard.
 */
function heededWhileReplacing(message: Message): Message | undefined {
  if (message.type === 'voteResponse' || message.type === 'appendRequest') return undefined;
  return message.type === 'heartbeat' ? { ...message, commit: 0 } : message;
}
