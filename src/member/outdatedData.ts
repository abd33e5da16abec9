import type { Raft } from '../raft/raft';
import type { Message } from '../raft/types';

/** The data on this member's disk are older than what it acknowledged; it must neither vote nor serve. */
export class OutdatedDataError extends Error {
  override readonly name = 'OutdatedDataError';
}

/** How often the leader has to say so: one frame that is wrong proves nothing. */
const TIMES = 3;

/**
 * Notices that this member's log ends before what it once acknowledged, as after its data directory was restored from a copy.
 * Only the others know: a leader's heartbeat says what is committed of that which this very member acknowledged to it (raft's
 * `matchIndex`), so it never goes beyond the log of a member that kept its word. Writes may have been acknowledged to clients on
 * the strength of it, so a member that lost entries must not vote as if it had never had them.
 *
 * It is one voice, and nobody else can confirm it. So it counts only between a start and the first append that fits: a directory is replaced while
 * nobody runs on it, and a leader that has this member's word for more appends after that, where nothing fits. Whoever says it
 * later lies, or has a faulty memory, and must not end a member that is well.
 */
export class OutdatedData {
  private suspect = '';
  private times = 0;

  constructor(private readonly raft: Pick<Raft, 'id' | 'term' | 'leader' | 'hasAgreed' | 'status'>) {}

  /** Looks at a message before it is judged. @throws OutdatedDataError */
  look(message: Message): void {
    if (message.type !== 'heartbeat' || message.to !== this.raft.id || message.term < this.raft.term) return;
    if (this.raft.hasAgreed) return;
    const { lastIndex, configuration } = this.raft.status();
    const { leader } = this.raft;
    // Only a voter can lead, and who leads is known to be another one.
    if (!configuration.voters.includes(message.from) || (leader !== undefined && leader !== message.from)) return;
    if (message.commit <= lastIndex) {
      this.times = 0;
      return;
    }
    const suspect = `${message.from} ${message.term} ${lastIndex}`;
    this.times = suspect === this.suspect ? this.times + 1 : 1;
    this.suspect = suspect;
    if (this.times < TIMES) return;
    throw new OutdatedDataError(
      `the data of this member are older than what it acknowledged: its log ends at entry ${lastIndex}, and leader ${message.from} ` +
        `has its word for entry ${message.commit}. Was its data directory restored from a copy? The directory is marked and not used again: with --auto-rejoin the next start moves it aside and takes its place as a new member; otherwise remove the member from the cluster, move the directory aside and add it again.`,
    );
  }
}
