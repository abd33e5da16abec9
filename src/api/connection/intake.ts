/**
 * What a client sent before its turn. Connections whose clients wait for each answer never need this: Node reads them by itself,
 * fastest. From the first request that came early on, the bytes go through here: the parser gets them piece by piece, at most one
 * more request at a time, and the socket is not read beyond a small reserve.
 */
import type { Socket } from 'node:net';
import { withPiece } from './heldBytes';

/** The end of a request's headers. A piece ends there, so that it completes the headers of one request, or two if they were cut. */
const END_OF_HEADERS = Buffer.from('\r\n\r\n');

/** Held bytes beyond which the socket is not read: with a reserve, a client that hangs up is noticed. */
export const HELD_MAX_BYTES = 64 * 1024;

type Listener = (...values: unknown[]) => void;

function ignore(): void {
  // Nobody is answered any more.
}

export class Intake {
  /** What Node's server does with the data and the end of a connection. */
  private readonly parse: Listener | undefined;
  private readonly finish: Listener | undefined;
  private isOn = false;
  private isOver = false;
  private hasEnded = false;
  private isPaused = false;
  private isFeeding = false;
  private held: Buffer[] = [];
  private heldBytes = 0;

  /**
   * @param socket with the listeners of Node's server, and nobody's after them
   * @param isOpen whether the parser may be given more now
   */
  constructor(
    private readonly socket: Socket,
    private readonly isOpen: () => boolean,
  ) {
    this.parse = socket.listeners('data').at(-1) as Listener | undefined;
    this.finish = socket.listeners('end').at(-1) as Listener | undefined;
  }

  /** Whether the client has sent so much ahead that its socket is not read, so that nobody would notice it going away. */
  get isFull(): boolean {
    return this.isPaused;
  }

  get isHolding(): boolean {
    return this.held.length > 0 || this.hasEnded;
  }

  /** Takes the input over when what Node is reading just now is parsed. */
  hold(): void {
    if (this.isOn || this.isOver) return;
    this.isOn = true;
    process.nextTick(() => {
      if (!this.isGivenUp()) this.takeOver();
    });
  }

  /** Takes the input over at once, and this first, which Node's server has not seen. */
  begin(bytes: Buffer): void {
    this.isOn = true;
    this.takeOver();
    this.onData(bytes);
  }

  private takeOver(): void {
    const { socket } = this;
    this.takeFromNode(this.onData);
    socket.on('end', this.onEnd);
    // After Node's own listener, which lets its parser go on.
    socket.on('drain', this.onDrain);
  }

  /** Gives the parser what it may have, oldest first. */
  feed(): void {
    if (this.isFeeding || this.isOver) return;
    this.isFeeding = true;
    while (this.held.length > 0 && !this.socket.destroyed && !this.isParserPaused() && this.isOpen())
      this.parse?.call(this.socket, this.piece());
    this.isFeeding = false;
    if (this.isGivenUp()) return;
    if (this.isPaused && this.heldBytes <= HELD_MAX_BYTES) {
      this.isPaused = false;
      this.socket.resume();
    }
    if (this.hasEnded && this.held.length === 0) {
      this.hasEnded = false;
      this.finish?.call(this.socket);
    }
  }

  /** Nothing that comes any more matters; it is read so that the client gets to its last answer. */
  discard(): void {
    this.held = [];
    this.heldBytes = 0;
    if (this.isOver || this.socket.destroyed) return;
    this.isOver = true;
    this.isPaused = false;
    this.takeFromNode(ignore);
    this.socket.removeListener('data', this.onData);
    this.socket.removeListener('drain', this.onDrain);
    this.socket.resume();
  }

  /** The socket goes to another owner, with all that was not parsed. */
  release(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.socket.removeListener('data', this.onData);
    this.socket.removeListener('end', this.onEnd);
    this.socket.removeListener('drain', this.onDrain);
    if (this.held.length > 0) this.socket.unshift(Buffer.concat(this.held));
    this.held = [];
  }

  /** Node's server gets nothing by itself any more. */
  private takeFromNode(onData: (chunk: Buffer) => void): void {
    const { socket, parse, finish } = this;
    // Node stops to read past JavaScript as soon as somebody listens.
    socket.on('data', onData);
    // Node has stopped to read if the body it was at filled its stream, and believes that it has not: nothing would come any more.
    socket.push('');
    if (parse !== undefined) socket.removeListener('data', parse);
    if (finish !== undefined) socket.removeListener('end', finish);
  }

  private isGivenUp(): boolean {
    return this.isOver || this.socket.destroyed;
  }

  /** While answers wait to be taken, Node's server parses nothing, and ends the process if it is given something. */
  private isParserPaused(): boolean {
    return Reflect.get(this.socket, '_paused') === true;
  }

  private readonly onDrain = (): void => {
    this.feed();
  };

  private readonly onData = (chunk: Buffer): void => {
    this.held = withPiece(this.held, chunk);
    this.heldBytes += chunk.length;
    this.feed();
    if (this.heldBytes <= HELD_MAX_BYTES || this.isOver) return;
    this.isPaused = true;
    this.socket.pause();
  };

  private readonly onEnd = (): void => {
    this.hasEnded = true;
    this.feed();
  };

  /** Takes the next piece off what is held. */
  private piece(): Buffer {
    const first = this.held[0] ?? Buffer.alloc(0);
    const found = first.indexOf(END_OF_HEADERS);
    const end = found < 0 ? first.length : found + END_OF_HEADERS.length;
    if (end < first.length) this.held[0] = first.subarray(end);
    else this.held.shift();
    this.heldBytes -= end;
    return first.subarray(0, end);
  }
}
