/** Reads a request body as one byte string, within a limit. */
import type { IncomingMessage } from 'node:http';

/** What all bodies together may take (bodyBudget.ts). */
export interface BodyRoom {
  /** Whether there is room for a body that has become so long. */
  readonly hasRoomFor: (length: number) => boolean;
  /** Called instead of `done`; the rest of the body is thrown away. */
  readonly onNoRoom: () => void;
}

const UNBOUNDED: BodyRoom = { hasRoomFor: () => true, onNoRoom: () => undefined };

/**
 * Calls `done` once with the whole body, or with undefined when it is longer than `limitBytes` (the rest is then thrown
 * away as it comes in, so that the client can read its answer). A client that goes away in the middle is never answered,
 * and `done` never called.
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  done: (body: string | undefined) => void,
  { hasRoomFor, onNoRoom }: BodyRoom = UNBOUNDED,
): void {
  if (Number(request.headers['content-length']) > limitBytes) {
    request.resume();
    done(undefined);
    return;
  }
  let body = '';
  let isGivenUp = false;
  request.on('data', (chunk: Buffer) => {
    if (isGivenUp) return;
    body += chunk.latin1Slice();
    const isTooLong = body.length > limitBytes;
    if (!isTooLong && hasRoomFor(body.length)) return;
    isGivenUp = true;
    body = '';
    if (isTooLong) done(undefined);
    else onNoRoom();
  });
  request.on('end', () => {
    if (!isGivenUp) done(body);
  });
}

/** Whether the request line and headers announce a body at all. */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return length === undefined ? request.headers['transfer-encoding'] !== undefined : length !== '0';
}

/**
 * Calls `done` when the whole request is here, and throws its body away. Nothing is to be changed before: what is cut off in the
 * middle may have been meant otherwise. A client that goes away in the middle is never answered, and `done` never called.
 */
export function skipBody(request: IncomingMessage, done: () => void): void {
  if (!hasBody(request)) {
    done();
    return;
  }
  request.on('end', done);
  request.resume();
}

/** The same as a promise, which never rejects. */
export function wholeRequest(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    skipBody(request, resolve);
  });
}
