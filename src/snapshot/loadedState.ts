import { DecodeError } from '../machine/bytes';
import { isMachineKey } from '../machine/cluster/clusterKeys';
import { isCleanPath } from '../machine/commandRules';
import { FeatureLevelError } from '../machine/features';
import { HISTORY_BYTES_MAX } from '../machine/keyspace/history';
import { Machine } from '../machine/machine';
import { ROW_TABLES, rowChecksum, type RowTable } from '../machine/rows';
import type { StoredRow } from '../storage/stateChunk';
import { SnapshotDamage } from './format/damage';
import type { ReadSnapshot, SnapshotFileListener, StateSource } from './openFile';

const MISMADE = 'all bytes are as they were written, but they are no state';
const TABLES = Object.keys(ROW_TABLES) as readonly RowTable[];
/** Of whatever length the history was: what is too old for this one falls out. */
const HISTORY = { events: 1000, bytesMax: HISTORY_BYTES_MAX };

/** Reads all of it into memory. Rejects as `LoadedState` throws, with what the listener throws, or as reading does. */
export async function loadState(
  source: StateSource,
  listener: SnapshotFileListener = {},
): Promise<{ readonly snapshot: ReadSnapshot; readonly machine: Machine }> {
  const state = new LoadedState();
  const snapshot = await source.read({
    ...listener,
    rows: (rows) => {
      state.add(rows);
      listener.rows?.(rows);
    },
  });
  state.finish();
  return { snapshot, machine: state.machine };
}

/** The state of a snapshot in memory, which takes as much of it as a member with this state does. */
export class LoadedState {
  readonly machine = new Machine(HISTORY);

  /** The next rows, in their order. @throws SnapshotDamage for what is no state, FeatureLevelError for that of a newer program */
  add(rows: readonly StoredRow[]): void {
    this.guarded(() => {
      for (const table of TABLES) {
        const some = rows.filter((row) => row.table === table);
        if (some.length === 0) continue;
        this.machine.loadRows({
          table,
          keys: some.map(({ key }) => key),
          values: some.map(({ value }) => value),
          checksums: some.map(({ key, value }) => rowChecksum(table, key, value)),
        });
      }
    });
  }

  /** All rows are there. @throws SnapshotDamage if they make no state */
  finish(): void {
    this.guarded(() => {
      this.machine.loaded();
    });
    if (this.machine.keySpace.index === 0) throw new SnapshotDamage(0, 'the state does not say at which index it is');
    this.checkKeys();
  }

  /** What no change can have made: keys that nobody can ask for, and indexes that were not given yet and would be given again. */
  private checkKeys(): void {
    const { index, tree } = this.machine.keySpace;
    for (const { path, createdIndex, modifiedIndex } of tree.everyNode()) {
      // The keys of members have the members' names in them.
      if (!isCleanPath(path) && !isMachineKey(path)) {
        throw new SnapshotDamage(0, `${MISMADE}: a key is named ${JSON.stringify(path).slice(0, 100)}`);
      }
      const last = Math.max(createdIndex, modifiedIndex);
      if (last > index) {
        throw new SnapshotDamage(0, `${MISMADE}: a key was changed at index ${last}, and the state is at ${index}`);
      }
    }
  }

  private guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (error instanceof FeatureLevelError || !(error instanceof DecodeError)) throw error;
      throw new SnapshotDamage(0, `${MISMADE}: ${error.message}`);
    }
  }
}
