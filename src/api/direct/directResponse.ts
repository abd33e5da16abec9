/** The answer to a direct request, in the bytes that Node's response would write. */
import { EventEmitter } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FlatHeaders, Outgoing } from '../http/outgoing';
import type { DirectMethod } from './directRequest';

/** What all answers of a listener have in common. */
export interface AnswerTail {
  /** `Date`, `Connection` and `Keep-Alive`, each with its line end. */
  text(): string;
}

/**
 * Emits `drain` when more may be written after a `write` that said no, and `close` once: when the last byte was handed to the machine, or when
 * that cannot be any more.
 */
export class DirectResponse extends EventEmitter implements Outgoing {
  headersSent = false;
  closed = false;
  /** All was written. */
  private ended = false;
  private isChunked = false;
  /** Headers that were not written yet. */
  private head = '';

  constructor(
    readonly req: { readonly method: DirectMethod; readonly socket: Socket },
    private readonly tail: AnswerTail,
  ) {
    super();
  }

  get destroyed(): boolean {
    return this.req.socket.destroyed;
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
    this.head = `${text}${this.tail.text()}${this.isChunked ? 'Transfer-Encoding: chunked\r\n' : ''}\r\n`;
    this.headersSent = true;
  }

  /** For a body of unknown length. */
  write(bytes: Uint8Array): boolean {
    const { socket } = this.req;
    if (this.closed || this.ended) return false;
    socket.cork();
    socket.write(`${this.takeHead()}${bytes.length.toString(16)}\r\n`, 'latin1');
    socket.write(bytes);
    socket.write('\r\n', 'latin1');
    socket.uncork();
    return !socket.writableNeedDrain;
  }

  end(text: string, encoding: 'latin1'): void;
  end(bytes: Uint8Array): void;
  end(body: string | Uint8Array): void {
    if (this.closed || this.ended) return;
    const { socket } = this.req;
    if (this.isChunked) {
      if (body.length > 0) this.write(typeof body === 'string' ? Buffer.from(body, 'latin1') : body);
      socket.write(`${this.takeHead()}0\r\n\r\n`, 'latin1');
    } else if (typeof body === 'string') {
      socket.write(this.takeHead() + body, 'latin1');
    } else {
      socket.cork();
      socket.write(this.takeHead(), 'latin1');
      socket.write(body);
      socket.uncork();
    }
    this.ended = true;
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

  private takeHead(): string {
    const { head } = this;
    this.head = '';
    return head;
  }
}
