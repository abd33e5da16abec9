/** Members driven by hand: a disk that only knows what was made durable, a state machine that keeps what it applied. */
import { Raft } from '../../src/raft/raft';
import type {
  Configuration,
  Entry,
  HardState,
  LogStart,
  MemberId,
  Message,
  RaftOptions,
  Ready,
  ReadState,
  RestoredState,
  Write,
} from '../../src/raft/types';

const CHANCE = 0.99;

/** The context of the first read that a member with this chance forwards. */
export const FIRST_CONTEXT = 1 + Math.floor(CHANCE * 2 ** 47);

/** A leader's lease lasts 5 ticks, a follower's patience 9. */
export const DEFAULTS: Omit<RaftOptions, 'id'> = {
  electionTicks: 5,
  heartbeatTicks: 1,
  random: () => CHANCE,
  appendBytesMax: 64,
  inflightMessagesMax: 4,
  inflightBytesMax: 256,
  uncommittedBytesMax: 1024,
  entryBytesMax: 128,
};

export const NOBODY: Configuration = { voters: [], learners: [] };

export function optionsOf(id: MemberId, changes: Partial<RaftOptions> = {}): RaftOptions {
  return { ...DEFAULTS, ...changes, id };
}

export function emptyState(configuration: Configuration): RestoredState {
  return {
    hardState: { term: 0, votedFor: undefined, commit: 0 },
    start: { index: 0, term: 0, configuration },
    entries: [],
    applied: 0,
  };
}

export const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
export const text = (data: Uint8Array): string => Buffer.from(data).toString('latin1');

export const command = (index: number, term: number, value = `v${index}`): Entry => ({
  kind: 'command',
  index,
  term,
  data: bytes(value),
});
export const noop = (index: number, term: number): Entry => ({ kind: 'noop', index, term });

/** A state that was streamed: where it stands and what had been applied. */
export interface Snapshot {
  readonly start: LogStart;
  readonly machine: readonly Entry[];
}

/** What survives a crash. */
export class Disk {
  hardState: HardState;
  start: LogStart;
  entries: Entry[];
  machine: readonly Entry[];
  applied: number;

  constructor(state: RestoredState) {
    this.hardState = state.hardState;
    this.start = state.start;
    this.entries = [...state.entries];
    this.machine = [];
    this.applied = state.applied;
  }

  /** One batch: hard state, log, and the state machine as it was when the write was made. */
  store(write: Write, machine: readonly Entry[], applied: number): void {
    if (write.hardState !== undefined) this.hardState = write.hardState;
    if (write.start !== undefined) {
      this.start = write.start;
      this.entries = [];
    }
    const first = write.entries[0];
    if (first !== undefined) {
      this.entries = this.entries.filter((entry) => entry.index < first.index);
      const last = this.entries.at(-1)?.index ?? this.start.index;
      if (first.index !== last + 1) throw new Error(`hole on disk: ${first.index} after ${last}`);
      this.entries.push(...write.entries);
    }
    this.machine = machine;
    this.applied = applied;
  }

  compact(start: LogStart): void {
    this.start = start;
    this.entries = this.entries.filter((entry) => entry.index > start.index);
  }

  restored(): RestoredState {
    return { hardState: this.hardState, start: this.start, entries: [...this.entries], applied: this.applied };
  }
}

/** A core, its disk and its state machine; the driver's duties as src/raft/README.md lists them. */
export class TestMember {
  raft: Raft;
  readonly disk: Disk;
  /** Every entry applied so far, no-ops included. */
  machine: Entry[] = [];
  reads: ReadState[] = [];
  private inFlight: { write: Write; machine: readonly Entry[]; applied: number } | undefined;

  constructor(
    readonly options: RaftOptions,
    state: RestoredState,
  ) {
    this.disk = new Disk(state);
    this.raft = new Raft(options, state);
  }

  get id(): MemberId {
    return this.options.id;
  }

  get isWriting(): boolean {
    return this.inFlight !== undefined;
  }

  /** Takes what is ready and applies what is committed. */
  ready(): Ready {
    const ready = this.raft.ready();
    for (const entry of ready.committed) {
      if (entry.index !== (this.machine.at(-1)?.index ?? 0) + 1)
        throw new Error(`${this.id} applies ${entry.index} out of turn`);
      this.machine.push(entry);
    }
    const last = ready.committed.at(-1);
    if (last !== undefined) this.raft.appliedTo(last.index);
    this.reads.push(...ready.reads);
    return ready;
  }

  /** Starts a write, if there is one to start. */
  startWrite(): Write | undefined {
    const write = this.raft.takeWrite();
    if (write !== undefined) {
      this.inFlight = { write, machine: [...this.machine], applied: this.raft.status().applied };
    }
    return write;
  }

  /** The write in flight is durable; the messages that waited for it. */
  finishWrite(): readonly Message[] {
    if (this.inFlight === undefined) throw new Error(`${this.id} has no write in flight`);
    const { write, machine, applied } = this.inFlight;
    this.inFlight = undefined;
    this.disk.store(write, machine, applied);
    this.raft.persisted();
    return write.messagesAfter;
  }

  snapshot(): Snapshot {
    return { start: this.raft.logStartAt(this.raft.status().applied), machine: [...this.machine] };
  }

  /** False if it came too late. */
  install(snapshot: Snapshot): boolean {
    const fault = this.raft.faultOfStart(snapshot.start);
    // What is older than this member's state may well be of before its log.
    if (fault !== undefined && snapshot.start.index > this.raft.applied) throw new Error(`refused: ${fault}`);
    if (!this.raft.installSnapshot(snapshot.start)) return false;
    this.machine = [...snapshot.machine];
    return true;
  }

  /** Drops log entries up to `index`, or as far as the stored state machine reaches. */
  compact(index: number): void {
    const target = Math.min(index, this.disk.applied);
    if (target <= this.disk.start.index || target < this.raft.status().firstIndex) return;
    const start = this.raft.logStartAt(target);
    this.raft.compact(target);
    this.disk.compact(start);
  }

  /** Comes back with what is on the disk. */
  restart(): void {
    this.inFlight = undefined;
    this.machine = [...this.disk.machine];
    this.reads = [];
    this.raft = new Raft(this.options, this.disk.restored());
  }
}
