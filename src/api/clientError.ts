/** Connections that do not speak HTTP well enough to become a request. */
import { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';

/** Node's codes, and what Go's server says in the same case. */
function statusLine(code: string): string {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return '431 Request Header Fields Too Large';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return '408 Request Timeout';
    default:
      return '400 Bad Request';
  }
}

/** Answers like Go's net/http, with the status line as the body, and closes the connection. */
export function answerClientError(error: Error & { code?: string }, socket: Duplex, logger: Logger): void {
  logger.debug({ code: error.code, reason: error.message }, 'a client sent something that is not a request');
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const status = statusLine(error.code ?? '');
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`,
    'latin1',
  );
}

/** Whether an answer has begun that a second status line would garble. Node keeps it under this name on the socket. */
function isAnswering(socket: Duplex): boolean {
  const response: unknown = Reflect.get(socket, '_httpMessage');
  return response instanceof ServerResponse && response.headersSent;
}
