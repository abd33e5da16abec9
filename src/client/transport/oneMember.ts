/** Asks one member, once, over a connection of its own. */
import { basicAuthorization } from '../../platform/basicAuthorization';
import { dialTcp } from '../../platform/dial';
import { reasonOf } from '../../platform/networkError';
import { withoutUsers } from '../../platform/withoutUsers';
import { TimeoutError, UnreachableError } from '../errors';
import { printable } from '../json';
import { nameOf, type Answer, type Call, type CallOptions, type Target } from '../call';
import { attempt } from './attempt';
import { Connections } from './connections';
import { ExchangeFailure } from './exchange';

/** A listing of a whole store is the longest there is. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;

export async function askOne(target: Target, call: Call, options: CallOptions): Promise<Answer> {
  const { timeoutMs = target.timeoutMs, signal = target.signal, answerBytesMax = ANSWER_BYTES_MAX } = options;
  const endpoint = /^https?:/i.test(target.url) && URL.canParse(target.url) ? new URL(target.url) : undefined;
  if (endpoint === undefined) throw noUrl(target.url);
  const one = {
    ...{ call, endpoint, timeoutMs, signal, connectTimeoutMs: timeoutMs, isTrusted: () => false },
    connections: new Connections(target.dial ?? dialTcp, false),
    authorization: target.user === undefined ? undefined : basicAuthorization(target.user),
  };
  try {
    return await attempt(one, answerBytesMax);
  } catch (error) {
    if (!(error instanceof ExchangeFailure)) throw error;
    const failures = [{ endpoint: endpoint.origin, error: error.error }];
    const message = `${call.method} ${endpoint.origin}${nameOf(call).slice(call.method.length + 1)}: ${reasonOf(error.error)}`;
    throw error.reason === 'timeout'
      ? new TimeoutError(message, error.maybeSent, failures)
      : new UnreachableError(message, error.maybeSent, failures);
  }
}

/** Members publish where they are, and may be wrong: then nobody is there. */
function noUrl(text: string): UnreachableError {
  const error = new Error(`${JSON.stringify(printable(withoutUsers(text)).slice(0, 200))} is no URL of a member`);
  return new UnreachableError(error.message, false, [{ endpoint: text, error }]);
}
