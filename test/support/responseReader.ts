export interface ResponseHead {
  /** `HTTP/1.1` */
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** In the order and the letter case they came in. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** `open`: more may come; `complete`: the message ended as its framing says; `cut`: the connection ended before that. */
export type Ending = 'open' | 'complete' | 'cut';

export interface Received {
  readonly head: ResponseHead | undefined;
  readonly body: Buffer;
  readonly ending: Ending;
}

type Framing = { kind: 'length'; left: number } | { kind: 'chunked'; left: number | undefined } | { kind: 'close' };

/** The value of a header, whatever the case of its name; undefined if it is not there. */
export function headerOf(head: ResponseHead, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return head.headers.find(([each]) => each.toLowerCase() === wanted)?.[1];
}

/**
 * Reads one HTTP/1.x response from bytes that arrive in any pieces, and keeps what a library would hide: header case and
 * order, and whether a body was cut. Interim answers (1xx) are skipped.
 */
export class ResponseReader {
  private pending = Buffer.alloc(0);
  private head: ResponseHead | undefined;
  private framing: Framing = { kind: 'close' };
  private readonly pieces: Buffer[] = [];
  private ending: Ending = 'open';

  constructor(private readonly bodyless: boolean) {}

  /** Takes more bytes; after the end of the response they are kept for `rest()`. */
  push(bytes: Buffer): void {
    this.pending = Buffer.concat([this.pending, bytes]);
    while (this.ending === 'open' && this.step());
  }

  /** The connection ended. */
  close(): void {
    if (this.ending !== 'open') return;
    this.ending = this.head !== undefined && this.framing.kind === 'close' ? 'complete' : 'cut';
  }

  received(): Received {
    return { head: this.head, body: Buffer.concat(this.pieces), ending: this.ending };
  }

  /** Bytes beyond the end of the response: the next one, if requests were pipelined or smuggled. */
  rest(): Buffer {
    return this.pending;
  }

  /** One step of reading; false if it takes more bytes to go on. */
  private step(): boolean {
    if (this.head === undefined) return this.readHead();
    switch (this.framing.kind) {
      case 'length':
        this.framing.left -= this.take(this.framing.left);
        if (this.framing.left === 0) this.ending = 'complete';
        return false;
      case 'chunked':
        return this.readChunk(this.framing);
      case 'close':
        this.take(this.pending.length);
        return false;
    }
  }

  private readHead(): boolean {
    const end = this.pending.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const head = parseHead(this.pending.subarray(0, end).toString('latin1'));
    this.pending = this.pending.subarray(end + 4);
    if (head.status >= 100 && head.status < 200) return true;
    this.head = head;
    this.framing = framingOf(head, this.bodyless);
    if (this.framing.kind === 'length' && this.framing.left === 0) this.ending = 'complete';
    return true;
  }

  private readChunk(framing: { left: number | undefined }): boolean {
    if (framing.left !== undefined && framing.left > 0) {
      framing.left -= this.take(framing.left);
      return framing.left === 0;
    }
    const line = framing.left === 0 ? this.pending.indexOf('\r\n', 2) : this.pending.indexOf('\r\n');
    if (line < 0) return false;
    const start = framing.left === 0 ? 2 : 0;
    const size = Number.parseInt(this.pending.subarray(start, line).toString('latin1'), 16);
    if (size === 0) {
      if (this.pending.length < line + 4) return false;
      this.pending = this.pending.subarray(line + 4);
      this.ending = 'complete';
      return false;
    }
    this.pending = this.pending.subarray(line + 2);
    framing.left = size;
    return true;
  }

  /** Moves up to `count` bytes into the body; how many there were. */
  private take(count: number): number {
    const piece = this.pending.subarray(0, count);
    if (piece.length > 0) this.pieces.push(piece);
    this.pending = this.pending.subarray(piece.length);
    return piece.length;
  }
}

function parseHead(text: string): ResponseHead {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const [version = '', status = '', ...reason] = statusLine.split(' ');
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { version, status: Number(status), reason: reason.join(' '), headers };
}

function framingOf(head: ResponseHead, bodyless: boolean): Framing {
  if (bodyless || head.status === 204 || head.status === 304) return { kind: 'length', left: 0 };
  if (headerOf(head, 'Transfer-Encoding')?.toLowerCase() === 'chunked') return { kind: 'chunked', left: undefined };
  const length = headerOf(head, 'Content-Length');
  return length === undefined ? { kind: 'close' } : { kind: 'length', left: Number(length) };
}
