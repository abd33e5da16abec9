import { decodeBatch } from '../../src/machine/commandCodec';
import { logKey, LOG_START_KEY } from '../../src/storage/layout';
import { decodeEntry } from '../../src/storage/entryCodec';
import { decodePosition } from '../../src/storage/recordCodec';
import type { RaftLog } from '../../src/raft/log';
import type { Entry, MemberId, Message } from '../../src/raft/types';
import type { SimDisk } from './disk';
import type { Judge } from './judge';
import type { Reference } from './reference';
import { entryText } from './reference';

interface Placed {
  readonly previousTerm: number;
  readonly entry: Entry;
}

/** One who leads, or who led when it died or was deposed. */
export interface Leader {
  readonly id: MemberId;
  readonly log: RaftLog;
  /** Until then its log only grows. */
  readonly isLeading: () => boolean;
}

/** What no member can see alone: promises between members, checked as they are made. */
export class Invariants {
  /** Who led each term. */
  readonly leaders = new Map<number, Leader>();
  private readonly votes = new Map<string, MemberId>();
  private readonly placed = new Map<string, Placed>();
  /** The term in which a leader first committed each index. */
  private readonly committedIn: number[] = [];

  /**
   * @param diskOf the disk that is now the one of a member, if there is one
   */
  constructor(
    private readonly judge: Judge,
    private readonly reference: Reference,
    private readonly diskOf: (id: MemberId) => SimDisk | undefined,
  ) {}

  /** Log matching (paper section 5.3): the same index and term mean the same entry after the same entry. */
  appended(by: string, entry: Entry, previousTerm: number): void {
    const name = `${entry.index}@${entry.term}`;
    const known = this.placed.get(name);
    if (known === undefined) {
      this.placed.set(name, { previousTerm, entry });
      return;
    }
    const same = known.entry === entry || sameContent(known.entry, entry);
    this.judge.check(same && known.previousTerm === previousTerm, 'log matching', () => {
      return `${by} has another ${entryText(entry)} than others, or after one of another term`;
    });
  }

  /** A leader puts an entry into the log: only its own clock lets keys expire and has the members compare their states. */
  proposed(by: MemberId, entry: Entry): void {
    if (entry.kind !== 'command') return;
    const { origin, commands } = decodeBatch(entry.data);
    const isLeaders = commands.some(({ type }) => type === 'sync' || type === 'checkpoint');
    this.judge.check(!isLeaders || origin === by, 'only the clock of the leader counts', () => {
      return `${by} leads term ${entry.term} and takes a sync or checkpoint of ${origin} as ${entryText(entry)}`;
    });
  }

  /** Election safety (section 5.2) and leader completeness (section 5.4). */
  leads(term: number, leader: Leader): void {
    const known = this.leaders.get(term)?.id;
    const { id, log } = leader;
    if (known === id) return;
    if (known !== undefined) {
      this.judge.broken('election safety', `${known} and ${id} lead term ${term}`);
      return;
    }
    this.leaders.set(term, leader);
    this.voted(id, term, id);
    this.checkVoteOnDisk(id, term, id);
    for (let index = log.startIndex + 1; index < this.committedIn.length; index++) {
      const committedIn = this.committedIn[index];
      if (committedIn === undefined || committedIn >= term) continue;
      const entry = this.reference.entries[index];
      if (entry === undefined || log.termAt(index) === entry.term) continue;
      this.judge.broken('leader completeness', `${id} leads term ${term} without ${entryText(entry)}`);
      return;
    }
  }

  /** A leader moves its commit index: the entry is of its own term and on the disks of a majority of voters. */
  committed(
    by: MemberId,
    term: number,
    before: number,
    index: number,
    entryTerm: number | undefined,
    voters: readonly MemberId[],
  ): void {
    for (let at = before + 1; at <= index; at++) this.committedIn[at] ??= term;
    this.judge.check(entryTerm === term, 'only own entries are committed by counting', () => {
      return `${by} commits ${index} of term ${entryTerm ?? '-'} in term ${term}`;
    });
    let holders = 0;
    for (const voter of voters) if (this.holds(voter, index, entryTerm)) holders++;
    this.judge.check(holders > voters.length / 2, 'committed is durable on a majority', () => {
      return `${by} commits ${index}, which is on ${holders} of ${voters.length} disks`;
    });
  }

  /** Something leaves a member: what it promises must be on its disk. */
  leaving(message: Message): void {
    switch (message.type) {
      case 'voteRequest':
        if (message.pre) return;
        this.voted(message.from, message.term, message.from);
        this.checkVoteOnDisk(message.from, message.term, message.from);
        return;
      case 'voteResponse':
        if (message.pre || !message.granted) return;
        this.voted(message.from, message.term, message.to);
        this.checkVoteOnDisk(message.from, message.term, message.to);
        return;
      case 'appendResponse':
        if (message.success) this.acknowledged(message);
        return;
      case 'appendRequest':
      case 'heartbeat':
      case 'heartbeatResponse':
      case 'readIndexRequest':
      case 'readIndexResponse':
      case 'timeoutNow':
      case 'snapshotRequest':
        return;
    }
  }

  /** A follower says that it has what the leader has up to this index, on its disk. */
  private acknowledged({ from, term, index }: Message & { readonly index: number }): void {
    const leader = this.leaders.get(term);
    const known = leader?.isLeading() === true ? leader.log : undefined;
    const isThere = known === undefined || index <= known.lastIndex;
    const leadersTerm = known !== undefined && index > known.startIndex ? known.termAt(index) : undefined;
    this.judge.check(isThere && this.holds(from, index, leadersTerm), 'acknowledged is durable', () => {
      return `${from} acknowledges ${index} of term ${leadersTerm ?? '-'}, its disk lacks it`;
    });
  }

  private voted(voter: MemberId, term: number, candidate: MemberId): void {
    const name = `${voter}@${term}`;
    const known = this.votes.get(name);
    if (known === undefined) this.votes.set(name, candidate);
    else
      this.judge.check(
        known === candidate,
        'one vote a term',
        () => `${voter} votes ${known} and ${candidate} in ${term}`,
      );
  }

  private checkVoteOnDisk(voter: MemberId, term: number, candidate: MemberId): void {
    const stored = this.diskOf(voter)?.hardState;
    if (stored === undefined || stored.term > term) return;
    this.judge.check(stored.term === term && stored.votedFor === candidate, 'a vote is durable', () => {
      return `${voter} votes for ${candidate} in ${term}, its disk says ${stored.votedFor ?? '-'} in ${stored.term}`;
    });
  }

  /** Whether the disk of `id` has the entry at `index`, of `term` if that is given, or a state that includes it. */
  private holds(id: MemberId, index: number, term: number | undefined): boolean {
    const disk = this.diskOf(id);
    if (disk === undefined) return false;
    const stored = disk.durable.get(logKey(index));
    if (stored !== undefined && (term === undefined || decodeEntry(index, stored).term === term)) return true;
    const start = disk.durable.get(LOG_START_KEY);
    return start !== undefined && decodePosition('logStart', start).index >= index;
  }
}

function sameContent(a: Entry, b: Entry): boolean {
  if (a.kind === 'noop' || b.kind === 'noop') return a.kind === b.kind;
  return a.kind === b.kind && Buffer.compare(a.data, b.data) === 0;
}
