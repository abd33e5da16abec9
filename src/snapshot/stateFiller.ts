import type { LogStart } from '../raft/types';
import type { Kv } from '../storage/kv';
import { MemberStore } from '../storage/memberStore';
import type { Identity } from '../storage/recordCodec';
import { ChunkPacker, type StoredRow } from '../storage/stateChunk';
import type { StateReceiver } from '../storage/stateReceiver';

/** Puts a state into an empty database, in the way in which a member takes in its leader's. */
export class StateFiller {
  private readonly packer = new ChunkPacker();

  private constructor(
    private readonly store: MemberStore,
    private readonly receiver: StateReceiver,
    private readonly start: LogStart,
  ) {}

  /** Rejects with StorageError. */
  static async begin(kv: Kv, identity: Identity, start: LogStart): Promise<StateFiller> {
    const store = await MemberStore.open(kv);
    const { index, term, configuration } = start;
    await store.initialise({ identity, configuration, position: { index, term } });
    return new StateFiller(store, await store.receiveState(), start);
  }

  /** A row that was added before is replaced. */
  async add(rows: readonly StoredRow[]): Promise<void> {
    for (const row of rows) {
      const chunk = this.packer.add(row);
      if (chunk !== undefined) await this.receiver.add(chunk);
    }
  }

  /** The state counts, and is on the disk when this resolves. */
  async finish(): Promise<void> {
    for (const chunk of this.packer.finish()) await this.receiver.add(chunk);
    await this.receiver.finish(this.start);
    await this.store.settled();
  }
}
