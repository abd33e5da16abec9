import type { Duplex } from 'node:stream';
import { LONG_BYTES, WireWriter } from './wire/wireWriter';
import { beginFrame, finishFrame } from './wire/frames';

/** What goes to the socket at once; the rest waits here, where a drain shows that the peer still reads. */
const SLICE_BYTES = 256 * 1024;
/** Room above the bound for small messages, so that heartbeats and votes pass when appends may not. */
const SMALL_RESERVE_BYTES = 1024 * 1024;

/** A bulk frame carries entries or commands; small ones keep elections and leases going. */
export type FrameClass = 'bulk' | 'small';

/** Bulk frames one behind the other, in pieces that are cut anywhere. */
interface Run {
  readonly pieces: Uint8Array[];
  /** Sizes of the frames that have not begun to leave. */
  frames: number[];
}

/**
 * Frames on their way to one peer. Frames of one turn of the event loop leave in one write; small ones pass the bulk that
 * waits, as soon as the bulk frame that has begun to leave is through. What the peer does not read waits here up to a bound,
 * beyond which frames are refused: raft repairs what is lost, and does not mind the order.
 */
export class Outbox {
  private readonly small = new WireWriter();
  private readonly bulk = new WireWriter();
  /** Sizes of the frames in `bulk`. */
  private bulkFrames: number[] = [];
  /** For one long frame at a time. */
  private readonly long = new WireWriter(true);
  /** What is before `bulk`. */
  private runs: Run[] = [];
  private runBytes = 0;
  /** What is left of the bulk frame that has begun to leave: nothing may come in between. */
  private frameLeft = 0;
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
    return this.small.length + this.bulk.length + this.runBytes + this.socket.writableLength;
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

  /**
   * Adds a frame; it leaves after this turn. Returns its size. Throws RangeError as the body's writer and the limit do.
   *
   * @param bytes about how long it is: the bytes of a long bulk frame are not copied, and must not change any more
   */
  add<Body>(
    type: number,
    body: Body,
    writeBody: (writer: WireWriter, body: Body) => void,
    frameClass: FrameClass,
    bytes = 0,
  ): number {
    const isLong = frameClass === 'bulk' && bytes >= LONG_BYTES;
    const writer = frameClass === 'small' ? this.small : isLong ? this.long : this.bulk;
    const start = beginFrame(writer, type);
    try {
      writeBody(writer, body);
      finishFrame(writer, start);
    } catch (error) {
      writer.truncate(start);
      throw error;
    }
    const size = writer.length - start;
    if (isLong) {
      this.closeBulk();
      this.addRun({ pieces: writer.takePieces(), frames: [size] });
    } else if (frameClass === 'bulk') {
      this.bulkFrames.push(size);
    }
    if (!this.flushScheduled) {
      this.flushScheduled = true;
      process.nextTick(this.flush);
    }
    return size;
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

  /** Frames that were written one behind the other become a run. */
  private closeBulk(): void {
    if (this.bulk.length === 0) return;
    this.addRun({ pieces: [this.bulk.take()], frames: this.bulkFrames });
    this.bulkFrames = [];
  }

  private addRun(run: Run): void {
    this.runs.push(run);
    for (const piece of run.pieces) this.runBytes += piece.length;
  }

  private nextSlice(): Uint8Array | undefined {
    if (this.frameLeft === 0 && this.small.length > 0) return this.small.take();
    if (this.runs.length === 0) this.closeBulk();
    const run = this.runs[0];
    const piece = run?.pieces[0];
    if (run === undefined || piece === undefined) return undefined;
    const size = this.frameLeft > 0 ? this.restOfFrame(piece) : this.nextFrames(run, piece);
    this.runBytes -= size;
    if (size < piece.length) run.pieces[0] = piece.subarray(size);
    else run.pieces.shift();
    if (run.pieces.length === 0) this.runs.shift();
    return piece.subarray(0, size);
  }

  private restOfFrame(piece: Uint8Array): number {
    const size = Math.min(this.frameLeft, SLICE_BYTES, piece.length);
    this.frameLeft -= size;
    return size;
  }

  /** Whole frames as far as they fit into a slice, else the beginning of a large one. */
  private nextFrames(run: Run, piece: Uint8Array): number {
    let size = 0;
    let count = 0;
    for (const frame of run.frames) {
      if (size + frame > SLICE_BYTES || size + frame > piece.length) break;
      size += frame;
      count += 1;
    }
    if (count === 0) {
      this.frameLeft = run.frames.shift() ?? 0;
      return this.restOfFrame(piece);
    }
    run.frames = run.frames.slice(count);
    return size;
  }
}
