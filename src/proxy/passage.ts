/** One request on its way through the proxy: to the first member that takes it, and its answer back. */
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { boundInterimAnswers } from '../platform/interimAnswers';
import { reasonOf } from '../platform/networkError';
import { writeMessage } from './answers';
import { answerTimeoutMs, BODY_TIMEOUT_MS, waitsForNews } from './answerTimes';
import { pipeBody } from './bodyPipe';
import { onceOpen, type Connections } from './connections';
import type { Endpoint } from './endpoints';
import type { ProxiedTarget } from './environment';
import { hasBody, requestHeaders, responseHeaders } from './headers';
import { leadsBack } from './loops';
import { isRead } from './reads';

/** The member took too long, or gave no answer that can be passed on: no matter of a connection that was closed meanwhile. */
class MemberFault extends Error {}

/** Node's parser lets them through in a reason phrase (not in a header) and its server does not send them. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

export interface PassageContext {
  readonly connections: Connections;
  /** Of this process, for loops.ts. */
  readonly id: string;
  readonly dialTimeoutMs: number;
  /** The endpoint did not take the request or did not answer it. */
  readonly onFailure: (endpoint: Endpoint, reason: string) => void;
  /** It is decided how the client is answered: as a member did, or by this proxy, since none did. At most once. */
  readonly onOutcome: (isAnswered: boolean) => void;
}

