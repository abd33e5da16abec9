import { codeOf } from './errorCode';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ENOTFOUND: 'no such host',
  EPIPE: 'broken pipe',
  ETIMEDOUT: 'i/o timeout',
};

/** The code of an error of TLS that has words of its own (src/tls/dialFailure.ts). */
export const TLS_FAILURE = 'TLS_FAILURE';

/**
 * The code of an error of a connection that somebody took for TLS and broke during the handshake or right after it, without an answer: so
 * do those who refuse the certificate of this side, and those who are ending.
 */
export const TLS_CUT = 'TLS_CUT';

/** What of TLS no time mends, by kinds that call for the same remedy; `tlsFault` of an error. */
export type TlsFault =
  /** No CA that is trusted signed the certificate of the host. */
  | 'unknownAuthority'
  | 'expired'
  | 'notYetValid'
  | 'revoked'
  /** The list of revoked certificates itself. */
  | 'revocations'
  | 'wrongPurpose'
  /** It is not of the host that was dialled. */
  | 'wrongName'
  /** Anything else that is wrong with it. */
  | 'unusable'
  /** The host speaks plain HTTP. */
  | 'notTls'
  /** The host speaks TLS, and was asked by plain HTTP. */
  | 'tlsSpoken'
  /** The host wants a certificate of the client, and there was none. */
  | 'certificateDemanded'
  /** The host does not take that of the client. */
  | 'certificateRefused'
  /** No version or cipher in common. */
  | 'nothingInCommon';

/** Undefined: what failed may succeed another time. */
export function tlsFaultOf(error: unknown): TlsFault | undefined {
  if (typeof error !== 'object' || error === null || !('tlsFault' in error)) return undefined;
  return error.tlsFault as TlsFault;
}

/** Whether the connection came about and TLS on it did not: somebody has to mend that, waiting does not help. */
export function isTlsFailure(error: unknown): boolean {
  return codeOf(error) === TLS_FAILURE;
}

/** Whether somebody took the connection and broke it before TLS was good for anything: he is there, and most likely refuses this side. */
export function isTlsCut(error: unknown): boolean {
  return codeOf(error) === TLS_CUT;
}

/** What is to be said of attempts at which somebody was there and TLS with him failed, each once. @param error - of Promise.any */
export function tlsReasonsOf(error: unknown): readonly string[] {
  return [
    ...new Set(
      errorsIn(error)
        .filter((each) => isTlsFailure(each) || isTlsCut(each))
        .map(reasonOf),
    ),
  ];
}

/** Whether one of the attempts failed at TLS in a way that no time mends. @param error - of Promise.any */
export function hasTlsFailure(error: unknown): boolean {
  return errorsIn(error).some(isTlsFailure);
}

function errorsIn(error: unknown): readonly unknown[] {
  return error instanceof AggregateError ? error.errors : [error];
}

/** What servers of TLS, etcd's among them, answer to plain HTTP. */
const ANSWER_TO_PLAIN_HTTP = 'Client sent an HTTP request to an HTTPS server.';

/** What to do about an answer that only says that the host speaks TLS; undefined for any other. */
export function plainAtTlsError(url: URL, status: number, text: string): Error | undefined {
  if (url.protocol !== 'http:' || status !== 400 || !text.startsWith(ANSWER_TO_PLAIN_HTTP)) return undefined;
  const message = `${url.host} speaks TLS there, and it was asked by plain HTTP; write its URL with https://`;
  return Object.assign(new Error(message), { code: TLS_FAILURE, tlsFault: 'tlsSpoken' satisfies TlsFault });
}

/** Whether the other machine said that nobody listens on the port. */
export function isRefusal(error: unknown): boolean {
  return codeOf(error) === 'ECONNREFUSED';
}

/** Whether the name of the host is not known: it may become so when the host starts, as those of pods do. */
export function isUnknownHost(error: unknown): boolean {
  return codeOf(error) === 'ENOTFOUND';
}

/** What went wrong, in the words of Go's network errors, which operators of etcd know. */
export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const known = REASONS[codeOf(error) ?? ''];
  if (known !== undefined) return known;
  const message = 'message' in error && typeof error.message === 'string' ? error.message : 'unknown error';
  return codeOf(error)?.startsWith('HPE_') === true ? `malformed HTTP response (${message})` : message;
}
