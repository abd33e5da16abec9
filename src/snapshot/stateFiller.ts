import type { LogStart } from '../raft/types';
import type { Kv } from '../storage/kv';
import { MemberStore } from '../storage/memberStore';
import type { Identity } from '../storage/recordCodec';
import { encodeEndChunk, encodeRowsChunk, sizeInChunk, type StoredRow } from '../storage/stateChunk';
import type { StateReceiver } from '../storage/stateReceiver';

/** As much as is put into the database at once. */
const PART_BYTES = 256 * 1024;

/** Puts a state into an empty database, in the way in which a member takes in its leader's. */
export class StateFiller {
  private number = 0;
  private rows = 0;

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
    for (let from = 0; from < rows.length;) {
      const part: StoredRow[] = [];
      for (let bytes = 0; from < rows.length && bytes < PART_BYTES; from += 1) {
        const row = rows[from];
        if (row === undefined) break;
        part.push(row);
        bytes += sizeInChunk(row);
      }
      await this.receiver.add(encodeRowsChunk(this.number, part));
      this.number += 1;
      this.rows += part.length;
    }
  }

  /** The state counts, and is on the disk when this resolves. */
  async finish(): Promise<void> {
    await this.receiver.add(encodeEndChunk(this.number, this.rows));
    await this.receiver.finish(this.start);
    await this.store.settled();
  }
}
