/** Everything one member knows, shared by the files that hold the rules. It decides nothing. */
import type { Leadership } from './leadership';
import { RaftLog } from './log';
import { Persistence } from './persistence';
import type { Vote } from './persistence';
import { ForwardedReads } from './reads';
import type { MemberId, Message, RaftOptions, ReadState, RestoredState, Role } from './types';

/** Contexts of forwarded reads begin at a random place below this, so that they do not repeat after a restart. */
const READ_CONTEXT_RANGE = 2 ** 47;

const HASTE_TICKS = 3;

export class RaftState {
  readonly id: MemberId;
  readonly log: RaftLog;
  readonly persistence: Persistence;
  readonly forwardedReads: ForwardedReads;
  /** Answers for `Ready.reads`. */
  readStates: ReadState[] = [];
  role: Role = 'follower';
  leader: MemberId | undefined;
  /** Present while this member leads. */
  leadership: Leadership | undefined;
  /** Votes of the election (or pre-election) under way. */
  votes = new Map<MemberId, boolean>();
  /** Ticks since a leader was heard from, or since an election or a quorum check began. */
  electionElapsed = 0;
  electionTimeout = 0;
  /** Since it was started the log was found to fit a leader's, or this member led. */
  hasAgreed = false;
  private ballot: Vote;

  constructor(
    readonly options: RaftOptions,
    restored: RestoredState,
  ) {
    this.id = options.id;
    this.log = new RaftLog(restored);
    this.persistence = new Persistence(restored.hardState);
    this.ballot = restored.hardState;
    this.forwardedReads = new ForwardedReads(1 + Math.floor(options.random() * READ_CONTEXT_RANGE));
    this.drawElectionTimeout();
  }

  get term(): number {
    return this.ballot.term;
  }

  get votedFor(): MemberId | undefined {
    return this.ballot.votedFor;
  }

  /** Term and vote; replaced as a whole whenever either changes. */
  get vote(): Vote {
    return this.ballot;
  }

  /** Enters a later term, with the vote already given in it, if any (paper section 5.1). */
  enterTerm(term: number, votedFor: MemberId | undefined): void {
    this.ballot = { term, votedFor };
    this.persistence.dropWaiting();
  }

  voteFor(candidate: MemberId): void {
    if (this.ballot.votedFor === candidate) return;
    this.ballot = { term: this.ballot.term, votedFor: candidate };
  }

  /** Between electionTicks and 2 x electionTicks - 1, so that split votes are rare (paper section 5.2). */
  drawElectionTimeout(): void {
    const { electionTicks, random } = this.options;
    this.electionElapsed = 0;
    this.electionTimeout = electionTicks + Math.floor(random() * electionTicks);
  }

  /** The timeout ends within the next few ticks, at random, so that not everybody who heard the same news stands at once. */
  hastenElection(): void {
    const { random } = this.options;
    this.electionElapsed = this.electionTimeout - 1 - Math.floor(random() * HASTE_TICKS);
  }

  /** Whether `id` votes in the configuration in force. */
  isVoter(id: MemberId): boolean {
    return this.log.configuration.voters.includes(id);
  }

  get isOnlyVoter(): boolean {
    const { voters } = this.log.configuration;
    return voters.length === 1 && voters[0] === this.id;
  }

  /** A message that says nothing about durable state. */
  send(message: Message): void {
    this.persistence.send(message);
  }

  /** A message that must not be known before the term and vote behind it are durable. */
  sendAfterVote(message: Message): void {
    this.persistence.sendAfterVote(message, this.ballot);
  }
}
