/** Writes the answers of the key routes: status, headers, body (spec v2-api section 3). */
import type { ServerResponse } from 'node:http';
import type { KeyEvent } from '../../../machine/keyspace/event';
import type { KeyReader } from '../../../member/types';
import { errorStatus } from '../../errors';
import type { Turns } from '../../turns';
import { eventJson, eventPieces, eventStatus, isShort, shortEventJson } from './eventJson';
import type { KeyFailure } from './failure';
import { failureJson } from './failure';

/** Answers up to this length are made at once and say how long they are; longer ones come in chunks, as from Go's server. */
const WHOLE_LENGTH_MAX = 1024 * 1024;

/** Text is handed to the socket when there is this much of it. */
const CHUNK_LENGTH = 32 * 1024;

/**
 * A long body is made while it is sent, as fast as the client takes it, and a slice in a turn.
 *
 * @param onFailure gets what nobody foresaw after this has returned
 * @param status that of the whole event, where it is not all shown
 */
export function writeEvent(
  response: ServerResponse,
  member: KeyReader,
  event: KeyEvent,
  noValueOnSuccess: boolean,
  turns: Turns,
  onFailure: (error: unknown) => void,
  status = eventStatus(event),
): void {
  const whole = noValueOnSuccess ? shortEventJson(event) : undefined;
  if (whole !== undefined || isShort(event)) {
    const body = whole ?? eventJson(event);
    writeHead(response, member, status, event.etcdIndex, ['Content-Length', body.length]);
    response.end(body, 'latin1');
    return;
  }
  const pieces = eventPieces(event);
  const first: string[] = [];
  let length = 0;
  let isWhole = false;
  while (length <= WHOLE_LENGTH_MAX) {
    const { value } = pieces.next();
    isWhole = value === undefined;
    // An empty piece says that there is long work without a text.
    if (value === undefined || value === '') break;
    first.push(value);
    length += value.length;
  }
  // The sum of some short texts becomes bytes fastest, of long ones slowest.
  const begun = length <= CHUNK_LENGTH ? Buffer.from(first.join(''), 'latin1') : bytesOf(first);
  writeHead(response, member, status, event.etcdIndex, isWhole ? ['Content-Length', begun.length] : []);
  if (isWhole || response.req.method === 'HEAD') {
    pieces.return();
    response.end(begun);
  } else {
    response.write(begun);
    new LongBody(response, pieces, turns, onFailure).start();
  }
}

/** A flat list of names and values: Node writes it out as it is. */
function writeHead(
  response: ServerResponse,
  member: KeyReader,
  status: number,
  etcdIndex: number,
  more: readonly (string | number)[],
): void {
  const indexes = member.indexes();
  response.writeHead(status, [
    'Content-Type',
    'application/json',
    'X-Etcd-Cluster-Id',
    member.clusterId,
    'X-Etcd-Index',
    etcdIndex,
    'X-Raft-Index',
    indexes.raftIndex,
    'X-Raft-Term',
    indexes.raftTerm,
    ...more,
  ]);
}

function bytesOf(pieces: readonly string[]): Buffer {
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'latin1')));
}

/** The rest of a body that is made while it is sent. */
class LongBody {
  constructor(
    private readonly response: ServerResponse,
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
      if (length < CHUNK_LENGTH) continue;
      if (!response.write(bytesOf(texts))) return false;
      texts = [];
      length = 0;
    } while (!isOver());
    return length === 0 || response.write(bytesOf(texts));
  }
}

/** The answer to a watch that was registered: everything but its events. */
export function writeWatchHead(response: ServerResponse, member: KeyReader, etcdIndex: number): void {
  writeHead(response, member, 200, etcdIndex, []);
  response.flushHeaders();
}

/** Errors carry no X-Raft headers. */
export function writeFailure(response: ServerResponse, member: KeyReader, failure: KeyFailure): void {
  const body = failureJson(failure);
  if (failure.retryAfterSeconds !== undefined) response.setHeader('Retry-After', failure.retryAfterSeconds);
  response.writeHead(failure.httpStatus ?? errorStatus(failure.code), [
    'Content-Type',
    'application/json',
    'X-Etcd-Cluster-Id',
    member.clusterId,
    'X-Etcd-Index',
    failure.etcdIndex,
    'Content-Length',
    body.length,
  ]);
  response.end(body, 'latin1');
}
