import type { Duplex } from 'node:stream';
import { WireWriter } from './wire/bytes';
import { beginFrame, finishFrame } from './wire/frames';

/** What goes to the socket at once; the rest waits here, where a drain shows that the peer still reads. */
const SLICE_BYTES = 256 * 1024;
/** Room above the bound for small messages, so that heartbeats and votes pass when appends may not. */
const SMALL_RESERVE_BYTES = 1024 * 1024;

/** A bulk frame carries entries or commands; small ones keep elections and leases going. */
export type FrameClass = 'bulk' | 'small';

/**
 * Frames on their way to one peer. Frames of one turn of the event loop leave in one write. What the peer does not read
 * waits here up to a bound, beyond which frames are refused: raft repairs what is lost.
 */
export class Outbox {
  private readonly writer = new WireWriter();
  private waiting: Buffer | undefined;
  private waitingOffset = 0;
  private flushScheduled = false;
  private closing = false;

  /**
   * @param queueBytesMax one frame may always wait, however large
   * @param onProgress the socket took bytes after it had taken none for a while
   */
  constructor(
    private readonly socket: Duplex,
    private readonly queueBytesMax: number,
    private readonly onProgress: () => void,
  ) {
    socket.on('drain', this.drained);
  }

  /** Bytes that wait here or in the socket. */
  get queuedBytes(): number {
    const waiting = this.waiting === undefined ? 0 : this.waiting.length - this.waitingOffset;
    return this.writer.length + waiting + this.socket.writableLength;
  }

  get hasRoom(): boolean {
    return this.queuedBytes <= this.queueBytesMax / 2;
  }

  /** Whether a frame of about `bytes` may be added now. */
  admits(bytes: number, frameClass: FrameClass): boolean {
    const { queuedBytes } = this;
    if (queuedBytes === 0) return true;
    const reserve = frameClass === 'small' ? SMALL_RESERVE_BYTES : 0;
    return queuedBytes + bytes <= this.queueBytesMax + reserve;
  }

  /** Adds a frame; it leaves after this turn. Returns its size. Throws RangeError as the body's writer and the limit do. */
  add<Body>(type: number, body: Body, writeBody: (writer: WireWriter, body: Body) => void): number {
    const start = beginFrame(this.writer, type);
    try {
      writeBody(this.writer, body);
      finishFrame(this.writer, start);
    } catch (error) {
      this.writer.truncate(start);
      throw error;
    }
    if (!this.flushScheduled) {
      this.flushScheduled = true;
      process.nextTick(this.flush);
    }
    return this.writer.length - start;
  }

  /** What waits is still sent if the peer reads it; then the stream ends. */
  close(): void {
    this.closing = true;
    this.flush();
  }

  private readonly flush = (): void => {
    this.flushScheduled = false;
    const { socket } = this;
    if (socket.destroyed || socket.writableEnded) return;
    while (!socket.writableNeedDrain) {
      const slice = this.nextSlice();
      if (slice === undefined) {
        if (this.closing) socket.end();
        return;
      }
      socket.write(slice);
    }
  };

  private readonly drained = (): void => {
    this.onProgress();
    this.flush();
  };

  private nextSlice(): Buffer | undefined {
    if (this.waiting === undefined) {
      if (this.writer.length === 0) return undefined;
      this.waiting = this.writer.take();
      this.waitingOffset = 0;
    }
    const slice = this.waiting.subarray(this.waitingOffset, this.waitingOffset + SLICE_BYTES);
    this.waitingOffset += slice.length;
    if (this.waitingOffset === this.waiting.length) this.waiting = undefined;
    return slice;
  }
}
