/** Bodies that are made while they are sent: as fast as the client takes them, and a slice in a turn. */
import { TLSSocket } from 'node:tls';
import type { Turns } from '../turns';
import type { FlatHeaders, Outgoing } from './outgoing';

/**
 * Answers up to this length are made at once and say how long they are; longer ones come in chunks, as from Go's server. It is also what a
 * client that takes nothing of its answer costs in memory.
 */
const WHOLE_LENGTH_MAX = 128 * 1024;

interface Lengths {
  /** Text is handed to the socket when there is this much of it. */
  readonly chunk: number;
  /** Of a body that is there already, and that many clients have in common. */
  readonly part: number;
}

const PLAIN: Lengths = { chunk: 128 * 1024, part: 1024 * 1024 };
/** It makes a copy of all that is under way. */
const OVER_TLS: Lengths = { chunk: 32 * 1024, part: 128 * 1024 };

function lengthsFor({ socket }: Outgoing): Lengths {
  return socket instanceof TLSSocket ? OVER_TLS : PLAIN;
}

/** The sum of some short texts becomes bytes fastest, of long ones slowest. */
const JOINED_LENGTH_MAX = 32 * 1024;

/**
 * Answers with what `pieces` give, byte strings; an empty one says that there is long work without a text.
 *
 * @param writeHead writes status and headers, with these too
 * @param onFailure gets what nobody foresaw after this has returned
 */
export function sendPieces(
  response: Outgoing,
  writeHead: (more: FlatHeaders) => void,
  pieces: Generator<string, void, undefined>,
  turns: Turns,
  onFailure: (error: unknown) => void,
): void {
  const first: string[] = [];
  let length = 0;
  let isWhole = false;
  while (length <= WHOLE_LENGTH_MAX) {
    const { value } = pieces.next();
    isWhole = value === undefined;
    if (value === undefined || value === '') break;
    first.push(value);
    length += value.length;
  }
  const begun = length <= JOINED_LENGTH_MAX ? Buffer.from(first.join(''), 'latin1') : bytesOf(first);
  writeHead(isWhole ? ['Content-Length', begun.length] : []);
  if (isWhole || response.req.method === 'HEAD') {
    pieces.return();
    response.end(begun);
  } else {
    response.write(begun);
    new LongBody(response, pieces, turns, onFailure).start();
  }
}

/** Answers with a body that is there already, as `sendPieces` would; a long one goes as fast as the client takes it. */
export function sendBody(response: Outgoing, writeHead: (more: FlatHeaders) => void, body: Buffer): void {
  const isWhole = body.length <= WHOLE_LENGTH_MAX;
  writeHead(isWhole ? ['Content-Length', body.length] : []);
  if (isWhole || response.req.method === 'HEAD') {
    response.end(body);
    return;
  }
  const { part: partLength } = lengthsFor(response);
  let position = 0;
  const write = (): void => {
    while (!response.writableEnded && !response.closed && !response.destroyed) {
      const part = body.subarray(position, position + partLength);
      position += part.length;
      if (position === body.length) {
        response.end(part);
        return;
      }
      if (!response.write(part)) return;
    }
  };
  response.on('drain', write);
  write();
}

function bytesOf(pieces: readonly string[]): Buffer {
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'latin1')));
}

/** The rest of a body that is made while it is sent. */
class LongBody {
  constructor(
    private readonly response: Outgoing,
    private readonly pieces: Generator<string, void, undefined>,
    private readonly turns: Turns,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  start(): void {
    if (this.response.closed || this.response.destroyed) {
      this.pieces.return();
      return;
    }
    this.response.on('drain', () => {
      this.turns.add(this.work);
    });
    this.response.once('close', () => {
      this.pieces.return();
    });
    if (!this.response.writableNeedDrain) this.turns.add(this.work);
  }

  private readonly work = (isOver: () => boolean): boolean => {
    try {
      return this.write(isOver);
    } catch (error) {
      this.onFailure(error);
      this.response.destroy();
      return false;
    }
  };

  private write(isOver: () => boolean): boolean {
    const { response } = this;
    if (response.closed || response.destroyed) return false;
    const { chunk } = lengthsFor(response);
    let texts: string[] = [];
    let length = 0;
    do {
      const { value } = this.pieces.next();
      if (value === undefined) {
        response.end(bytesOf(texts));
        return false;
      }
      if (value === '') continue;
      texts.push(value);
      length += value.length;
      if (length < chunk) continue;
      if (!response.write(bytesOf(texts))) return false;
      texts = [];
      length = 0;
    } while (!isOver());
    return length === 0 || response.write(bytesOf(texts));
  }
}
