import type { Duplex } from 'node:stream';
import type { Message } from '../raft/types';
import type { PeerContext } from './context';
import { Dialer } from './dialer';
import type { Cancel } from '../platform/clock';
import type { FrameClass } from './outbox';
import { Outbox } from './outbox';
import { Prober } from './prober';
import { SilenceWatch } from './silenceWatch';
import type { WireWriter } from './wire/wireWriter';
import { WireError } from './wire/wireError';
import { CONFIRM_BYTES_MAX, type Confirmed, readConfirmed, writeConfirm } from './wire/confirmCodec';
import { FrameDecoder, FrameType } from './wire/frames';
import { messageBytesMax, writeMessage } from './wire/messageCodec';
import { readProbeReply, writeProbe } from './wire/probeCodec';

/** Only short replies come back on the sending stream. */
const REPLY_BYTES_MAX = CONFIRM_BYTES_MAX;
/** How long what is queued may take to leave when the link is closed. */
const CLOSE_TIMEOUT_MS = 1000;
/** Fixed cost of a frame, roughly. */
const FRAME_OVERHEAD_BYTES = 32;

export interface LinkEvents {
  readonly onReply: (bytes: number) => void;
  /** What is sent is lost until further notice. May be called in the middle of a send. */
  readonly onLost: () => void;
  /** What is sent may arrive again. */
  readonly onUsable: () => void;
  /** The stream to the peer is open: it can be asked about streams, even if it does not take messages yet. */
  readonly onOpen: () => void;
  /** The peer answers about a stream. */
  readonly onConfirmed: (answer: Confirmed) => void;
  /** The peer knows that the stream is of this member, and takes messages on it. */
  readonly onConnected: () => void;
  /** Nobody listens at any of the peer's URLs. */
  readonly onNobodyThere: () => void;
  /** See DialerEvents. */
  readonly onRemoved: (saidBy: string | undefined) => void;
  /** See DialerEvents. */
  readonly onLevel: (levelInForce: number, saidBy: string) => void;
}

interface Connection {
  readonly socket: Duplex;
  readonly outbox: Outbox;
  readonly watch: SilenceWatch;
  /** The peer confirmed the stream; nothing but questions may be sent before. */
  isWelcome: boolean;
}

/** The way to one peer: dials it, sends on the stream it dialed, probes it, and dials again when that breaks. */
export class PeerLink {
  private readonly dialer: Dialer;
  private readonly prober: Prober;
  private readonly cancelHealth: Cancel;
  private connection: Connection | undefined;
  /** How often a stream that was up went down. */
  disconnects = 0;
  private downChecks = 0;
  private stopped = false;

  constructor(
    private readonly id: string,
    urls: readonly string[],
    private readonly context: PeerContext,
    private readonly events: LinkEvents,
  ) {
    this.prober = new Prober(id, context);
    const { onNobodyThere, onRemoved, onLevel } = events;
    this.dialer = new Dialer(id, urls, context, { onConnected: this.connected, onNobodyThere, onRemoved, onLevel });
    // A peer that cannot be dialed is unhealthy after the same time as one that does not answer.
    this.cancelHealth = context.clock.every(context.limits.silenceMs, () => {
      this.downChecks = this.isConnected ? 0 : this.downChecks + 1;
      if (this.downChecks > 1) this.warnUnhealthy();
    });
    this.dialer.start();
  }

  get isConnected(): boolean {
    return this.connection?.isWelcome === true;
  }

  get queuedBytes(): number {
    return this.connection?.outbox.queuedBytes ?? 0;
  }

  get roundTripMs(): number | undefined {
    return this.prober.roundTripMs;
  }

  get clockDifferenceMs(): number | undefined {
    return this.prober.clockDifferenceMs;
  }

  setUrls(urls: readonly string[]): void {
    this.dialer.setUrls(urls);
  }

  /** Asks the peer whether it opened a stream that says so, if there is a way to ask. */
  ask(nonce: string): void {
    const outbox = this.stopped ? undefined : this.connection?.outbox;
    if (outbox?.admits(CONFIRM_BYTES_MAX, 'small') === true)
      outbox.add(FrameType.confirm, nonce, writeConfirm, 'small');
  }

  /** Whether this link opened, or is opening, the stream with this nonce. */
  owns(nonce: string): boolean {
    return this.dialer.owns(nonce);
  }

  /** The peer was just heard of: dial now instead of waiting on. */
  hurry(): void {
    this.dialer.hurry();
  }

  /** The bytes that will leave; 0 if the message was dropped. */
  send(message: Message): number {
    const isBulk = message.type === 'appendRequest' && message.entries.length > 0;
    return this.add(FrameType.message, message, writeMessage, messageBytesMax(message), isBulk ? 'bulk' : 'small');
  }

