import type { Duplex } from 'node:stream';
import type { MemberId, Message } from '../raft/types';
import type { PeerContext } from './context';
import { closedText } from './link';
import { Outbox } from './outbox';
import { SilenceWatch } from './silenceWatch';
import { WireError } from './wire/wireError';
import { CONFIRM_BYTES_MAX, readConfirm, writeConfirmed } from './wire/confirmCodec';
import { FRAME_BODY_BYTES_MAX, FRAME_HEAD_BYTES, FrameDecoder, FrameType } from './wire/frames';
import { readMessage } from './wire/messageCodec';
import { readProbe, writeProbeReply } from './wire/probeCodec';

/** Replies that the peer does not read are dropped beyond this. */
const REPLIES_BYTES_MAX = 16 * 1024;
const REPLY_BYTES = CONFIRM_BYTES_MAX;
/** A dialer with a slower probe than ours must not be cut off. */
const PATIENCE = 2;

export interface InboundEvents {
  /** All that arrived in one read. */
  readonly onMessages: (messages: readonly Message[]) => void;
  readonly onForward: (batch: Uint8Array) => void;
  /** Whether this member opened the stream to the peer with this nonce. */
  readonly owns: (nonce: string) => boolean;
  readonly onBytes: (bytes: number) => void;
  /** An append request of so many bytes. */
  readonly onAppend: (bytes: number) => void;
  readonly onClose: () => void;
}

/**
 * The stream that a peer dialed: its messages come in here, and its probes are answered. Until it is confirmed (parking.ts) it
 * carries only questions about streams, which anybody may ask: to ask, one has to know the nonce.
 */
export class InboundStream {
  private readonly decoder: FrameDecoder;
  private readonly replies: Outbox;
  private readonly watch: SilenceWatch;
  private messages: Message[] = [];
  private batches: Buffer[] = [];
  private isWelcome = false;

  constructor(
    private readonly from: MemberId,
    private readonly socket: Duplex,
    private readonly context: PeerContext,
    private readonly events: InboundEvents,
  ) {
    const { clock, limits } = context;
    this.decoder = new FrameDecoder(CONFIRM_BYTES_MAX, this.frame);
    this.replies = new Outbox(socket, REPLIES_BYTES_MAX, () => undefined);
    this.watch = new SilenceWatch(clock, limits.silenceMs * PATIENCE, () => {
      this.close();
    });
    socket.on('end', () => {
      this.close();
    });
    socket.on('close', () => {
      this.watch.stop();
      context.unfinished.forget(this);
      events.onClose();
    });
  }

  /** @param head what came right behind the handshake */
  start(head: Buffer): void {
    this.read(head);
    this.socket.on('data', this.read);
  }

  /** The peer confirmed it: messages count from now on. */
  welcome(): void {
    this.isWelcome = true;
    this.decoder.allow(FRAME_BODY_BYTES_MAX);
    this.replies.add(FrameType.welcome, undefined, () => undefined, 'bulk');
  }

  close(): void {
    this.socket.destroy();
  }

  private readonly read = (piece: Buffer): void => {
    this.watch.touch();
    this.events.onBytes(piece.length);
    try {
      const finished = this.decoder.push(piece);
      this.context.unfinished.read(this, this.decoder.reservedBytes, finished, this.cut);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.cut(error.message);
    }
    this.deliver();
  };

  private readonly cut = (reason: string): void => {
    this.context.log.write('error', 'protocol', this.from, closedText(this.from, reason));
    this.close();
  };

  /** Frames before a broken one were whole: they count. */
  private deliver(): void {
    const { messages, batches } = this;
    if (messages.length > 0) {
      this.messages = [];
      this.events.onMessages(messages);
    }
    if (batches.length > 0) {
      this.batches = [];
      for (const batch of batches) this.events.onForward(batch);
    }
  }

  private readonly frame = (type: number, body: Buffer): void => {
    if (type === FrameType.confirm) {
      this.answer(readConfirm(body));
      return;
    }
    if (!this.isWelcome) throw new WireError('malformed', `a frame of type ${type} before the stream was confirmed`);
    switch (type) {
      case FrameType.message: {
        const message = readMessage(body, this.from, this.context.identity.id);
        if (message.type === 'appendRequest') this.events.onAppend(FRAME_HEAD_BYTES + body.length);
        this.messages.push(message);
        return;
      }
      case FrameType.forward:
        this.batches.push(body);
        return;
      case FrameType.probe:
        this.reply(readProbe(body));
        return;
      default:
        throw new WireError('malformed', `a frame of type ${type} on a stream of messages`);
    }
  };

  private answer(nonce: string): void {
    if (!this.replies.admits(REPLY_BYTES, 'bulk')) return;
    this.replies.add(FrameType.confirmed, { nonce, isOurs: this.events.owns(nonce) }, writeConfirmed, 'bulk');
  }

  private reply(sequence: number): void {
    if (!this.replies.admits(REPLY_BYTES, 'bulk')) return;
    this.replies.add(FrameType.probeReply, { sequence, nowMs: this.context.clock.now() }, writeProbeReply, 'small');
  }
}
