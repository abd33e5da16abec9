/** Reads a request body, within a limit. */
import type { IncomingMessage } from 'node:http';

/** What all bodies together may take (bodyBudget.ts). */
export interface BodyRoom {
  /** Whether there is room for a body that has become so long. */
  readonly hasRoomFor: (length: number) => boolean;
  /** Called instead of `done`; the rest of the body is thrown away. */
  readonly onNoRoom: () => void;
}

const UNBOUNDED: BodyRoom = { hasRoomFor: () => true, onNoRoom: () => undefined };

const NOTHING = Buffer.alloc(0);
const GATHERED_FROM_BYTES = 64 * 1024;

/** There is no room for the body of a request now; the router answers it. */
export class NoRoomError extends Error {
  override readonly name = 'NoRoomError';
}

/**
 * The whole body as a byte string; undefined if it is longer than `limitBytes`. Rejects with NoRoomError, and never settles for a client that
 * goes away in the middle.
 *
 * @param hasRoomFor of BodyRoom; may be left out for bodies of some kilobytes at the most
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  hasRoomFor: BodyRoom['hasRoomFor'] = UNBOUNDED.hasRoomFor,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const done = (bytes: Buffer | undefined): void => {
      resolve(bytes?.latin1Slice());
    };
    const onNoRoom = (): void => {
      reject(new NoRoomError());
    };
    readBytes(request, limitBytes, done, { hasRoomFor, onNoRoom });
  });
}

/**
 * Calls `done` once with the whole body, or with undefined when it is longer than `limitBytes` (the rest is then thrown
 * away as it comes in, so that the client can read its answer). A client that goes away in the middle is never answered,
 * and `done` never called. The bytes are the callee's to change.
 */
export function readBytes(
  request: IncomingMessage,
  limitBytes: number,
  done: (body: Buffer | undefined) => void,
  { hasRoomFor, onNoRoom }: BodyRoom = UNBOUNDED,
): void {
  if (Number(request.headers['content-length']) > limitBytes) {
    request.resume();
    done(undefined);
    return;
  }
  const body = new GrowingBytes(limitBytes, Number(request.headers['content-length']));
  let isGivenUp = false;
  request.on('data', (chunk: Buffer) => {
    if (isGivenUp) return;
    const length = body.length + chunk.length;
    const isTooLong = length > limitBytes;
    if (!isTooLong && hasRoomFor(length)) {
      body.add(chunk);
      return;
    }
    isGivenUp = true;
    body.clear();
    if (isTooLong) done(undefined);
    else onNoRoom();
  });
  request.on('end', () => {
    if (!isGivenUp) done(body.take());
  });
}

/** Once this share of the announced length is here, the rest is believed. */
const BELIEVED_FROM = 1 / 8;

/**
 * One buffer that grows with what really arrives: an announced length alone makes nobody allocate. Each byte is copied as it comes, so
 * that in the end nothing is left to be done, and seldom again, because megabytes in new memory take tens of milliseconds.
 */
class GrowingBytes {
  length = 0;
  private bytes: Buffer = NOTHING;

  /** @param announcedBytes NaN if the request does not say */
  constructor(
    private readonly limitBytes: number,
    private readonly announcedBytes: number,
  ) {}

  add(chunk: Buffer): void {
    const length = this.length + chunk.length;
    if (this.length === 0) {
      // Most bodies are one chunk.
      this.bytes = chunk;
    } else {
      if (length > this.bytes.length) this.grow(length);
      chunk.copy(this.bytes, this.length);
    }
    this.length = length;
  }

  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.clear();
    return taken;
  }

  clear(): void {
    this.bytes = NOTHING;
    this.length = 0;
  }

  private grow(length: number): void {
    const isBelieved = length <= this.announcedBytes && length >= BELIEVED_FROM * this.announcedBytes;
    const wanted = isBelieved ? this.announcedBytes : Math.max(GATHERED_FROM_BYTES, 2 * length);
    const capacity = Math.min(this.limitBytes, wanted);
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
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
