/** A snapshot from its beginning to its end, as it comes or from the disk, with every byte looked at. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { codeOf } from '../platform/errorCode';
import { kindOf, NotAFileError } from '../platform/plainFile';
import { SnapshotContents, type RowsListener } from './contents';
import type { SnapshotHeader, SnapshotTotals } from './format/fileHeader';
import { SnapshotFileReader } from './format/fileReader';

const PIECE_BYTES = 1024 * 1024;

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

export class SnapshotFile {
  private constructor(private readonly file: FileHandle) {}

  /** A symbolic link may lead to it. Rejects with NotAFileError for a FIFO, a device or a directory, or as opening does. */
  static async open(path: string): Promise<SnapshotFile> {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
      throw codeOf(error) === 'ENXIO' ? new NotAFileError('it is a socket or a device, expected a file') : error;
    });
    const found = await file.stat();
    if (found.isFile()) return new SnapshotFile(file);
    await file.close();
    throw new NotAFileError(`it is ${kindOf(found)}, expected a file`);
  }

  /** All of it; can be called again. Rejects with SnapshotDamage, with what the listener throws, or as reading does. */
  async read(listener: SnapshotFileListener): Promise<ReadSnapshot> {
    const reading = new SnapshotReading(listener);
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    for (let position = 0; ;) {
      const { bytesRead } = await this.file.read(piece, 0, PIECE_BYTES, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      reading.push(piece.subarray(0, bytesRead));
      await listener.pause?.();
    }
    return reading.finish();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
