import { SnapshotDamage } from '../format/damage';
import { damageOfOpening } from '../pieces';
import { SnapshotFile, type ReadSnapshot, type SnapshotFileListener, type StateSource } from '../openFile';
import type { BackupFile } from './files';

/** A whole state in the directory of a backup. What it is has to be what its name says, because that says what is before and behind it. */
export class FullFile implements StateSource {
  private constructor(
    private readonly place: BackupFile,
    private readonly file: SnapshotFile | SnapshotDamage,
  ) {}

  /** One that cannot be opened says so when it is read, as one that is damaged does. Rejects with ENOENT alone. */
  static async open(place: BackupFile): Promise<FullFile> {
    return new FullFile(place, await SnapshotFile.open(place.path).catch(damageOfOpening));
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
