import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { fileError } from './fileError';

const WINDOW_BYTES = 1024 * 1024;

/** Opens a file for `use`. Rejects with StorageError, also where `use` throws something else. */
export async function withWindow(path: string, use: (file: FileWindow) => void): Promise<void> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      use(new FileWindow(file.fd, size, Buffer.allocUnsafeSlow(Math.min(size, WINDOW_BYTES))));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, 'cannot read', path);
  }
}

/**
 * Shows parts of a file through one buffer, which is filled ahead: for reading large files from one end to the other. It blocks
 * for as long as a piece takes: at a start there is nothing else to do, and giving every piece to another thread costs as much
 * as checking it.
 */
export class FileWindow {
  /** What of the file the buffer holds. */
  #start = 0;
  #end = 0;

  /**
   * @param fd of the file
   * @param size of the file in bytes
   */
  constructor(
    private readonly fd: number,
    readonly size: number,
    private buffer: Buffer,
  ) {}

  /** The bytes [offset, offset + count), good until the next call. Throws if the file is shorter, or as reading does. */
  read(offset: number, count: number): Buffer {
    if (offset < this.#start || offset + count > this.#end) this.#fill(offset, count);
    return this.buffer.subarray(offset - this.#start, offset - this.#start + count);
  }

  #fill(offset: number, count: number): void {
    if (count > this.buffer.length) this.buffer = Buffer.allocUnsafe(count);
    this.#start = offset;
    this.#end = offset;
    while (this.#end < offset + count) {
      const held = this.#end - offset;
      const bytesRead = readSync(this.fd, this.buffer, held, this.buffer.length - held, this.#end);
      if (bytesRead === 0) throw new Error(`it ends at byte ${this.#end}`);
      this.#end += bytesRead;
    }
  }
}
