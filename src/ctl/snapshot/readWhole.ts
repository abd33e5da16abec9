import type { RowsListener } from '../../snapshot/contents';
import { SnapshotDamage } from '../../snapshot/format/damage';
import { SnapshotFile, type ReadSnapshot } from '../../snapshot/openFile';
import { Progress } from './progress';

/**
 * Reads a file to its end, with a line about how far it is. Rejects with an error that names the file and the place of what is wrong
 * with it.
 *
 * @param what is being done, for that line
 */
export function readWhole(path: string, what: string, onRows?: RowsListener): Promise<ReadSnapshot> {
  return withFile(path, (file) => readAll(file, what, onRows));
}

/** Opens a file for as long as `use` takes. Rejects as `readWhole` does. */
export async function withFile<T>(path: string, use: (file: SnapshotFile) => Promise<T>): Promise<T> {
  const file = await SnapshotFile.open(path).catch((error: unknown) => {
    throw new Error(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    return await use(file);
  } catch (error) {
    throw error instanceof SnapshotDamage ? damaged(path, error) : error;
  } finally {
    await file.close();
  }
}

export async function readAll(file: SnapshotFile, what: string, onRows?: RowsListener): Promise<ReadSnapshot> {
  const progress = new Progress(what);
  let about = 0;
  try {
    return await file.read({
      header: ({ keysAbout }) => {
        about = keysAbout;
      },
      progress: (keys) => {
        progress.show(keys, about);
      },
      ...(onRows === undefined ? {} : { rows: onRows }),
    });
  } finally {
    progress.end();
  }
}

function damaged(path: string, damage: SnapshotDamage): Error {
  const advice = 'Nothing of it can be relied on: take another snapshot, or another copy of this one';
  return new Error(`${path} is not whole: ${damage.message}. ${advice}`);
}
