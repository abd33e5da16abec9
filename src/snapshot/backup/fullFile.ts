import { SnapshotDamage } from '../format/damage';
import { SnapshotFile, type ReadSnapshot, type SnapshotFileListener, type StateSource } from '../openFile';
import type { BackupFile } from './files';

/** A whole state in the directory of a backup. What it is has to be what its name says, because that says what is before and behind it. */
export class FullFile implements StateSource {
  private constructor(
    private readonly place: BackupFile,
    private readonly file: SnapshotFile,
  ) {}

  /** Rejects as opening a snapshot does. */
  static async open(place: BackupFile): Promise<FullFile> {
    return new FullFile(place, await SnapshotFile.open(place.path));
  }

  /** Rejects as reading a snapshot does. */
  read(listener: SnapshotFileListener): Promise<ReadSnapshot> {
    const { index: named } = this.place;
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

  close(): Promise<void> {
    return this.file.close();
  }
}
