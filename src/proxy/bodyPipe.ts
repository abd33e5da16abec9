/** The body of a request on its way from the client to a member, and which of the two is waited for. */
import type { Readable, Writable } from 'node:stream';

/** Called any number of times, and not after the last of the body was taken. */
export interface BodyWaits {
  /** Something of the body is there, and the member does not take it. */
  readonly forMember: () => void;
  /** The member has taken all that there was. */
  readonly forClient: () => void;
}

/**
 * Sends the body as it comes. Time alone does not say who is slow: a client may take its time between two pieces, and a member that stands
 * still, with its machine's buffers full, takes no more of them.
 *
 * @returns ends it; what is left of the body is then not read by anybody
 */
export function pipeBody(request: Readable, outgoing: Writable, { forMember, forClient }: BodyWaits): () => void {
  const look = (): void => {
    if (outgoing.writableNeedDrain) forMember();
  };
  const finished = (): void => {
    request.removeListener('end', forMember);
    outgoing.removeListener('drain', forClient);
  };
  request.pipe(outgoing);
  // After the pipe's own listeners, so that the piece is written by then, and the end is said.
  request.on('data', look);
  // The client has sent all, and some of it may still be here.
  request.once('end', forMember);
  outgoing.on('drain', forClient);
  outgoing.once('finish', finished);
  return () => {
    finished();
    request.removeListener('data', look);
    request.unpipe(outgoing);
  };
}
