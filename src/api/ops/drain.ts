/** `/config/local/drain`: sends clients to the other members for a while, before this one is stopped or removed. */
import type { Context } from 'koa';
import type { RootGrant } from '../auth/guard';
import type { Drain } from '../drain';
import { writeJson } from '../http/answers';
import { readBody } from '../http/body';
import { callerOf } from '../http/caller';

const RETRY_AFTER_S = 6;
const BODY_MAX_BYTES = 1024;
/** The longest that `cairn prestop` and `cairn retire` ask for is 660. */
const SECONDS_MAX = 900;

/** Takes `{"Seconds":60}`; 204 without a body once leadership is handed over, 429 if that was asked for too often. 0 ends it. */
export async function serveDrain(context: Context, grant: RootGrant, drain: Drain): Promise<void> {
  const body = await readBody(context.req, BODY_MAX_BYTES);
  const seconds = secondsOf(body ?? '');
  if (seconds === undefined) {
    writeJson(context.res, 400, `{"message":"give a body like {\\"Seconds\\":60}, with 0 to ${SECONDS_MAX}"}`);
    return;
  }
  const caller = callerOf(context.req);
  if (seconds === 0) grant.use(drain).end(caller);
  else if ((await grant.use(drain).begin(seconds * 1000, caller)) === 'tooOften') {
    context.res.setHeader('Retry-After', RETRY_AFTER_S);
    writeJson(
      context.res,
      429,
      '{"message":"this member was drained too often; nothing was changed, try again in some seconds"}',
    );
    return;
  }
  context.res.writeHead(204).end();
}

function secondsOf(body: string): number | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('Seconds' in parsed)) return undefined;
  const { Seconds: seconds } = parsed;
  return typeof seconds === 'number' && seconds >= 0 && seconds <= SECONDS_MAX ? seconds : undefined;
}
