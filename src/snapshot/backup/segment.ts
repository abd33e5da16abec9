import { randomBytes } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../../platform/durable';
import type { LogHeader } from '../format/logHeader';
import { logBeginning } from '../format/logWriter';
import { logName } from './files';

/** All keys and the hashes of passwords are in it. */
const OWNER_ONLY = 0o600;

/** A log that is being written. What earlier runs wrote is never written to, so that nobody's mistake can harm it. */
export class Segment {
  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private whole: number,
  ) {}

  /** A new file, on the disk when this resolves. Rejects as the file system does; then there is none. */
  static async begin(directory: string, header: LogHeader): Promise<Segment> {
    const path = join(directory, logName(header.after, randomBytes(4).toString('hex')));
    const file = await open(path, 'wx', OWNER_ONLY);
    try {
      const beginning = Buffer.concat(logBeginning(header));
      await file.appendFile(beginning);
      await file.datasync();
      await syncDirectory(directory);
      return new Segment(path, file, beginning.length);
    } catch (error) {
      await file.close();
      await unlink(path).catch(() => undefined);
      throw error;
    }
  }

  get bytes(): number {
    return this.whole;
  }

  /** Whole records, on the disk when this resolves. Rejects as the file system does; then nothing may be written any more. */
  async write(records: Uint8Array): Promise<void> {
    await this.file.appendFile(records);
    await this.file.datasync();
    this.whole += records.length;
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** After a write that failed: what is there of it is cut off, if that can be. A reader passes over it in any case. */
  async abandon(): Promise<void> {
    await this.file.truncate(this.whole).catch(() => undefined);
    await this.file.close().catch(() => undefined);
  }
}
