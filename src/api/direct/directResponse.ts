/** The answer to a direct request, in the bytes that Node's response would write. */
import { EventEmitter } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FlatHeaders, Outgoing } from '../http/outgoing';
import type { DirectMethod } from './directRequest';

/** What all answers of a listener have in common. */
export interface AnswerTail {
  /** `Date`, `Connection` and, unless it is the last of its connection, `Keep-Alive`, each with its line end. */
  text(isLast: boolean): string;
}

/**
 * Emits `drain` when more may be written after a `write` that said no, and `close` once: when the last byte was handed to the machine, or when
 * that cannot be any more.
 */
export class DirectResponse extends EventEmitter implements Outgoing {
  headersSent = false;
  closed = false;
  writableEnded = false;
  private isChunked = false;
  /** Headers that were not written yet. */
  private head = '';

  constructor(
    readonly req: { readonly method: DirectMethod; readonly socket: Socket; readonly isLast: boolean },
    private readonly tail: AnswerTail,
  ) {
    super();
  }

  get destroyed(): boolean {
    return this.req.socket.destroyed;
  }

  get socket(): Socket {
    return this.req.socket;
  }

  get writableNeedDrain(): boolean {
    return this.req.socket.writableNeedDrain;
  }

  setHeader(name: string, value: string | number): void {
    this.head += `${name}: ${value}\r\n`;
  }

  /** Without a `Content-Length` among them the body goes in chunks. */
  writeHead(status: number, headers: FlatHeaders): void {
    let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n${this.head}`;
    for (let position = 0; position < headers.length; position += 2) {
      text += `${headers[position] ?? ''}: ${headers[position + 1] ?? ''}\r\n`;
    }
    this.isChunked = !headers.includes('Content-Length');
    this.head = `${text}${this.tail.text(this.req.isLast)}${this.isChunked ? 'Transfer-Encoding: chunked\r\n' : ''}\r\n`;
    this.headersSent = true;
  }

  flushHeaders(): void {
    this.put('', '', '');
  }

  /** For a body of unknown length. */
  write(text: string, encoding: 'latin1'): boolean;
  write(bytes: Uint8Array): boolean;
  write(piece: string | Uint8Array): boolean {
    if (this.isOver) return false;
    if (piece.length > 0) this.put(sizeLine(piece), piece, LINE_END);
    return !this.req.socket.writableNeedDrain;
  }

  end(text: string, encoding: 'latin1'): void;
  end(bytes?: Uint8Array): void;
  end(piece: string | Uint8Array = ''): void {
    if (this.isOver) return;
    const { socket } = this.req;
    if (!this.isChunked) this.put('', piece, '');
    else if (piece.length === 0) this.put('', '', LAST_CHUNK);
    else this.put(sizeLine(piece), piece, LINE_END + LAST_CHUNK);
    this.writableEnded = true;
    // What the machine took at once is gone: most answers are.
    if (socket.writableLength === 0) this.close();
    else {
      socket.write('', () => {
        this.close();
      });
    }
  }

  destroy(): void {
    this.req.socket.destroy();
  }

  /** It is over, answered or not. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.emit('close');
  }

  /** Also where the connection was ended behind what was written: to write on would destroy it, with what is still on its way. */
  private get isOver(): boolean {
    return this.closed || this.writableEnded || !this.req.socket.writable;
  }

  /** Writes what is left of the headers and these, in one go. */
  private put(before: string, piece: string | Uint8Array, after: string): void {
    const { socket } = this.req;
    const first = this.head + before;
    this.head = '';
    if (typeof piece === 'string') {
      socket.write(first + piece + after, 'latin1');
      return;
    }
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => {
        socket.uncork();
      });
    }
    socket.write(first, 'latin1');
    socket.write(piece);
    if (after !== '') socket.write(after, 'latin1');
  }
}

const LINE_END = '\r\n';
const LAST_CHUNK = '0\r\n\r\n';

/** In front of a chunk. */
function sizeLine(piece: string | Uint8Array): string {
  return piece.length.toString(16) + LINE_END;
}
