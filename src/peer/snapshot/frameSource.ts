import type { Duplex } from 'node:stream';
import type { PeerContext } from '../context';
import { reasonOf } from '../../platform/networkError';
import { SilenceWatch } from '../silenceWatch';
import { WireError } from '../wire/wireError';
import { FRAME_BODY_BYTES_MAX, FrameDecoder, FrameType } from '../wire/frames';

export interface Frame {
  readonly type: number;
  readonly body: Buffer;
}

interface Waiter {
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
}

/** More than this is not read before it is asked for. */
const AHEAD_BYTES = 1024 * 1024;

/** About what a frame takes in memory beside its body, which may be empty. */
const FRAME_BYTES = 256;

/** The frames of a snapshot stream, one at a time; `alive` frames only show that the other side lives. */
export class FrameSource {
  private readonly decoder = new FrameDecoder(FRAME_BODY_BYTES_MAX, (type, body) => {
    this.arrived({ type, body });
  });
  private readonly watch: SilenceWatch;
  private queue: Frame[] = [];
  private queuedBytes = 0;
  private waiter: Waiter | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly socket: Duplex,
    private readonly context: PeerContext,
    head: Buffer,
  ) {
    const { snapshotSilenceMs } = context.limits;
    this.watch = new SilenceWatch(context.clock, snapshotSilenceMs, () => {
      if (this.waiter !== undefined) this.fail(new Error(`the other side was silent for ${snapshotSilenceMs} ms`));
    });
    socket.on('end', this.ended);
    socket.on('close', this.ended);
    this.read(head);
    socket.on('data', this.read);
  }

  /** The next frame; rejects when the stream broke, was silent for too long, or carried what does not belong there. */
  next(): Promise<Frame> {
    const frame = this.queue.shift();
    if (frame !== undefined) {
      this.queuedBytes -= FRAME_BYTES + frame.body.length;
      if (this.queuedBytes < AHEAD_BYTES) this.socket.resume();
      return Promise.resolve(frame);
    }
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.watch.touch();
    return new Promise((resolve, reject) => {
      this.waiter = { resolve, reject };
    });
  }

  /** Nothing is read any more. */
  stop(): void {
    this.fail(new Error('the transfer is over'));
  }

  private readonly read = (piece: Buffer): void => {
    if (this.failure !== undefined) return;
    this.watch.touch();
    try {
      const finished = this.decoder.push(piece);
      this.context.unfinished.read(this, this.decoder.reservedBytes, finished, this.cut);
    } catch (error) {
      this.fail(error instanceof WireError ? error : new Error(reasonOf(error)));
    }
    if (this.queuedBytes >= AHEAD_BYTES) this.socket.pause();
  };

  private readonly cut = (reason: string): void => {
    this.fail(new Error(reason));
  };

  private readonly ended = (): void => {
    this.fail(new Error('the connection was closed in the middle'));
  };

  private arrived(frame: Frame): void {
    if (frame.type === FrameType.snapshotAlive) return;
    const { waiter } = this;
    this.waiter = undefined;
    if (waiter !== undefined) {
      waiter.resolve(frame);
      return;
    }
    this.queue.push(frame);
    this.queuedBytes += FRAME_BYTES + frame.body.length;
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.context.unfinished.forget(this);
    this.watch.stop();
    this.waiter?.reject(this.failure);
    this.waiter = undefined;
    this.socket.resume();
  }
}