  /** The bytes that will leave; 0 if the request was dropped. */
  forward(request: readonly Uint8Array[]): number {
    const bytes = request.reduce((sum, piece) => sum + piece.length, FRAME_OVERHEAD_BYTES);
    return this.add(FrameType.forward, request, writePieces, bytes, 'bulk');
  }

  /** Sends what is queued, within a second, and never dials again. */
  close(): Promise<void> {
    this.stopped = true;
    this.dialer.stop();
    this.cancelHealth();
    const { connection } = this;
    if (connection === undefined) return Promise.resolve();
    this.prober.stop();
    connection.outbox.close();
    // The peer closes when it has read everything; closing here first could lose what is still on its way.
    return new Promise((resolve) => {
      const cancel = this.context.clock.after(CLOSE_TIMEOUT_MS, () => {
        connection.socket.destroy();
      });
      connection.socket.once('close', () => {
        cancel();
        resolve();
      });
    });
  }

  private add<Body>(
    type: number,
    body: Body,
    writeBody: (writer: WireWriter, body: Body) => void,
    bytesMax: number,
    frameClass: FrameClass,
  ): number {
    const outbox = this.stopped || !this.isConnected ? undefined : this.connection?.outbox;
    if (outbox === undefined) {
      this.events.onLost();
      return 0;
    }
    if (!outbox.admits(bytesMax, frameClass)) {
      const text = `dropped messages to peer ${this.id} since its sending buffer is full`;
      this.context.log.write('warn', 'full', this.id, text);
      this.events.onLost();
      return 0;
    }
    return outbox.add(type, body, writeBody, frameClass, bytesMax);
  }

  private readonly connected = (socket: Duplex, head: Buffer): void => {
    const { clock, limits } = this.context;
    const outbox = new Outbox(socket, limits.queueBytesMax, () => {
      watch.touch();
      if (this.isConnected && outbox.hasRoom) this.events.onUsable();
    });
    const watch = new SilenceWatch(clock, limits.silenceMs, () => {
      this.warnUnhealthy();
      socket.destroy();
    });
    const connection = { socket, outbox, watch, isWelcome: false };
    this.connection = connection;
    socket.on('close', () => {
      this.disconnected(watch);
    });
    socket.on('end', () => socket.destroy());
    this.events.onOpen();
    this.readReplies(connection, head);
  };

  private welcomed(connection: Connection): void {
    if (connection.isWelcome) throw new WireError('malformed', 'a stream was confirmed twice');
    const { outbox } = connection;
    connection.isWelcome = true;
    this.downChecks = 0;
    this.prober.start((sequence) => {
      if (outbox.admits(FRAME_OVERHEAD_BYTES, 'small')) outbox.add(FrameType.probe, sequence, writeProbe, 'small');
    });
    const text = `established a TCP streaming connection with peer ${this.id} (stream Message writer)`;
    this.context.log.write('info', 'establishedWriter', this.id, text);
    this.events.onUsable();
    this.events.onConnected();
  }

  private readReplies(connection: Connection, head: Buffer): void {
    const { socket, watch } = connection;
    const decoder = new FrameDecoder(REPLY_BYTES_MAX, (type, body) => {
      switch (type) {
        case FrameType.probeReply:
          this.prober.answered(readProbeReply(body));
          this.dialer.proven();
          break;
        case FrameType.confirmed:
          this.events.onConfirmed(readConfirmed(body));
          break;
        case FrameType.welcome:
          this.welcomed(connection);
          break;
        default:
          throw new WireError('malformed', `a frame of type ${type} among replies`);
      }
      watch.touch();
    });
    const read = (piece: Buffer): void => {
      try {
        decoder.push(piece);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        this.context.log.write('error', 'protocol', this.id, closedText(this.id, error.message));
        socket.destroy();
        return;
      }
      this.events.onReply(piece.length);
    };
    read(head);
    socket.on('data', read);
  }

  private disconnected(watch: SilenceWatch): void {
    watch.stop();
    this.prober.stop();
    this.connection = undefined;
    if (this.stopped) return;
    this.disconnects += 1;
    const text = `lost the TCP streaming connection with peer ${this.id} (stream Message writer)`;
    this.context.log.write('warn', 'lostWriter', this.id, text);
    this.events.onLost();
    this.dialer.start();
  }

  private warnUnhealthy(): void {
    this.context.log.write('warn', 'health', this.id, `health check for peer ${this.id} failed`);
  }
}

function writePieces(writer: WireWriter, pieces: readonly Uint8Array[]): void {
  for (const piece of pieces) writer.raw(piece);
}

/** A connection is given up because of what came on it. */
export function closedText(id: string, reason: string): string {
  return `closed the connection with peer ${id}: ${reason}`;
}
