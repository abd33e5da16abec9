/** A snapshot from its beginning to its end, as it comes or from the disk, with every byte looked at. */
import type { FileHandle } from 'node:fs/promises';
import { SnapshotContents, type RowsListener } from './contents';
import type { SnapshotHeader, SnapshotTotals } from './format/fileHeader';
import { SnapshotFileReader } from './format/fileReader';
import { openToRead, readPieces } from './pieces';

export interface SnapshotListener {
  readonly header?: (header: SnapshotHeader) => void;
  readonly rows?: RowsListener;
  /** Called after each piece; `keys` of those there are about were read. */
  readonly progress?: (keys: number) => void;
}

export interface SnapshotFileListener extends SnapshotListener {
  /** Called just as often; nothing more is read before it resolves. */
  readonly pause?: () => Promise<void>;
}

export interface ReadSnapshot {
  readonly header: SnapshotHeader;
  readonly totals: SnapshotTotals;
  readonly bytes: number;
}

/** A whole state that can be read again and again, each time from its beginning to its end. */
export interface StateSource {
  /** Rejects with SnapshotDamage, with what the listener throws, or as reading does. */
  read(listener: SnapshotFileListener): Promise<ReadSnapshot>;
}

/** Takes a snapshot piece by piece. */
export class SnapshotReading {
  private readonly contents: SnapshotContents;
  private readonly reader: SnapshotFileReader;

  constructor(private readonly listener: SnapshotListener) {
    const { header, rows } = listener;
    this.contents = new SnapshotContents(rows);
    this.reader = new SnapshotFileReader({
      ...(header === undefined ? {} : { header }),
      chunk: (body, at) => {
        this.contents.add(body, at);
      },
    });
  }

  /** @throws SnapshotDamage, and what the listener throws */
  push(piece: Uint8Array): void {
    this.reader.push(piece);
    this.listener.progress?.(this.contents.keys);
  }

  /** All of it was there. @throws SnapshotDamage if it is not whole */
  finish(): ReadSnapshot {
    const found = this.reader.finish();
    this.contents.finish(found.totals, found.bytes);
    return found;
  }
}

export class SnapshotFile implements StateSource {
  private constructor(private readonly file: FileHandle) {}

  /** A symbolic link may lead to it. Rejects with NotAFileError for a FIFO, a device or a directory, or as opening does. */
  static async open(path: string): Promise<SnapshotFile> {
    return new SnapshotFile(await openToRead(path));
  }

  /** All of it; can be called again. Rejects with SnapshotDamage, with what the listener throws, or as reading does. */
  async read(listener: SnapshotFileListener): Promise<ReadSnapshot> {
    const reading = new SnapshotReading(listener);
    await readPieces(this.file, async (piece) => {
      reading.push(piece);
      await listener.pause?.();
    });
    return reading.finish();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
