/** One plain request to the peer port of another member: bounded in time and in the size of its answer. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { dialTcp } from './dial';
import type { Dial } from './environment';

export interface PlainRequest {
  readonly method: 'GET' | 'POST';
  /** Of the peer. */
  readonly peerUrl: string;
  /** With its query. */
  readonly target: string;
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
  readonly dial?: Dial | undefined;
}

export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Rejects, within the timeout, with what node:http or the URL's parser says, or if the answer is too long or none. The timer is its
 * own and every end of the request settles it: an upgrade that nobody asked for (101) is told by node:http with no error.
 */
export function plainRequest(options: PlainRequest): Promise<PlainAnswer> {
  return new Promise((resolve, reject: (error: Error) => void) => {
    const url = new URL(options.target, options.peerUrl);
    const stream = (options.dial ?? dialTcp)(url);
    const request = httpRequest({
      createConnection: () => stream,
      method: options.method,
      host: url.host,
      path: url.pathname + url.search,
      headers: { Host: url.host, Connection: 'close', ...(options.method === 'POST' ? { 'Content-Length': 0 } : {}) },
    });
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
      request.destroy();
      stream.destroy();
    };
    const timer = setTimeout(() => {
      fail(new Error('i/o timeout'));
    }, options.timeoutMs);
    request.on('error', fail);
    request.on('upgrade', () => {
      fail(new Error('the answer is an upgrade (status 101) that was not asked for'));
    });
    request.on('close', () => {
      fail(new Error('connection closed before the end of the answer'));
    });
    request.on('response', (response) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        pieces.push(piece);
        bytes += piece.length;
        if (bytes > options.answerBytesMax) fail(new Error('the answer is too long'));
      });
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        const text = Buffer.concat(pieces).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.end();
  });
}
