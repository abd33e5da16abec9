/** Connections that do not speak HTTP well enough to become a request. */
import { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { Complaints } from '../tls/complaints';
import { closeGently } from './connection/closeGently';
import type { Connection } from './connection/connection';

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

/**
 * Answers like Go's net/http, with the status line as the body, and closes the connection; what came before what is wrong is
 * answered first.
 *
 * @param connection undefined: Node has never handed it over
 */
export function answerClientError(
  error: Error & { code?: string; rawPacket?: unknown },
  socket: Duplex,
  connection: Connection | undefined,
  logger: Logger,
  complaints: Complaints,
): void {
  // Node counts the time for headers from the connection on. Clients that keep some in reserve have sent nothing yet.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && connection?.isSilent === true) return;
  // One complaint a connection: what still comes after it says nothing new.
  if (connection?.isEnding === true) {
    if (error.code === 'ECONNRESET') socket.destroy();
    return;
  }
  if (isTlsHello(error.rawPacket)) {
    complaints.write(
      'tls',
      socket instanceof Socket ? socket.remoteAddress : undefined,
      'a client began TLS at this plain http port; let it call http://, or let this server listen on https:// with a certificate',
    );
  } else {
    logger.debug({ code: error.code, reason: error.message }, 'a client sent something that is not a request');
  }
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const end = (): void => {
    if (!socket.writable || isAnswering(socket)) socket.destroy();
    else closeGently(socket, answerText(statusLine(error.code ?? '')));
  };
  if (connection === undefined) end();
  else connection.endInOrder(end);
}

/** A record of TLS that carries a handshake, of any version that there was. */
function isTlsHello(bytes: unknown): boolean {
  return Buffer.isBuffer(bytes) && bytes[0] === 0x16 && bytes[1] === 0x03;
}

/** CONNECT asks for a tunnel, which is nothing that is served here. Node has given the socket up already. */
export function answerConnect(socket: Duplex, connection: Connection | undefined): void {
  socket.on('error', () => socket.destroy());
  if (connection?.release() === false) socket.destroy();
  else closeGently(socket, answerText('404 Not Found', '404 page not found\n'));
}

function answerText(status: string, body = status): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${body}`;
}

/** Whether an answer has begun that a second status line would garble. Node keeps it under this name on the socket. */
function isAnswering(socket: Duplex): boolean {
  const response: unknown = Reflect.get(socket, '_httpMessage');
  return response instanceof ServerResponse && response.headersSent;
}
