/** The routes of a token, mapped onto the keys behind it. */
import type { Context } from 'koa';
import type { KeyReader } from '../../member/types';
import { writeBadRequest, writeMethodNotAllowed, writeNotFound, writeRetryText } from '../http/answers';
import { parseRequestTarget } from '../http/requestTarget';
import { writeFailure } from '../v2/keys/answer';
import { isMemberError, memberFailure } from '../v2/keys/failure';
import type { KeysHandler } from '../v2/keys/keysHandler';
import type { DiscoveryOptions } from './options';
import { tokenKeyOf } from './registry';
import { STARTING_TEXT } from './tokenRules';

/**
 * Query, body, headers and status are those of /v2/keys. Everything is linearizable, whoever of the cluster is asked: a joiner
 * that is told of no such token gives up, and one that is shown too few members would wait for ever. Resolves when the
 * request is over.
 */
export async function serveToken(
  context: Context,
  member: KeyReader,
  keys: KeysHandler,
  options: DiscoveryOptions,
): Promise<void> {
  const { req: request, res: response } = context;
  const target = parseRequestTarget(request.url ?? '');
  const token = target === undefined ? undefined : tokenKeyOf(target.path);
  if (target === undefined) writeBadRequest(response);
  else if (token === undefined) writeNotFound(response);
  else if (!token.methods.includes(context.method)) writeMethodNotAllowed(response, token.methods);
  else if (!options.isReady()) writeRetryText(response, 503, STARTING_TEXT);
  else if (await passBarrier(context, member)) {
    const over = new Promise((resolve) => response.once('close', resolve));
    keys.handle(request, response, token.key, target.query);
    await over;
  }
}

/** False if the member cannot vouch for what it would answer; the request has then been answered. */
async function passBarrier(context: Context, member: KeyReader): Promise<boolean> {
  try {
    await member.readBarrier();
    return true;
  } catch (error) {
    if (!isMemberError(error)) throw error;
    writeFailure(context.res, member, memberFailure(error));
    return false;
  }
}
