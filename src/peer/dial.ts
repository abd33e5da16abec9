/** One attempt to open a stream to one URL of a peer. */
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Levels, PeerContext } from './context';
import type { StreamProtocol } from './handshake';
import { headerOf, levelsOf, requestHeaders, STREAMS } from './handshake';
import { boundInterimAnswers } from '../platform/interimAnswers';
import { isRefusal, isTlsCut, isTlsFailure, isUnknownHost, plainAtTlsError, reasonOf } from '../platform/networkError';

export type DialOutcome =
  | { readonly kind: 'connected'; readonly socket: Duplex; readonly head: Buffer }
  /** The other side answered, and the answer was no. */
  | { readonly kind: 'refused'; readonly status: number; readonly text: string; readonly answer: RefusalFacts }
  /**
   * There was no answer; `reason` in the words of Go's network errors. `nobodyListens`: the machine is there and says that the
   * port is closed. `isUnknownHost`: its name leads nowhere. `isTls`: TLS did not come about, so that it is a matter of certificates.
   */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly nobodyListens: boolean;
      readonly isUnknownHost: boolean;
      readonly isTls: boolean;
    };

/** What the refusing member says about itself. */
export interface RefusalFacts {
  /** The member that was removed, and the nonce of the request this answers; empty in any other answer. */
  readonly removed: string;
  readonly nonce: string;
  readonly clusterId: string;
  readonly id: string;
  readonly version: string;
  readonly levels: Levels;
  /** Empty: it did not found the cluster. */
  readonly foundation: string;
}

export interface DialTarget {
  readonly id: string;
  readonly url: string;
  readonly protocol: StreamProtocol;
  /** See `requestHeaders`. */
  readonly nonce: string;
}

const TEXT_BYTES_MAX = 1024;
/** No fault of the network. */
const OF_ITSELF = { nobodyListens: false, isUnknownHost: false, isTls: false } as const;

/** Never rejects. Aborting destroys what is open; after that, a connected socket is the caller's. */
export function dialPeer(context: PeerContext, target: DialTarget, signal: AbortSignal): Promise<DialOutcome> {
  return new Promise((resolve) => {
    let url: URL;
    let stream: Duplex;
    try {
      url = new URL(target.url);
      stream = context.dial(url);
    } catch (error) {
      resolve({ kind: 'failed', reason: reasonOf(error), ...OF_ITSELF });
      return;
    }
    const failed = (error: unknown): void => {
      const isTls = isTlsFailure(error);
      const reason = isTls || isTlsCut(error) ? reasonOf(error) : `dial tcp ${url.host}: ${reasonOf(error)}`;
      resolve({ kind: 'failed', reason, nobodyListens: isRefusal(error), isUnknownHost: isUnknownHost(error), isTls });
    };
    const request = httpRequest({
      createConnection: () => stream,
      host: url.host,
      path: STREAMS[target.protocol].path,
      headers: { Host: url.host, ...requestHeaders(context.identity, target.id, target.protocol, target.nonce) },
      signal,
    });
    boundInterimAnswers(request);
    let upgraded = false;
    const cancelTimeout = context.clock.after(context.limits.dialTimeoutMs, () => {
      request.destroy(new Error('i/o timeout'));
    });
    request.on('upgrade', (response, socket, head) => {
      cancelTimeout();
      upgraded = true;
      // An error before the new owner listens must not end the process; the close that follows is enough for it.
      socket.on('error', ignore);
      if (socket instanceof Socket) socket.setNoDelay(true);
      resolve(checkUpgrade(context, target, response, socket, head));
    });
    request.on('response', (response) => {
      readText(response, (text) => {
        cancelTimeout();
        const status = response.statusCode ?? 0;
        const error = plainAtTlsError(url, status, text);
        if (error === undefined) resolve({ kind: 'refused', status, text, answer: factsOf(response) });
        else failed(error);
        request.destroy();
      });
    });
    request.on('error', (error) => {
      cancelTimeout();
      failed(error);
    });
    request.on('close', () => {
      cancelTimeout();
      // An upgraded connection is no longer the request's; any other must not outlive it.
      if (!upgraded) stream.destroy();
      failed(new Error('connection closed'));
    });
    request.end();
  });
}

/** Whoever answered 101 must be the member that was asked for. */
function checkUpgrade(
  context: PeerContext,
  target: DialTarget,
  response: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): DialOutcome {
  const answer = factsOf(response);
  const { clusterId } = context.identity;
  if (answer.id === target.id && answer.clusterId === clusterId && response.headers.upgrade === target.protocol) {
    return { kind: 'connected', socket, head };
  }
  socket.destroy();
  const reason = `dial ${target.url}: the answer is not from a member of this cluster`;
  return { kind: 'failed', reason, ...OF_ITSELF };
}

function factsOf({ headers }: IncomingMessage): RefusalFacts {
  return {
    clusterId: headerOf(headers, 'x-etcd-cluster-id'),
    id: headerOf(headers, 'x-server-from'),
    version: headerOf(headers, 'x-server-version'),
    levels: levelsOf(headers),
    foundation: headerOf(headers, 'x-cairn-foundation'),
    removed: headerOf(headers, 'x-cairn-removed'),
    nonce: headerOf(headers, 'x-cairn-nonce'),
  };
}

function readText(response: IncomingMessage, done: (text: string) => void): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (piece: string) => {
    text += piece;
    if (text.length > TEXT_BYTES_MAX) response.destroy();
  });
  response.on('error', ignore);
  response.on('close', () => {
    done(text.slice(0, TEXT_BYTES_MAX).trim());
  });
}

function ignore(): void {
  // What matters is told by the close.
}
