/** Which headers go on, and which belong to one connection only (RFC 9110 section 7.6.1). */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Endpoint } from './endpoints';
import { viaOf } from './loops';

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
  // Answered here: the client was told to go on when its headers were read.
  'expect',
]);

/** The hop-by-hop headers of a message, those that its Connection header names included. */
function droppedFrom(connection: string | undefined): (name: string) => boolean {
  const named = new Set((connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  return (name) => HOP_BY_HOP.has(name) || named.has(name);
}

/** Whether the headers announce a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * The headers for the member: the client's, with its address added to X-Forwarded-For and this proxy to Via, framed as the client
 * framed its body.
 *
 * @param endpoint the member's
 * @param id of this process (loops.ts)
 */
export function requestHeaders(
  request: IncomingMessage,
  { host, port }: Pick<Endpoint, 'host' | 'port'>,
  id: string,
): OutgoingHttpHeaders {
  const isDropped = droppedFrom(request.headers.connection);
  const headers: OutgoingHttpHeaders = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values !== undefined && !isDropped(name)) headers[name] = values.length === 1 ? values[0] : values;
  }
  // HTTP/1.0 asks for none, and what is sent on is HTTP/1.1.
  headers['host'] ??= `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const forwarded = [...(request.headersDistinct['x-forwarded-for'] ?? []), request.socket.remoteAddress ?? ''];
  headers['x-forwarded-for'] = forwarded.filter((address) => address !== '').join(', ');
  headers.via = viaOf(request, id);
  // Said in so many words, whatever the client's Connection header names: Node sends the body of a GET or DELETE unframed otherwise, and
  // the member takes it for a request of this proxy.
  const { 'transfer-encoding': coding, 'content-length': length } = request.headers;
  if (coding !== undefined) headers['transfer-encoding'] = 'chunked';
  else if (length !== undefined) headers['content-length'] = length;
  return headers;
}

/** The headers for the client as a flat list of names and values, in the order and the case in which they came. */
export function responseHeaders(response: IncomingMessage): string[] {
  const isDropped = droppedFrom(response.headers.connection);
  const list: string[] = [];
  for (let position = 0; position + 1 < response.rawHeaders.length; position += 2) {
    const name = response.rawHeaders[position] ?? '';
    if (!isDropped(name.toLowerCase())) list.push(name, response.rawHeaders[position + 1] ?? '');
  }
  return list;
}
