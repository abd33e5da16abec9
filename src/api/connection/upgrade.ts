/**
 * Requests that ask for another protocol on a port that has none, as the HTTP client of Java sends them (`Upgrade: h2c`): they are answered as
 * if they had not. Node's parser stops behind such a request, and without a listener for upgrades what came behind it in the same read is
 * thrown away. What comes in the next read would then be parsed from its middle, and a body could become a request.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { hasBody } from '../http/body';

const END_OF_HEADERS = Buffer.from('\r\n\r\n');
const CR = 0x0d;
const LF = 0x0a;

/** Whether something behind the request may be lost, so that it has to be the last one of its connection. To be asked when its headers were read. */
export function mayLoseWhatFollows(request: IncomingMessage): boolean {
  if (request.headers.upgrade === undefined) return false;
  return hasBody(request) || !endsTheRead(request.socket);
}

/** Whether the request whose headers were just read was the last there is in what the parser was given; false if that cannot be told. */
function endsTheRead(socket: Socket): boolean {
  const read = bufferOf(socket);
  if (read === undefined) return false;
  // Line ends in front may be those of headers that began in the read before.
  if (read[0] === CR || read[0] === LF) return false;
  return read.indexOf(END_OF_HEADERS) === read.length - END_OF_HEADERS.length;
}

/** What the parser of a connection of Node's server is at; undefined if Node does not say. */
function bufferOf(socket: Socket): Buffer | undefined {
  const parser: unknown = Reflect.get(socket, 'parser');
  if (typeof parser !== 'object' || parser === null) return undefined;
  const getBuffer: unknown = Reflect.get(parser, 'getCurrentBuffer');
  const read: unknown = typeof getBuffer === 'function' ? Reflect.apply(getBuffer, parser, []) : undefined;
  return Buffer.isBuffer(read) ? read : undefined;
}
