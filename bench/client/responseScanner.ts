/** What a scanner reports, in the order head, end, for one response after the other. */
export interface ResponseListener {
  /** The headers are there; a watch that waits has no more than these. */
  onHead(status: number): void;
  onEnd(status: number): void;
}

const HEAD_END = '\r\n\r\n';

/**
 * Finds the ends of HTTP/1.1 responses on a connection that stays open, and nothing else: bodies are skipped, so that the
 * client uses little of the processor it shares with the server.
 */
export class ResponseScanner {
  /** The beginning of a head or a chunk's size line that is not complete. */
  private pending: Buffer | undefined;
  private stage: 'head' | 'body' | 'chunkSize' | 'chunkData' | 'lastChunkEnd' = 'head';
  private left = 0;
  private status = 0;

  constructor(private readonly listener: ResponseListener) {}

  /** @throws Error if it is no response, or one whose end cannot be known */
  push(data: Buffer): void {
    const bytes = this.pending === undefined ? data : Buffer.concat([this.pending, data]);
    this.pending = undefined;
    let at = 0;
    while (at < bytes.length) {
      const next = this.step(bytes, at);
      if (next === undefined) {
        this.pending = bytes.subarray(at);
        return;
      }
      at = next;
    }
  }

  /** The offset after what could be read; undefined if it takes more bytes. */
  private step(bytes: Buffer, at: number): number | undefined {
    switch (this.stage) {
      case 'head':
        return this.readHead(bytes, at);
      case 'chunkSize':
        return this.readChunkSize(bytes, at);
      case 'body':
      case 'chunkData':
      case 'lastChunkEnd':
        return this.skip(bytes, at);
    }
  }

  private readHead(bytes: Buffer, at: number): number | undefined {
    const end = bytes.indexOf(HEAD_END, at, 'latin1');
    if (end < 0) return undefined;
    const head = bytes.latin1Slice(at, end);
    this.status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    const chunked = length === undefined && /\r\ntransfer-encoding: *chunked/i.test(head);
    if (!head.startsWith('HTTP/1.1 ') || (length === undefined && !chunked)) {
      throw new Error(`not a response with a known end: ${head.slice(0, 100)}`);
    }
    this.stage = chunked ? 'chunkSize' : 'body';
    this.left = Number(length ?? 0);
    this.listener.onHead(this.status);
    if (!chunked && this.left === 0) this.finish();
    return end + HEAD_END.length;
  }

  private readChunkSize(bytes: Buffer, at: number): number | undefined {
    const end = bytes.indexOf('\r\n', at, 'latin1');
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.latin1Slice(at, end), 16);
    if (Number.isNaN(size)) throw new Error('not the size of a chunk');
    // A chunk is followed by an empty line end; after the last one, of size 0, there is nothing else (no trailers here).
    this.left = size + 2;
    this.stage = size === 0 ? 'lastChunkEnd' : 'chunkData';
    return end + 2;
  }

  private skip(bytes: Buffer, at: number): number {
    const count = Math.min(this.left, bytes.length - at);
    this.left -= count;
    if (this.left === 0) {
      if (this.stage === 'chunkData') this.stage = 'chunkSize';
      else this.finish();
    }
    return at + count;
  }

  private finish(): void {
    this.stage = 'head';
    this.listener.onEnd(this.status);
  }
}
