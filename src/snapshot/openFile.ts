/** A snapshot's file on the disk, read from its beginning to its end, with every byte looked at. */
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
  /** Called now and then; `keys` of those there are about were read. */
  readonly progress?: (keys: number) => void;
  /** Called just as often; nothing more is read before it resolves. */
  readonly pause?: () => Promise<void>;
}

export interface ReadSnapshot {
  readonly header: SnapshotHeader;
  readonly totals: SnapshotTotals;
  readonly bytes: number;
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
  async read(listener: SnapshotListener = {}): Promise<ReadSnapshot> {
    const { header, rows, progress, pause } = listener;
    const contents = new SnapshotContents(rows);
    const reader = new SnapshotFileReader({
      ...(header === undefined ? {} : { header }),
      chunk: (body, at) => {
        contents.add(body, at);
      },
    });
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    for (let position = 0; ;) {
      const { bytesRead } = await this.file.read(piece, 0, PIECE_BYTES, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      reader.push(piece.subarray(0, bytesRead));
      progress?.(contents.keys);
      await pause?.();
    }
    const found = reader.finish();
    contents.finish(found.totals, found.bytes);
    return found;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
