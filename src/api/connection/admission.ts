/** What a server of HTTP/1 refuses before it looks at what is asked for (RFC 9112 section 3.2, as Go's net/http). */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** More headers than this are refused: each costs time, and Node would drop those beyond its limit without a word. */
export const HEADERS_MAX = 4096;

/** The only expectation there is. */
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i;

/** As Go: whatever could stand in the host part of a URL, in any order. */
const HOST = /^[\w!$%&'()*+,\-.:;=@[\]~]*$/;

export interface Refusal {
  readonly status: number;
  readonly reason: string;
  /** The body; the status line if absent. */
  readonly text?: string;
}

const BAD_REQUEST: Refusal = { status: 400, reason: 'Bad Request' };
const HOST_MISSING: Refusal = { status: 400, reason: 'Bad Request: missing required Host header' };
const HOST_MALFORMED: Refusal = { status: 400, reason: 'Bad Request: malformed Host header' };
/** Of Go's refusals this one alone has no text. */
const EXPECTATION_FAILED: Refusal = { status: 417, reason: 'Expectation Failed', text: '' };
/** Go's words. */
const UNKNOWN_CODING: Refusal = { status: 501, reason: 'Not Implemented', text: 'Unsupported transfer encoding' };
const TOO_MANY_HEADERS: Refusal = { status: 431, reason: 'Request Header Fields Too Large' };

export function isHost(header: string): boolean {
  return HOST.test(header);
}

/** Undefined for a request that may be served. */
export function refusalOf(request: IncomingMessage): Refusal | undefined {
  if (request.httpVersionMajor !== 1) return BAD_REQUEST;
  const { rawHeaders } = request;
  if (rawHeaders.length > 2 * HEADERS_MAX) return TOO_MANY_HEADERS;
  let hosts = 0;
  let host = '';
  for (let position = 0; position < rawHeaders.length; position += 2) {
    const name = rawHeaders[position] ?? '';
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue;
    hosts += 1;
    host = rawHeaders[position + 1] ?? '';
  }
  if (hosts > 1) return BAD_REQUEST;
  if (!isHost(host)) return HOST_MALFORMED;
  const { expect, 'transfer-encoding': coding } = request.headers;
  if (coding !== undefined) {
    // Whoever is in front may not know it in 1.0, and sees the end of the body elsewhere (RFC 9112 section 6.1).
    if (request.httpVersionMinor === 0) return BAD_REQUEST;
    // What else was done to the body nobody here undoes.
    if (coding.toLowerCase() !== 'chunked') return UNKNOWN_CODING;
  }
  if (request.httpVersionMinor === 0) return undefined;
  if (hosts === 0) return HOST_MISSING;
  return expect === undefined || CONTINUE.test(expect) ? undefined : EXPECTATION_FAILED;
}

/** Answers with its text, or with the status line as the body, as Go, and ends the connection. */
export function refuse(response: ServerResponse, { status, reason, text = `${status} ${reason}` }: Refusal): void {
  const type = text === '' ? [] : ['Content-Type', 'text/plain; charset=utf-8'];
  response.writeHead(status, reason, [...type, 'Connection', 'close', 'Content-Length', text.length]);
  response.end(text, 'latin1');
}
