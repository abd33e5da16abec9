import type { PeerContext } from './context';

/** Frames of which only a part has come, of all streams together: three of the largest fit. */
const BYTES_MAX = 128 * 1024 * 1024;
/** The largest frame over 10 Mbit/s takes 34 s. */
const FRAME_MS = 60_000;

interface Part {
  readonly sinceMs: number;
  bytes: number;
  readonly cut: (reason: string) => void;
}

/** Bounds what unfinished frames hold, in bytes and time, over all streams: beyond it the one that is unfinished longest is cut. */
export class UnfinishedFrames {
  private readonly parts = new Map<object, Part>();
  private bytes = 0;

  constructor(private readonly monotonicMs: PeerContext['monotonicMs']) {}

  get heldBytes(): number {
    return this.bytes;
  }

  /**
   * Something was read from a stream.
   *
   * @param finished frames were completed since the last call: what is held is another one
   * @param cut ends the stream
   */
  read(stream: object, heldBytes: number, finished: boolean, cut: (reason: string) => void): void {
    if (finished || heldBytes === 0) this.forget(stream);
    if (heldBytes === 0) return;
    const nowMs = this.monotonicMs();
    const part = this.parts.get(stream) ?? { sinceMs: nowMs, bytes: 0, cut };
    this.bytes += heldBytes - part.bytes;
    part.bytes = heldBytes;
    this.parts.set(stream, part);
    if (nowMs - part.sinceMs > FRAME_MS) {
      this.forget(stream);
      cut(`a frame was not finished within ${FRAME_MS} ms`);
    }
    while (this.bytes > BYTES_MAX) this.cutOldest();
  }

  /** The stream is closed. */
  forget(stream: object): void {
    const part = this.parts.get(stream);
    if (part === undefined) return;
    this.parts.delete(stream);
    this.bytes -= part.bytes;
  }

  private cutOldest(): void {
    for (const [stream, part] of this.parts) {
      this.forget(stream);
      part.cut(`unfinished frames of all peers hold more than ${BYTES_MAX} bytes, and this one is the oldest`);
      return;
    }
  }
}
