/** `/v2/admin/config`: the settings of the cluster as etcd 0.4 shows and takes them. */
import type { Context } from 'koa';
import { settingsJson, type SettingsChange } from '../../machine/cluster/clusterSettings';
import { MemberError, type SettingsAdmin } from '../../member/types';
import type { RootGrant } from '../auth/guard';
import type { BodyBudget } from '../bodyBudget';
import { writeErrorText, writeJson } from '../http/answers';
import { readBody } from '../http/body';

const BODY_BYTES_MAX = 64 * 1024;

/** Seconds are told apart to the millisecond, and no value is so large that this is not exact. */
const VALUE_MAX = 1_000_000_000;

export function serveConfig(context: Context, member: SettingsAdmin): void {
  writeJson(context.res, 200, `${settingsJson(member.clusterSettings())}\n`);
}

/**
 * Takes those of the three that are numbers; what is below the least is raised to it. Answers what then holds, on any member. A body that
 * is no JSON object is answered with 500, as by etcd 0.4.
 */
export async function serveConfigChange(
  context: Context,
  grant: RootGrant,
  member: SettingsAdmin,
  bodyBudget?: BodyBudget,
): Promise<void> {
  const body = await readBody(context.req, BODY_BYTES_MAX, bodyBudget?.account(context.res));
  if (body === undefined) {
    writeErrorText(context.res, 413, 'http: request body too large');
    return;
  }
  const change = parseChange(Buffer.from(body, 'latin1').toString('utf8'));
  if (typeof change === 'string') {
    writeErrorText(context.res, 500, change);
    return;
  }
  try {
    if (!(await grant.use(member).changeSettings(change))) {
      const text =
        'not all members of this cluster know these settings yet: upgrade every member to a version of Cairn that does';
      writeErrorText(context.res, 503, text);
      return;
    }
  } catch (error) {
    if (!(error instanceof MemberError)) throw error;
    writeErrorText(context.res, 503, error.message);
    return;
  }
  serveConfig(context, member);
}

/** A text: what is wrong with it. */
export function parseChange(text: string): SettingsChange | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return text.trim() === ''
      ? 'EOF: the body is empty; give a JSON object like {"activeSize":5}'
      : 'invalid JSON in the body; give an object like {"activeSize":5,"removeDelay":1800,"syncInterval":5}';
  }
  if (parsed === null) return {};
  if (typeof parsed !== 'object' || Array.isArray(parsed)) {
    return 'the body is JSON, but no object; give one like {"activeSize":5,"removeDelay":1800,"syncInterval":5}';
  }
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const activeSize = numberOf(fields.get('activeSize'));
  const removeDelay = numberOf(fields.get('removeDelay'));
  const syncInterval = numberOf(fields.get('syncInterval'));
  return {
    ...(activeSize === undefined ? {} : { activeSize: Math.trunc(activeSize) }),
    ...(removeDelay === undefined ? {} : { removeDelayMs: Math.round(removeDelay * 1000) }),
    ...(syncInterval === undefined ? {} : { syncIntervalMs: Math.round(syncInterval * 1000) }),
  };
}

/** Undefined: of another type, which changes nothing. */
function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? Math.min(Math.max(value, 0), VALUE_MAX) : undefined;
}
