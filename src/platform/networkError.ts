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

/** Whether the connection came about and TLS on it did not. */
export function isTlsFailure(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === TLS_FAILURE;
}

/** Whether the other machine said that nobody listens on the port. */
export function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ECONNREFUSED';
}

/** What went wrong, in the words of Go's network errors, which operators of etcd know. */
export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = REASONS[code];
  if (known !== undefined) return known;
  return 'message' in error && typeof error.message === 'string' ? error.message : 'unknown error';
}
