/**
 * Changes of users and roles that were in the log when the member was started, behind what was applied. They may have been acknowledged, and this
 * member may have carried them out before it was stopped: what it knows without them is older, and may have auth off, or an old password.
 */
import { decodeBatch } from '../machine/commandCodec';
import { DecodeError } from '../machine/bytes';
import type { Raft } from '../raft/raft';
import type { Entry } from '../raft/types';

type Position = Pick<Entry, 'index' | 'term'>;

export class UndecidedAuth {
  private waiting: readonly Position[];

  /** Reads what is not applied yet, which may be long values: at the start nobody waits for the event loop. */
  constructor(private readonly raft: Pick<Raft, 'applied' | 'status' | 'entries'>) {
    const { applied, lastIndex } = raft.status();
    const entries = applied < lastIndex ? raft.entries(applied + 1, lastIndex) : [];
    this.waiting = entries.filter(changesAuth).map(({ index, term }) => ({ index, term }));
  }

  /** Whether one of them is neither applied nor known to be none of the cluster's. Never again true once it was false. */
  get isAny(): boolean {
    if (this.waiting.length === 0) return false;
    const { applied } = this.raft;
    const { firstIndex, lastIndex } = this.raft.status();
    this.waiting = this.waiting.filter(({ index, term }) => {
      if (index <= applied) return false;
      // A leader that did not have it put others in its place, or took it away.
      return index >= firstIndex && index <= lastIndex && this.raft.entries(index, index)[0]?.term === term;
    });
    return this.waiting.length > 0;
  }
}

function changesAuth(entry: Entry): boolean {
  if (entry.kind !== 'command') return false;
  try {
    return decodeBatch(entry.data).commands.some(({ type }) => type === 'auth');
  } catch (error) {
    // What cannot be read has no effect on any member.
    if (error instanceof DecodeError) return false;
    throw error;
  }
}
