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

/** Whether the connection came about and TLS on it did not: somebody has to mend that, waiting does not help. */
export function isTlsFailure(error: unknown): boolean {
  return codeOf(error) === TLS_FAILURE;
}

/** What is to be said of attempts that failed: what waiting does not mend, each once. @param error - of Promise.any */
export function tlsReasonsOf(error: unknown): readonly string[] {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return [...new Set(errors.filter(isTlsFailure).map(reasonOf))];
}

/** What servers of TLS, etcd's among them, answer to plain HTTP. */
const ANSWER_TO_PLAIN_HTTP = 'Client sent an HTTP request to an HTTPS server.';

/** What to do about an answer that only says that the host speaks TLS; undefined for any other. */
export function explainPlainAtTls(url: URL, status: number, text: string): string | undefined {
  if (url.protocol !== 'http:' || status !== 400 || !text.startsWith(ANSWER_TO_PLAIN_HTTP)) return undefined;
  return `${url.host} speaks TLS there, and it was asked by plain HTTP; write its URL with https://`;
}

/** Whether the other machine said that nobody listens on the port. */
export function isRefusal(error: unknown): boolean {
  return codeOf(error) === 'ECONNREFUSED';
}

/** What went wrong, in the words of Go's network errors, which operators of etcd know. */
export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const known = REASONS[codeOf(error) ?? ''];
  if (known !== undefined) return known;
  return 'message' in error && typeof error.message === 'string' ? error.message : 'unknown error';
}
