/** Asks a port as somebody who is no user. Nothing secret is sent, so it is no matter who answers. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { dialTcp, hostOf, portOf, type Dial } from '../../platform/dial';
import { codeOf } from '../../platform/errorCode';
import { boundInterimAnswers } from '../../platform/interimAnswers';
import { reasonOf } from '../../platform/networkError';

export type Probed =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: IncomingHttpHeaders }
  /**
   * Refused: the connection came about, over TLS with its handshake, and was ended instead of an answer; or the handshake was refused in so many
   * words. Unreachable: anything else, silence among it, of which nobody can say what the port would have answered.
   */
  | { readonly kind: 'refused' | 'unreachable'; readonly why: string };

export interface Question {
  readonly url: string;
  readonly method?: 'GET' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly dial: Dial;
  readonly timeoutMs: number;
}

const AT_CONNECT = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EACCES'];

/** How OpenSSL says that the other side said why it ends the handshake. */
const TLS_ALERT = /^ERR_SSL_.*ALERT/;

/** Never rejects. */
export function probe({ url: text, method = 'GET', path, headers = {}, dial, timeoutMs }: Question): Promise<Probed> {
  const url = /^https?:/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return Promise.resolve({ kind: 'unreachable', why: `${text} is no URL` });
  return new Promise((resolve) => {
    let isUp = false;
    let stream: Duplex;
    const end = (probed: Probed): void => {
      clearTimeout(timer);
      resolve(probed);
      request.destroy();
      stream.destroy();
    };
    const fail = (error: unknown): void => {
      const code = codeOf(error) ?? '';
      const isRefusal = (isUp && !AT_CONNECT.includes(code)) || TLS_ALERT.test(code);
      end({ kind: isRefusal ? 'refused' : 'unreachable', why: reasonOf(error) });
    };
    const timer = setTimeout(() => {
      end({ kind: 'unreachable', why: `no answer within ${timeoutMs / 1000} s` });
    }, timeoutMs);
    try {
      stream = dial(url);
    } catch (error) {
      clearTimeout(timer);
      resolve({ kind: 'unreachable', why: reasonOf(error) });
      return;
    }
    stream.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      isUp = true;
    });
    const request = httpRequest({
      ...{ createConnection: () => stream, method, host: url.hostname, path },
      headers: { Host: url.host, Connection: 'close', ...headers },
    });
    request.on('error', fail);
    boundInterimAnswers(request);
    request.on('close', () => {
      fail(new Error('the connection was closed'));
    });
    request.on('upgrade', () => {
      fail(new Error('an upgrade that was not asked for'));
    });
    request.on('response', ({ statusCode = 0, headers: answered }) => {
      end({ kind: 'answered', status: statusCode, headers: answered });
    });
    request.end();
  });
}

/** A certificate and its key, in PEM. A handshake shows the one and never the other. */
export interface ShownPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * Whoever answers is believed.
 *
 * @param shown hears when the certificate of the other side ends
 * @param own what is shown to the other side; undefined: no certificate
 */
export function dialAnybody(shown: (validToMs: number) => void = () => undefined, own?: ShownPair): Dial {
  return (url) => {
    if (url.protocol !== 'https:') return dialTcp(url);
    const host = hostOf(url);
    const socket = connect({
      ...{ host, port: portOf(url), rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] },
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...own,
    });
    socket.once('secureConnect', () => {
      const validToMs = endOfCertificate(socket);
      if (validToMs !== undefined) shown(validToMs);
    });
    return socket;
  };
}

function endOfCertificate(socket: TLSSocket): number | undefined {
  const { valid_to: validTo } = socket.getPeerCertificate() as { readonly valid_to?: string };
  const endMs = Date.parse(validTo ?? '');
  return Number.isNaN(endMs) ? undefined : endMs;
}
