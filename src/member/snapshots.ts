import type { Raft } from '../raft/raft';
import type { MemberStore } from '../storage/memberStore';
import type { CurrentState } from './currentState';
import type { Loop } from './loop';
import type { PendingRequests } from './pendingRequests';
import { MemberError, type SnapshotSource, type StateSnapshot } from './types';

export interface SnapshotsParts {
  readonly raft: Raft;
  readonly store: MemberStore;
  readonly state: CurrentState;
  readonly loop: Pick<Loop, 'rowsStored'>;
  readonly requests: Pick<PendingRequests, 'readBarrier'>;
}

/** The state of this member for backups, as followers get it: a view of the database, beside which writes go on. */
export class Snapshots implements SnapshotSource {
  private readonly ending = new AbortController();

  constructor(private readonly parts: SnapshotsParts) {}

  async snapshot({ quorum }: { readonly quorum: boolean }): Promise<StateSnapshot> {
    const { raft, store, state, loop, requests } = this.parts;
    this.refuseIfEnding();
    if (quorum) await requests.readBarrier();
    // What was acknowledged is applied here; its rows may still wait for the next batch.
    await loop.rowsStored(raft.applied);
    const exported = await store.exportState();
    if (this.ending.signal.aborted) await exported.close();
    this.refuseIfEnding();
    return {
      position: exported.start,
      nodesAbout: state.machine.keySpace.tree.size,
      chunks: this.untilTheEnd(exported.chunks),
      counted: exported.counted,
      ending: this.ending.signal,
      close: () => exported.close(),
    };
  }

  /** The member stops: what is being read ends. */
  end(): void {
    this.ending.abort();
  }

  private async *untilTheEnd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    this.refuseIfEnding();
    for await (const chunk of chunks) {
      yield chunk;
      this.refuseIfEnding();
    }
  }

  private refuseIfEnding(): void {
    if (this.ending.signal.aborted) throw new MemberError('stopped', 'the member is stopping');
  }
}
