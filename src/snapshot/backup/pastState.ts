import { createHash } from 'node:crypto';
import type { StoredRow } from '../../storage/stateChunk';
import type { SnapshotHeader } from '../format/fileHeader';
import type { ReadSnapshot, SnapshotFileListener, StateSource } from '../openFile';
import type { StatePosition } from './replay';
import type { RowMerge } from './rowMerge';

/**
 * A state of the past, as if a snapshot had been taken then: the rows of the last one before it, with what was changed since. The history
 * is left out, because nothing that is made from it has one; so the SHA-256 is that of the state alone, whichever snapshot it was made from.
 */
export class PastState implements StateSource {
  /** @param keysAbout how many keys and directories it has, for a line about how far its reading is */
  constructor(
    private readonly base: StateSource,
    private readonly changes: RowMerge,
    readonly position: StatePosition,
    private readonly keysAbout: number,
  ) {}

  async read(listener: SnapshotFileListener): Promise<ReadSnapshot> {
    const { index, term, dateMs } = this.position;
    const merge = this.changes.again();
    const hash = createHash('sha256').update(`${index} ${term}\n`);
    let [rows, keys] = [0, 0];
    const give = (some: readonly StoredRow[]): void => {
      const kept = some.filter(({ table }) => table !== 'event');
      for (const { table, key, value } of kept) {
        hash.update(`${table} ${key.length} ${value.length}\n`).update(key, 'latin1').update(value, 'latin1');
        if (table === 'node') keys += 1;
      }
      rows += kept.length;
      listener.rows?.(kept);
    };
    const headerOf = (header: SnapshotHeader): SnapshotHeader => ({
      ...header,
      ...{ index, term, takenAtMs: dateMs, keysAbout: this.keysAbout },
    });
    const found = await this.base.read({
      header: (header) => listener.header?.(headerOf(header)),
      rows: (some) => {
        give(merge.merged(some));
      },
      progress: () => listener.progress?.(keys),
      ...(listener.pause === undefined ? {} : { pause: listener.pause }),
    });
    give(merge.rest());
    await listener.pause?.();
    const totals = { chunks: 0, chunkBytes: 0, rows, keys, sha256: hash.digest('hex') };
    return { header: headerOf(found.header), totals, bytes: found.bytes };
  }
}
