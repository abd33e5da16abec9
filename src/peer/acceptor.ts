/** The answering side of a handshake, on the HTTP server of the peer port. */
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { PeerContext } from './context';
import type { Membership, StreamProtocol } from './handshake';
import { isMemberId, judge, ownHeaders } from './handshake';
import { logRefusal, refusalBytes } from './refusals';

/** How long the other side may take to read a refusal. */
const REFUSAL_TIMEOUT_MS = 1000;

export interface Accepted {
  readonly from: string;
  readonly protocol: StreamProtocol;
  readonly nonce: string;
}

/**
 * Answers a request for a stream. Undefined: it was refused, logged, and its connection ends.
 *
 * @param onStranger the id of a caller that this member does not know
 */
export function acceptStream(
  context: PeerContext,
  membership: Membership,
  request: IncomingMessage,
  socket: Duplex,
  onStranger: (id: string) => void,
): Accepted | undefined {
  // An error of the socket is followed by its close, which is what everyone listens to.
  socket.on('error', () => undefined);
  const verdict = judge(request, context.identity, membership);
  if (!verdict.ok) {
    logRefusal(context.log, verdict.refusal, context.identity);
    refuse(context, socket, refusalBytes(verdict.refusal, context.identity));
    if (verdict.refusal.kind === 'unknown' && isMemberId(verdict.refusal.from)) onStranger(verdict.refusal.from);
    return undefined;
  }
  if (socket instanceof Socket) {
    socket.setNoDelay(true);
    socket.setTimeout(0);
  }
  const headers = { Connection: 'Upgrade', Upgrade: verdict.protocol, ...ownHeaders(context.identity) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
  return { from: verdict.from, protocol: verdict.protocol, nonce: verdict.nonce };
}

/** Sends a whole HTTP answer and ends the connection. */
export function refuse(context: PeerContext, socket: Duplex, answer: string): void {
  const cancel = context.clock.after(REFUSAL_TIMEOUT_MS, () => socket.destroy());
  socket.on('close', cancel);
  // Nobody else reads, and a stream that is not read never closes.
  socket.resume();
  socket.end(answer, () => socket.destroy());
}
