/** `/config/local/log`: changes the log level while the server runs. */
import type { Context } from 'koa';
import type { RootGrant } from '../auth/guard';
import type { BodyBudget } from '../bodyBudget';
import { writeJson } from '../http/answers';
import { readBody } from '../http/body';
import { callerOf } from '../http/caller';
import { jsonText } from '../http/json';
import type { LogLevel } from '../options';

const BODY_MAX_BYTES = 64 * 1024;

/** etcd's names and their short forms. */
const LEVELS: ReadonlyMap<string, LogLevel> = new Map<string, LogLevel>([
  ['CRITICAL', 'fatal'],
  ['C', 'fatal'],
  ['ERROR', 'error'],
  ['E', 'error'],
  ['0', 'error'],
  ['WARNING', 'warn'],
  ['W', 'warn'],
  ['1', 'warn'],
  ['NOTICE', 'info'],
  ['N', 'info'],
  ['2', 'info'],
  ['INFO', 'info'],
  ['I', 'info'],
  ['3', 'info'],
  ['DEBUG', 'debug'],
  ['D', 'debug'],
  ['4', 'debug'],
  ['TRACE', 'trace'],
  ['T', 'trace'],
  ['5', 'trace'],
]);

/** The pino level for an etcd level in any case. */
export function parseLogLevel(name: string): LogLevel | undefined {
  return LEVELS.get(name.toUpperCase());
}

/** Takes `{"Level":"DEBUG"}`; 204 without a body. */
export async function serveLogLevel(
  context: Context,
  grant: RootGrant,
  setLogLevel: (level: LogLevel, caller: string) => void,
  bodyBudget?: BodyBudget,
): Promise<void> {
  const body = await readBody(context.req, BODY_MAX_BYTES, bodyBudget?.account(context.res));
  const name = body === undefined ? undefined : levelName(body);
  if (name === undefined) {
    writeJson(context.res, 400, '{"message":"Invalid json body"}');
    return;
  }
  const level = parseLogLevel(name);
  if (level === undefined) {
    writeJson(context.res, 400, `{"message":${jsonText(`Invalid log level ${name}`)}}`);
    return;
  }
  grant.use(setLogLevel)(level, callerOf(context.req));
  context.res.writeHead(204).end();
}

/** The `Level` field, whose name Go matches in any case; undefined if the body is not such an object. */
function levelName(body: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(body, 'latin1').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const field: [string, unknown] | undefined = Object.entries(parsed).find(([name]) => name.toLowerCase() === 'level');
  if (field === undefined) return '';
  return typeof field[1] === 'string' ? field[1] : undefined;
}
