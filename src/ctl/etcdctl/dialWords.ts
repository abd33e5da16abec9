/** What went wrong on a connection, in the words of Go. */
import { codeOf } from '../../platform/errorCode';
import { reasonOf, isTlsFailure } from '../../platform/networkError';
import { RequestTimeoutError } from '../../platform/plainRequest';
import { portOf } from '../../platform/dial';
import type { Attempt } from './failures';
import { quote } from './goText';

const AT_CONNECT = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EADDRNOTAVAIL', 'EACCES', 'EPERM'];
const AT_LOOK_UP = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'];
const AT_READ = ['ECONNRESET', 'EPIPE'];

export function attemptOf(endpoint: string, error: unknown): Attempt & { readonly mayBeCarriedOut: boolean } {
  if (error instanceof RequestTimeoutError)
    return {
      message: `client: endpoint ${endpoint} exceeded header timeout`,
      ...{ isConnection: false, mayBeCarriedOut: true },
    };
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined)
    return { message: `${quote(endpoint)} is no URL`, isConnection: false, mayBeCarriedOut: false };
  const code = codeOf(error) ?? '';
  if (AT_LOOK_UP.includes(code)) {
    const reason = code === 'EAI_AGAIN' ? 'Temporary failure in name resolution' : 'no such host';
    return {
      message: `dial tcp: lookup ${url.hostname}: ${reason}`,
      ...{ isConnection: true, mayBeCarriedOut: false },
    };
  }
  if (AT_CONNECT.includes(code)) {
    const address = addressOf(error) ?? `${url.hostname}:${portOf(url)}`;
    return {
      message: `dial tcp ${address}: connect: ${reasonOf(error)}`,
      ...{ isConnection: true, mayBeCarriedOut: false },
    };
  }
  const ending = endingOf(error);
  if (ending !== undefined) return { message: ending, ...{ isConnection: false, mayBeCarriedOut: true } };
  if (AT_READ.includes(code))
    return {
      message: `read tcp ${url.hostname}:${portOf(url)}: read: ${reasonOf(error)}`,
      ...{ isConnection: true, mayBeCarriedOut: true },
    };
  return { message: reasonOf(error), ...{ isConnection: false, mayBeCarriedOut: !isTlsFailure(error) } };
}

/** How node:http and plainRequest say that a connection ended before an answer did. */
const ENDINGS: Readonly<Record<string, string>> = {
  'socket hang up': 'EOF',
  aborted: 'unexpected EOF',
  'connection closed before the end of the answer': 'unexpected EOF',
};

function endingOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined;
  const message = String(error.message);
  if (codeOf(error)?.startsWith('HPE_') === true) return reasonOf(error);
  return Object.hasOwn(ENDINGS, message) ? ENDINGS[message] : undefined;
}

function addressOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('address' in error) || !('port' in error)) return undefined;
  const { address, port } = error;
  if (typeof address !== 'string' || typeof port !== 'number') return undefined;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
