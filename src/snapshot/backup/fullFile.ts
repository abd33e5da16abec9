import { SnapshotDamage } from '../format/damage';
import type { SnapshotHeader } from '../format/fileHeader';
import { damageOfOpening } from '../pieces';
import { SnapshotFile, type ReadSnapshot, type SnapshotFileListener, type StateSource } from '../openFile';
import type { BackupFile } from './files';

/** A whole state in the directory of a backup. What it is has to be what its name says, because that says what is before and behind it. */
export class FullFile implements StateSource {
  private constructor(
    private readonly place: BackupFile,
    private readonly file: SnapshotFile | SnapshotDamage,
  ) {}

  /** One that cannot be opened says so when it is read, as one that is damaged does. Rejects with FileGone alone. */
  static async open(place: BackupFile): Promise<FullFile> {
    const { path } = place;
    return new FullFile(place, await SnapshotFile.open(path).catch((error: unknown) => damageOfOpening(path, error)));
  }

  /** Rejects as reading a snapshot does. */
  async read(listener: SnapshotFileListener): Promise<ReadSnapshot> {
    const { index: named } = this.place;
    if (this.file instanceof SnapshotDamage) throw this.file;
    return this.file.read({
      ...listener,
      header: (header) => {
        const { index } = header;
        if (index !== named) {
          throw new SnapshotDamage(0, `its name says that it is up to entry ${named}, and it is up to entry ${index}`);
        }
        listener.header?.(header);
      },
    });
  }

  async close(): Promise<void> {
    if (this.file instanceof SnapshotFile) await this.file.close();
  }
}

class Enough extends Error {
  constructor(readonly header: SnapshotHeader) {
    super('nothing more is read');
  }
}

/** By the beginning of the file alone; undefined: it cannot be read. What is behind it may be damaged. Rejects with FileGone, or as reading does. */
export async function headerOf(full: BackupFile): Promise<SnapshotHeader | undefined> {
  const file = await FullFile.open(full);
  try {
    await file.read({
      header: (header) => {
        throw new Enough(header);
      },
    });
  } catch (error) {
    if (error instanceof Enough) return error.header;
    if (!(error instanceof SnapshotDamage)) throw error;
  } finally {
    await file.close();
  }
  return undefined;
}
