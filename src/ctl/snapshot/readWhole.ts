import { SnapshotDamage } from '../../snapshot/format/damage';
import { SnapshotFile, type SnapshotListener } from '../../snapshot/openFile';
import { Progress } from './progress';
import { whyUnreadable } from '../whyUnreadable';

/** Opens a file for as long as `use` takes. Rejects with an error that names the file, and the place of what is wrong with it. */
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

/** A line about how far the reading is, for as long as that takes. @param what is being done, for that line */
export async function shown<T>(
  what: string,
  read: (listener: Pick<SnapshotListener, 'header' | 'progress'>) => Promise<T>,
): Promise<T> {
  const line = new Progress(what);
  const { header, progress } = line;
  try {
    return await read({ header, progress });
  } finally {
    line.end();
  }
}

function damaged(path: string, damage: SnapshotDamage): Error {
  const advice = 'Nothing of it can be relied on: take another snapshot, or another copy of this one';
  return new Error(`${path} is not whole: ${damage.message}. ${advice}`);
}
