/** One request and its answer, over one connection. Nothing is tried twice here; what failed says whether it may be. */
import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { timerOf } from '../../platform/longTimer';
import { boundInterimAnswers } from '../../platform/interimAnswers';
import { tlsFaultOf } from '../../platform/networkError';
import { reasonToStop } from '../../platform/plainRequest';

export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly agent: Agent;
  /** Until the end of the answer; Infinity: as long as it takes. */
  readonly timeoutMs: number;
  /** Until the connection stands. */
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Reading changes nothing, so it may be sent down a connection of which nobody knows whether it still stands. */
  readonly isRead: boolean;
}

/** Why there is no answer. */
export class ExchangeFailure extends Error {
  constructor(
    readonly reason: 'timeout' | 'connection',
    readonly error: Error,
    /** False: not one byte of the request has left this process. */
    readonly maybeSent: boolean,
    /** The connection had served requests before: it may just have been too old. */
    readonly wasReused: boolean,
  ) {
    super(error.message, { cause: error });
  }
}

/** An answer whose body has not been read yet. */
export interface OpenAnswer {
  readonly message: IncomingMessage;
  /** Ends the time limit and the signal's hold on it. To be called when the body was read, or is not wanted. */
  readonly settle: () => void;
  /** From now on only the signal ends it. */
  readonly untimed: () => void;
}

/**
 * Resolves when the headers of the answer are there; the time limit and the signal go on to count for its body, which they destroy.
 * Rejects with ExchangeFailure, or with the signal's reason.
 */
export function exchange(options: Exchange): Promise<OpenAnswer> {
  const { signal, timeoutMs, connectTimeoutMs } = options;
  return new Promise((resolve, reject: (error: Error) => void) => {
    if (signal?.aborted === true) throw reasonToStop(signal);
    const request = openOrFail(options);
    const sending = new Sending(request);
    let message: IncomingMessage | undefined;
    const end = (why: Error): void => {
      settle();
      reject(why);
      message?.destroy(why);
      request.destroy();
    };
    const fail = (reason: 'timeout' | 'connection', error: Error): void => {
      // Of TLS 1.3 the server refuses a client when that believes the handshake done; it has read nothing of the request then.
      const maybeSent = sending.maybeSent && tlsFaultOf(error) === undefined;
      end(new ExchangeFailure(reason, error, maybeSent, request.reusedSocket));
    };
    const stopped = (): void => {
      if (signal !== undefined) end(reasonToStop(signal));
    };
    signal?.addEventListener('abort', stopped, { once: true });
    const timer = timerOf(timeoutMs, () => {
      fail('timeout', new Error(`no answer within ${Math.round(timeoutMs)} ms`));
    });
    const connectTimer = timerOf(Math.min(connectTimeoutMs, timeoutMs), () => {
      if (sending.isWaitingForConnection)
        fail('timeout', new Error(`no connection within ${Math.round(Math.min(connectTimeoutMs, timeoutMs))} ms`));
    });
    const settle = (): void => {
      clearTimeout(timer);
      clearTimeout(connectTimer);
      signal?.removeEventListener('abort', stopped);
    };
    request.on('error', (error: Error) => {
      fail('connection', error);
    });
    boundInterimAnswers(request);
    request.on('upgrade', (_message, socket) => {
      socket.destroy();
      fail('connection', new Error('the answer is an upgrade (status 101) that was not asked for'));
    });
    request.on('close', () => {
      if (message === undefined) fail('connection', new Error('connection closed before the answer'));
    });
    request.on('response', (response) => {
      message = response;
      clearTimeout(connectTimer);
      // Whoever reads the body listens too; an error that comes before that must not end the process.
      response.on('error', () => undefined);
      resolve({
        message: response,
        settle,
        untimed: () => {
          clearTimeout(timer);
        },
      });
    });
    sending.begin(options.body, options.isRead);
  });
}

/** Whoever dials may find at once that it cannot: nothing was sent. */
function openOrFail(options: Exchange): ClientRequest {
  try {
    return open(options);
  } catch (error) {
    throw new ExchangeFailure('connection', error instanceof Error ? error : new Error(String(error)), false, false);
  }
}

function open({ method, url, headers, body, agent }: Exchange): ClientRequest {
  const hasBody = body !== undefined || method === 'POST' || method === 'PUT';
  return httpRequest({
    ...{ agent, method, host: url.hostname, port: url.port, path: url.pathname + url.search },
    headers: {
      Host: url.host,
      ...headers,
      ...(hasBody ? { 'Content-Length': String(body?.length ?? 0) } : {}),
    },
  });
}

/**
 * When a request leaves, and whether it has. A server may have closed an idle connection without this process knowing yet: what it
 * has said by then is heard in the next turns of the event loop. So a write that is given an idle connection waits for two of them; if the
 * connection turns out to be closed, nothing was sent.
 */
class Sending {
  maybeSent = false;
  isWaitingForConnection = true;

  constructor(private readonly request: ClientRequest) {}

  begin(body: Buffer | undefined, isRead: boolean): void {
    const { request } = this;
    request.on('socket', (socket) => {
      if (isConnecting(socket)) {
        socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
          this.stands();
        });
        request.end(body);
      } else if (!request.reusedSocket || isRead) {
        this.stands();
        request.end(body);
      } else {
        this.isWaitingForConnection = false;
        setImmediate(() =>
          setImmediate(() => {
            if (request.destroyed || socket.destroyed) return;
            this.stands();
            request.end(body);
          }),
        );
      }
    });
  }

  private stands(): void {
    this.maybeSent = true;
    this.isWaitingForConnection = false;
  }
}

function isConnecting(socket: Socket): boolean {
  if (!(socket instanceof Socket)) return false;
  // A handshake is part of connecting: before it is done, nothing of the request can be read by anybody.
  return socket.connecting || (socket instanceof TLSSocket && Reflect.get(socket, 'secureConnecting') === true);
}