/** Node's parser takes any three digits for a status; less than 200 is no end of anything, and its server refuses to send less than 100. */
function isAnswer({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode <= 999;
}

export class Passage {
  private outgoing: ClientRequest | undefined;
  private timer: NodeJS.Timeout | undefined;
  private position = 0;
  /** No connection out of the pool any more: one of them was already closed by the other side. */
  private fresh = false;
  private isOver = false;
  /** It can be asked of another member too. */
  private readonly isRead: boolean;
  /** The answer may take any time, or has begun and only its own end says how long it is: most likely a watch. */
  private endless = false;
  /** The one that was asked last. */
  private asked: Endpoint | undefined;

  /**
   * @param target what the request asks for; it is passed on as it came
   * @param endpoints at least one, in the order in which they are tried
   */
  constructor(
    private readonly request: IncomingMessage,
    private readonly target: ProxiedTarget,
    private readonly response: ServerResponse,
    private readonly endpoints: readonly Endpoint[],
    private readonly context: PassageContext,
  ) {
    this.isRead = isRead(request, target);
  }

  start(): void {
    const { socket } = this.request;
    // Whoever went away wants no answer, and a watch must not stay open for nobody.
    this.response.on('close', () => {
      this.isOver = true;
      socket.removeListener('end', this.onHalfClosed);
      clearTimeout(this.timer);
      this.outgoing?.destroy();
    });
    if (waitsForNews(this.request.method ?? '', this.target)) {
      socket.once('end', this.onHalfClosed);
      if (socket.readableEnded) this.onHalfClosed();
    }
    if (!this.response.destroyed) this.tryNext();
  }

  /** Its answer may have no end, and is the endpoint's. */
  isEndlessOf(endpoint: Endpoint): boolean {
    return this.endless && endpoint === this.asked;
  }

  /** Cuts an answer that may have no end. */
  cutEndless(): void {
    if (this.endless) this.response.destroy();
  }

  /** One that is killed closes only its half, as far as can be seen from here (`httpAllowHalfOpen` of api/listener.ts). */
  private readonly onHalfClosed = (): void => {
    this.response.destroy();
  };

  private tryNext(): void {
    const endpoint = this.endpoints[this.position];
    this.position += 1;
    if (endpoint === undefined) this.giveUp();
    else this.attempt(endpoint);
  }

  private attempt(endpoint: Endpoint): void {
    this.asked = endpoint;
    this.endless = false;
    const outgoing = httpRequest({
      agent: this.context.connections.agentFor(endpoint, this.fresh),
      host: endpoint.host,
      port: endpoint.port,
      method: this.request.method,
      path: this.request.url,
      headers: requestHeaders(this.request, endpoint, this.context.id),
      setHost: false,
    });
    this.outgoing = outgoing;
    boundInterimAnswers(outgoing);
    let isSent = false;
    let isSettled = false;
    this.limit(outgoing, this.context.dialTimeoutMs, 'dial: i/o timeout');
    const send = (): void => {
      isSent = true;
      clearTimeout(this.timer);
      this.send(outgoing, () => isSettled);
    };
    outgoing.on('socket', (socket) => {
      // Nothing of the request may be taken from the client before there is a connection: another member may need it.
      onceOpen(socket, endpoint.scheme, outgoing.reusedSocket, send);
    });
    const failed = (error: Error): void => {
      if (isSettled) return;
      isSettled = true;
      this.failed(endpoint, outgoing, isSent, error);
    };
    outgoing.on('response', (answer) => {
      if (!isAnswer(answer)) {
        failed(new MemberFault(`it answers with the status ${answer.statusCode}`));
        outgoing.destroy();
        return;
      }
      isSettled = true;
      clearTimeout(this.timer);
      if (leadsBack(answer, this.context.id)) this.cameBack(endpoint, outgoing, answer);
      else this.answer(answer);
    });
    outgoing.on('error', failed);
    outgoing.on('close', () => {
      // An upgrade that was not asked for (101) is told by nothing else.
      failed(new Error('the connection was closed without an answer'));
      // What is left of a body that nobody takes any more is read away, so that the client gets to its answer.
      if (this.outgoing === outgoing) this.request.resume();
    });
  }

  /** @param isSettled it is known what becomes of it: an answer may come before all of a body was sent */
  private send(outgoing: ClientRequest, isSettled: () => boolean): void {
    const waitFor = (timeoutMs: number | undefined): void => {
      if (isSettled()) return;
      // Of what was waited for before this.
      clearTimeout(this.timer);
      if (timeoutMs !== undefined) this.limit(outgoing, timeoutMs, 'no answer: i/o timeout');
      else this.endless = true;
    };
    const waitForAnswer = (): void => {
      waitFor(answerTimeoutMs(this.isRead, this.target));
    };
    if (hasBody(this.request)) {
      const endPipe = pipeBody(this.request, outgoing, {
        forMember: () => {
          waitFor(BODY_TIMEOUT_MS);
        },
        forClient: () => {
          clearTimeout(this.timer);
        },
      });
      outgoing.once('finish', waitForAnswer);
      // Before the listener that reads the rest of the body away.
      outgoing.prependOnceListener('close', endPipe);
    } else {
      outgoing.end();
      waitForAnswer();
    }
  }

  /** Nobody carried it out, but what was read of its body is gone. */
  private cameBack(endpoint: Endpoint, outgoing: ClientRequest, answer: IncomingMessage): void {
    this.context.onFailure(endpoint, 'it leads back to this proxy');
    if (this.isRead && this.position < this.endpoints.length) {
      answer.destroy();
      outgoing.destroy();
      if (!this.isOver) this.tryNext();
    } else {
      this.answer(answer);
    }
  }

  private answer(answer: IncomingMessage): void {
    if (this.isOver) {
      answer.destroy();
      return;
    }
    this.context.onOutcome(true);
    this.endless = answer.headers['content-length'] === undefined;
    // It waits no more: an answer whose length is known is all there, and is given also to who has closed his half.
    if (!this.endless) this.request.socket.removeListener('end', this.onHalfClosed);
    const headers = responseHeaders(answer);
    const reason = UNSENDABLE.test(answer.statusMessage ?? '') ? undefined : answer.statusMessage;
    this.response.writeHead(answer.statusCode ?? 502, reason, headers);
    this.response.flushHeaders();
    // Cuts the client's connection if the member's breaks, so that half an answer is not taken for a whole one.
    pipeline(answer, this.response, () => undefined);
  }

  /**
   * Goes on to the next member if this one cannot have carried anything out: it was not reached, or it was only asked to read.
   * A write that may have been done is never sent twice; the client is told that its fate is unknown.
   */
  private failed(endpoint: Endpoint, outgoing: ClientRequest, isSent: boolean, error: Error): void {
    clearTimeout(this.timer);
    if (this.isOver || this.response.headersSent) return;
    const isRepeatable = !isSent || this.isRead;
    // A connection that was closed meanwhile says nothing of the member; silence or nonsense on one that is open does.
    const isStale = isSent && outgoing.reusedSocket && !(error instanceof MemberFault);
    if (!isStale) this.context.onFailure(endpoint, reasonOf(error));
    if (!isRepeatable) {
      this.giveUp();
      return;
    }
    if (isStale) {
      this.fresh = true;
      this.position -= 1;
    }
    this.tryNext();
  }

  private giveUp(): void {
    this.context.onOutcome(false);
    const tried = Math.min(this.position, this.endpoints.length);
    writeMessage(this.response, 502, `unable to get response from ${tried} endpoint(s)`);
  }

  private limit(outgoing: ClientRequest, timeoutMs: number, reason: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      outgoing.destroy(new MemberFault(reason));
    }, timeoutMs);
  }
}
