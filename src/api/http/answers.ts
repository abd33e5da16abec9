/** Answers that do not belong to one API family, written as Go's net/http writes them. */
import type { ServerResponse } from 'node:http';
import type { Outgoing } from './outgoing';

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Of a text that says what went wrong, without its length. */
export const ERROR_TEXT_HEADERS = ['Content-Type', PLAIN_TEXT, 'X-Content-Type-Options', 'nosniff'] as const;

/** A short text that says what went wrong, like Go's http.Error. */
export function writeErrorText(response: Outgoing, status: number, text: string): void {
  response.writeHead(status, [...ERROR_TEXT_HEADERS, 'Content-Length', text.length + 1]);
  response.end(`${text}\n`, 'latin1');
}

/** The same for what may be tried again after a second. */
export function writeRetryText(response: ServerResponse, status: number, text: string): void {
  response.setHeader('Retry-After', 1);
  writeErrorText(response, status, text);
}

export function writeNotFound(response: ServerResponse): void {
  writeErrorText(response, 404, '404 page not found');
}

/** @param allowed the methods, in the order in which `Allow` lists them */
export function writeMethodNotAllowed(response: ServerResponse, allowed: readonly string[]): void {
  response.setHeader('Allow', allowed.join(','));
  writeErrorText(response, 405, 'Method Not Allowed');
}

/** What a request gets that cannot be understood at all; like Go, it also ends the connection. */
export function writeBadRequest(response: ServerResponse): void {
  response.writeHead(400, ['Content-Type', PLAIN_TEXT, 'Connection', 'close', 'Content-Length', 15]);
  response.end('400 Bad Request', 'latin1');
}

/** Ends a request that failed for a reason nobody foresaw: answered if it still can be, cut off otherwise. */
export function writeInternalError(response: Outgoing): void {
  if (response.headersSent) response.destroy();
  else writeErrorText(response, 500, 'Internal Server Error');
}

/** A whole answer from a byte string. */
export function writeText(response: ServerResponse, status: number, contentType: string, bytes: string): void {
  response.writeHead(status, ['Content-Type', contentType, 'Content-Length', bytes.length]);
  response.end(bytes, 'latin1');
}

export function writePlainText(response: ServerResponse, status: number, bytes: string): void {
  writeText(response, status, PLAIN_TEXT, bytes);
}

export function writeJson(response: ServerResponse, status: number, bytes: string): void {
  writeText(response, status, 'application/json', bytes);
}
