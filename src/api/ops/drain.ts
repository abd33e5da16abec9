/** `/config/local/drain`: sends clients to the other members for a while, before this one is stopped or removed. */
import type { Context } from 'koa';
import type { Drain } from '../drain';
import { writeJson } from '../http/answers';
import { readBody } from '../http/body';

const BODY_MAX_BYTES = 1024;
const SECONDS_MAX = 3600;

/** Takes `{"Seconds":60}`; 204 without a body once leadership is handed over. 0 ends it. */
export async function serveDrain(context: Context, drain: Drain): Promise<void> {
  const body = await new Promise<string | undefined>((resolve) => {
    readBody(context.req, BODY_MAX_BYTES, resolve);
  });
  const seconds = secondsOf(body ?? '');
  if (seconds === undefined) {
    writeJson(context.res, 400, `{"message":"give a body like {\\"Seconds\\":60}, with 0 to ${SECONDS_MAX}"}`);
    return;
  }
  await drain.begin(seconds * 1000);
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
