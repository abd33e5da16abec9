/** Bodies of answers. */
import type { IncomingMessage } from 'node:http';
import { ExchangeFailure, type OpenAnswer } from './exchange';

/** The answer is longer than this client reads; the option is named, for it may be what was asked for. */
export class TooLongError extends Error {
  constructor(readonly bytesMax: number) {
    super(`the answer is longer than ${bytesMax} bytes (answerBytesMax), and was not read to its end`);
  }
}

/** The whole body. Rejects with TooLongError, ExchangeFailure, or the reason of the signal that ended it. */
export async function readText({ message, settle }: OpenAnswer, bytesMax: number): Promise<string> {
  try {
    return await readBody(message, bytesMax);
  } finally {
    settle();
  }
}

/** Rejects as `readText` does. */
export function readBody(message: IncomingMessage, bytesMax: number): Promise<string> {
  const announced = Number(message.headers['content-length']);
  if (announced > bytesMax) {
    message.destroy();
    return Promise.reject(new TooLongError(bytesMax));
  }
  return new Promise((resolve, reject: (error: Error) => void) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    message.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > bytesMax) {
        reject(new TooLongError(bytesMax));
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
