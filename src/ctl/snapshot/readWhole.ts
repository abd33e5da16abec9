import type { RowsListener } from '../../snapshot/contents';
import { SnapshotDamage } from '../../snapshot/format/damage';
import { SnapshotFile, type ReadSnapshot, type SnapshotListener } from '../../snapshot/openFile';
import { Progress } from './progress';
import { whyUnreadable } from '../whyUnreadable';

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
    throw new Error(`${path} cannot be read: ${whyUnreadable(error)}`, { cause: error });
  });
  try {
    return await use(file);
  } catch (error) {
    throw error instanceof SnapshotDamage ? damaged(path, error) : error;
  } finally {
    await file.close();
  }
}

/** The same of an open file. */
export async function readAll(file: SnapshotFile, what: string, onRows?: RowsListener): Promise<ReadSnapshot> {
  const shown = new ShownProgress(what);
  try {
    return await file.read({ ...shown.listener, ...(onRows === undefined ? {} : { rows: onRows }) });
  } finally {
    shown.end();
  }
}

/** A line about how far a file was read. */
export class ShownProgress {
  private readonly progress: Progress;
  private about = 0;

  constructor(what: string) {
    this.progress = new Progress(what);
  }

  get listener(): Pick<SnapshotListener, 'header' | 'progress'> {
    return {
      header: ({ keysAbout }) => {
        this.about = keysAbout;
      },
      progress: (keys) => {
        this.progress.show(keys, this.about);
      },
    };
  }

  end(): void {
    this.progress.end();
  }
}

function damaged(path: string, damage: SnapshotDamage): Error {
  const advice = 'Nothing of it can be relied on: take another snapshot, or another copy of this one';
  return new Error(`${path} is not whole: ${damage.message}. ${advice}`);
}
