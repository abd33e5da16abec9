/** Bodies of answers. */
import type { IncomingMessage } from 'node:http';
import { NotUnderstoodError } from '../errors';
import { ExchangeFailure, type OpenAnswer } from './exchange';

/**
 * The whole body. Rejects with NotUnderstoodError (too long), ExchangeFailure, or the reason of the signal that ended it.
 *
 * @param request - as messages name it
 */
export async function readText({ message, settle }: OpenAnswer, bytesMax: number, request: string): Promise<string> {
  try {
    return await readBody(message, bytesMax, request);
  } finally {
    settle();
  }
}

/** Rejects as `readText` does. */
export function readBody(message: IncomingMessage, bytesMax: number, request: string): Promise<string> {
  // The option is named, for a long answer may be what was asked for.
  const tooLong = `${request}: the answer is longer than ${bytesMax} bytes (answerBytesMax), and was not read to its end`;
  const refuse = (): NotUnderstoodError => new NotUnderstoodError(message.statusCode ?? 0, tooLong);
  const announced = Number(message.headers['content-length']);
  if (announced > bytesMax) {
    message.destroy();
    return Promise.reject(refuse());
  }
  // What ended before anybody listened says so no more: waiting for it would never end.
  if (message.destroyed) return Promise.reject(message.errored ?? cut());
  return new Promise((resolve, reject: (error: Error) => void) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    message.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > bytesMax) {
        reject(refuse());
        message.destroy();
      } else pieces.push(piece);
    });
    message.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ECONNRESET' ? cut() : error);
    });
    message.on('close', () => {
      reject(cut());
    });
    message.on('end', () => {
      if (message.complete) resolve(Buffer.concat(pieces).toString('utf8'));
      else reject(cut());
    });
  });
}

function cut(): ExchangeFailure {
  return new ExchangeFailure('connection', new Error('connection closed before the end of the answer'), true, false);
}
