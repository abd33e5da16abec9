import type { Clock } from '../platform/clock';
import { sleep } from '../platform/sleep';
import type { Raft } from '../raft/raft';
import type { Entry } from '../raft/types';
import { encodeEntry } from '../storage/entryCodec';
import type { CurrentState } from './currentState';
import type { LogFollowing, LogPart, LogPosition, LogSource } from './logSource';
import type { Loop } from './loop';
import type { PendingRequests } from './pendingRequests';
import { MemberError } from './types';

/** How long entries are gathered: of a busy member some hundred come at once, which costs it and the backup less than one by one. */
const GATHER_MS = 50;
/** How often it is said that nothing is missing, at most; and how often if nothing is written. */
const MARK_MS = 1000;
const IDLE_MARK_MS = 5000;
/** What is given at once. A single entry may be longer. */
const PART_BYTES = 256 * 1024;
const PART_ENTRIES = 1000;

export interface LogFeedParts {
  readonly raft: Raft;
  readonly state: CurrentState;
  readonly clock: Clock;
  readonly loop: Pick<Loop, 'isInEntry'>;
  readonly requests: Pick<PendingRequests, 'readBarrier'>;
}

/** The log of this member for backups, as far as it is applied: what is given is committed for good. */
export class LogFeed implements LogSource {
  private readonly ending = new AbortController();

  constructor(private readonly parts: LogFeedParts) {}

  async followLog(after: LogPosition, signal: AbortSignal): Promise<LogFollowing> {
    const { raft, requests } = this.parts;
    this.refuseIfEnding();
    // Whoever has an entry that is not applied here after this has one that was never committed.
    await requests.readBarrier();
    this.refuseIfEnding();
    const { firstIndex, applied } = raft.status();
    if (after.index > applied) return { kind: 'unknown' };
    if (after.index < firstIndex - 1) return { kind: 'forgotten', firstIndex };
    if (raft.logStartAt(after.index).term !== after.term) return { kind: 'unknown' };
    return { kind: 'following', parts: this.after(after, signal), ending: this.ending.signal };
  }

  /** The member stops: what is being given ends. */
  end(): void {
    this.ending.abort();
  }

  private async *after(begin: LogPosition, signal: AbortSignal): AsyncGenerator<LogPart, void, undefined> {
    const { clock, requests } = this.parts;
    let given = begin;
    let markedMs = -Infinity;
    let markedIndex = -1;
    while (!signal.aborted) {
      const entries = this.entriesAfter(given.index);
      const last = entries.at(-1);
      if (last !== undefined) {
        given = { index: last.index, term: last.term };
        yield { kind: 'entries', entries: entries.map(bytesOf) };
        continue;
      }
      const sinceMs = clock.monotonicMs() - markedMs;
      if (sinceMs >= (given.index === markedIndex ? IDLE_MARK_MS : MARK_MS)) {
        await requests.readBarrier();
        this.refuseIfEnding();
        // What was acknowledged until now may have been applied during the question. In the middle of an entry the state is that of none.
        if (this.parts.raft.applied === given.index && !this.parts.loop.isInEntry) {
          [markedMs, markedIndex] = [clock.monotonicMs(), given.index];
          yield { kind: 'mark', position: given, etcdIndex: this.parts.state.machine.keySpace.index };
          continue;
        }
      }
      await sleep(clock, GATHER_MS);
      this.refuseIfEnding();
    }
  }

  /** What is applied after `index`, some of it. */
  private entriesAfter(index: number): readonly Entry[] {
    const { raft } = this.parts;
    const { firstIndex, applied } = raft.status();
    this.refuseIfEnding();
    if (index < firstIndex - 1) {
      throw new MemberError(
        'busy',
        `the entries from ${index + 1} to ${firstIndex - 1} were forgotten before they were taken`,
      );
    }
    const entries = raft.entries(index + 1, Math.min(applied, index + PART_ENTRIES));
    let bytes = 0;
    const end = entries.findIndex((entry) => (bytes += entry.kind === 'noop' ? 0 : entry.data.length) > PART_BYTES);
    return end < 0 ? entries : entries.slice(0, Math.max(1, end));
  }

  private refuseIfEnding(): void {
    if (this.ending.signal.aborted) throw new MemberError('stopped', 'the member is stopping');
  }
}

function bytesOf(entry: Entry): Uint8Array {
  const stored = encodeEntry(entry);
  return Buffer.isBuffer(stored) ? stored : stored.bytes();
}
