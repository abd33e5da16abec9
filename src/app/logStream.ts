/**
 * Where log lines go: a descriptor that is never waited for. A reader that does not read costs lines, which are counted,
 * and never the member: a pipe holds 64 KiB, and a write to a full one would stop the event loop.
 */
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { codeOf } from '../platform/errorCode';

/** Bytes of lines that may wait for a slow reader. */
const WAITING_BYTES_MAX = 1024 * 1024;
const RETRY_INTERVAL_MS = 50;
/** How often the end of the process looks whether the reader took something. */
const EXIT_RETRY_MS = 5;
/** Bytes handed to the system in one call. */
const WRITE_BYTES_MAX = 64 * 1024;

const LINE_END = 0x0a;
const LINE_END_BYTES = Buffer.of(LINE_END);

/** Writes some of `bytes` and answers how many; throws EAGAIN when the reader is behind. */
export type WriteSome = (bytes: Buffer) => number;

export interface LogStreamOptions {
  readonly write: WriteSome;
  readonly waitingBytesMax?: number;
  readonly retryIntervalMs?: number;
}

/** Lines in order, as many as the reader takes. Never throws. */
export class LogStream {
  /** Lines that nobody will read. */
  droppedLines = 0;
  /** Called when lines flow again, with how many were dropped meanwhile; it may write. */
  onResumed: (dropped: number) => void = () => undefined;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private reportedLines = 0;
  /** The last write went well. */
  private flows = true;
  /** What was taken last ends in the middle of a line. */
  private isInLine = false;
  /** The rest of that line was dropped: the next one begins a new one. */
  private isTorn = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly waitingBytesMax: number;
  private readonly retryIntervalMs: number;

  constructor(private readonly options: LogStreamOptions) {
    this.waitingBytesMax = options.waitingBytesMax ?? WAITING_BYTES_MAX;
    this.retryIntervalMs = options.retryIntervalMs ?? RETRY_INTERVAL_MS;
  }

  /** One line or several, each with its end. */
  write(text: string): void {
    const bytes = Buffer.from(text);
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes > this.waitingBytesMax) this.makeRoom();
    if (this.timer === undefined) this.flush();
  }

  /** For the end of the process: blocks until the reader took everything, for `limitMs` at most. */
  finish(limitMs: number): void {
    const deadlineMs = performance.now() + limitMs;
    for (;;) {
      this.flush();
      if (this.waitingBytes === 0 || performance.now() >= deadlineMs) break;
      // The process ends: there is no event loop left that could wait.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EXIT_RETRY_MS);
    }
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private readonly flush = (): void => {
    this.timer = undefined;
    while (this.waitingBytes > 0) {
      if (!this.writeOnce()) {
        this.timer = setTimeout(this.flush, this.retryIntervalMs).unref();
        return;
      }
    }
    this.report();
  };

  /** @returns false when the reader is behind */
  private writeOnce(): boolean {
    const bytes = this.takeBlock();
    try {
      if (this.isTorn && this.options.write(LINE_END_BYTES) > 0) this.isTorn = false;
      const written = this.options.write(bytes);
      if (written > 0) this.isInLine = bytes[written - 1] !== LINE_END;
      this.took(bytes, written);
      this.flows = true;
      return true;
    } catch (error) {
      if (isBehind(error)) return false;
      // A closed or broken standard error: there is nobody left to tell. A full disk may have room again, behind the half line that it took.
      this.flows = false;
      this.isTorn ||= this.isInLine;
      this.isInLine = false;
      this.drop(bytes);
      this.took(bytes, bytes.length);
      return true;
    }
  }

  /** What waits, joined as far as one call may take it; it stays the first in the queue. */
  private takeBlock(): Buffer {
    const block: Buffer[] = [];
    let size = 0;
    while (this.waiting.length > block.length && (block.length === 0 || size < WRITE_BYTES_MAX)) {
      const next = this.waiting[block.length] ?? Buffer.alloc(0);
      block.push(next);
      size += next.length;
    }
    const [first] = block;
    if (first === undefined || block.length === 1) return first ?? Buffer.alloc(0);
    const joined = Buffer.concat(block, size);
    this.waiting.splice(0, block.length, joined);
    return joined;
  }

  private took(first: Buffer, written: number): void {
    this.waitingBytes -= written;
    if (written < first.length) this.waiting[0] = first.subarray(written);
    else this.waiting.shift();
  }

  /** The oldest go, for the newest say best why somebody looks. The first stays: it may be half written. */
  private makeRoom(): void {
    while (this.waitingBytes > this.waitingBytesMax && this.waiting.length > 2) {
      const [oldest] = this.waiting.splice(1, 1);
      if (oldest === undefined) return;
      this.waitingBytes -= oldest.length;
      this.drop(oldest);
    }
  }

  private drop(bytes: Buffer): void {
    for (const byte of bytes) if (byte === LINE_END) this.droppedLines++;
  }

  private report(): void {
    const dropped = this.droppedLines - this.reportedLines;
    if (dropped === 0 || !this.flows) return;
    this.reportedLines = this.droppedLines;
    this.onResumed(dropped);
  }
}

function isBehind(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EINTR';
}

const writers = new Map<1 | 2, WriteSome>();

/** Writes to a descriptor of this process without ever waiting for who reads it. One for each: what it opens stays open. */
export function nonBlockingWriter(descriptor: 1 | 2): WriteSome {
  let writer = writers.get(descriptor);
  if (writer === undefined) {
    const fd = reopened(descriptor) ?? descriptor;
    writer = (bytes) => writeSync(fd, bytes, 0, Math.min(bytes.length, WRITE_BYTES_MAX));
    writers.set(descriptor, writer);
  }
  return writer;
}

/**
 * The same pipe or terminal opened once more, so that not to wait is this process's own way and not that of all who share
 * the descriptor. Undefined where that cannot be (a socket, a pipe of another user, no /proc): touching the stream of Node
 * makes the descriptor itself one that does not block. A file never makes anybody wait, and has its place to write at.
 */
function reopened(descriptor: 1 | 2): number | undefined {
  const stream = descriptor === 2 ? process.stderr : process.stdout;
  // Whoever writes to the stream itself may meet a reader that has gone.
  stream.on('error', () => undefined);
  try {
    const kind = fstatSync(descriptor);
    if (!kind.isFIFO() && !kind.isCharacterDevice()) return undefined;
    const fd = openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const own = fstatSync(fd);
    if (own.dev === kind.dev && own.ino === kind.ino) return fd;
    closeSync(fd);
    return undefined;
  } catch {
    return undefined;
  }
}
