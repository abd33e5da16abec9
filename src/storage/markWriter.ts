/** Keeps the mark of the last synced write (syncedMark.ts) up to date, beside the batches and without making them wait. */
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { CHANGE, REPLACE } from '../platform/plainFile';
import type { StorageError } from './errors';
import { fileError } from './fileError';
import { encodeMark, MARK_FILE, MARK_FILE_BYTES, markPlace } from './syncedMark';

/**
 * So long after a batch the mark is written, with all that came meanwhile. A write wakes a thread and then the loop: after each batch
 * that cost some hundredths of all processor time where one client waits for each of its writes.
 */
export const WRITE_DELAY_MS = 100;
/** It is flushed this often at most; until then a power cut, but no end of the process, can take it back. */
const FLUSH_INTERVAL_MS = 1000;
const PRIVATE_FILE_MODE = 0o600;

export class MarkWriter {
  private synced: number;
  private written: number;
  private isNew = false;
  private writing: Promise<void> = Promise.resolve();
  private flushing: Promise<void> = Promise.resolve();
  private writeScheduled = false;
  private flushTimer: NodeJS.Timeout | undefined;
  private writeTimer: NodeJS.Timeout | undefined;
  private over = false;
  /** The database failed: what is marked now is all that will ever have been reported. */
  private isFinal = false;

  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    private counter: number,
    sequence: number,
    private readonly onFailure: (error: StorageError) => void,
  ) {
    this.synced = sequence;
    this.written = sequence;
  }

  /**
   * Writes and flushes a first mark. Rejects with StorageError.
   * @param database its directory
   * @param counter of the mark before, 0 if there is none
   * @param sequence of the last operation that is on the disk
   */
  static async open(
    database: string,
    counter: number,
    sequence: number,
    onFailure: (error: StorageError) => void,
  ): Promise<MarkWriter> {
    const path = join(database, MARK_FILE);
    let file: FileHandle | undefined;
    try {
      file = await open(path, counter === 0 ? REPLACE : CHANGE, PRIVATE_FILE_MODE);
      // Its whole length at once: later writes change nothing but the bytes, and cannot find the disk full.
      if (counter === 0) await file.write(Buffer.alloc(MARK_FILE_BYTES), 0, MARK_FILE_BYTES, 0);
      const writer = new MarkWriter(file, path, counter, sequence, onFailure);
      await writer.write();
      await file.sync();
      return writer;
    } catch (error) {
      await file?.close();
      throw fileError(error, 'cannot write', path);
    }
  }

  /** A batch was written; its last operation has this number. `isSynced`: it and everything before it is on the disk. */
  wrote(sequence: number, isSynced: boolean): void {
    this.written = sequence;
    if (isSynced) this.synced = sequence;
    this.isNew = true;
    this.scheduleWrite();
  }

  /**
   * A batch failed, and no other will be written: says so at once, and durably, because the engine may yet write the batch a
   * second time, behind what the disk had room for of the first, and what that leaves must not be taken for damage. It may be
   * called once no batch is under way.
   */
  failed(): void {
    if (this.isFinal) return;
    this.stop();
    this.isFinal = true;
    this.writing = this.writing.then(() => this.finish()).catch(() => undefined);
  }

  /**
   * Makes the mark exact, and durable; after a failure, final too. Rejects with StorageError, unless it is after a failure:
   * that has been reported, and the log may be understood without the mark.
   */
  async close(isWell: boolean): Promise<void> {
    this.stop();
    if (!isWell) this.failed();
    await Promise.all([this.writing, this.flushing]);
    try {
      if (isWell) await this.finish();
    } catch (error) {
      throw fileError(error, 'cannot write', this.path);
    } finally {
      await this.file.close();
    }
  }

  private stop(): void {
    this.over = true;
    clearTimeout(this.writeTimer);
    clearTimeout(this.flushTimer);
  }

  private async finish(): Promise<void> {
    await this.write();
    await this.file.sync();
  }

  private scheduleWrite(): void {
    if (this.over || this.writeScheduled) return;
    this.writeScheduled = true;
    this.writeTimer = setTimeout(() => this.startWrite(), WRITE_DELAY_MS);
  }

  private startWrite(): void {
    this.writing = this.write().then(
      () => {
        this.writeScheduled = false;
        this.scheduleFlush();
        if (this.isNew) this.scheduleWrite();
      },
      (error: unknown) => this.fail(error),
    );
  }

  private async write(): Promise<void> {
    this.isNew = false;
    this.counter += 1;
    const { counter, synced, written, isFinal } = this;
    const bytes = encodeMark({ counter, synced, written, isFinal });
    await this.file.write(bytes, 0, bytes.length, markPlace(counter));
  }

  private scheduleFlush(): void {
    if (this.over) return;
    this.flushTimer ??= setTimeout(() => {
      this.flushing = this.file.datasync().then(
        () => {
          this.flushTimer = undefined;
        },
        (error: unknown) => this.fail(error),
      );
    }, FLUSH_INTERVAL_MS);
  }

  private fail(error: unknown): void {
    this.over = true;
    this.onFailure(fileError(error, 'cannot write', this.path));
  }
}
