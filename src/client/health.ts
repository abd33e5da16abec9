/** What members say of themselves. */
import { AnswerError, NoAnswerError } from './errors';
import { ask, askForJson, type Target } from './http';
import { isRecord, textOf } from './json';

/** `/health`: whether whoever answers reaches a quorum. */
export function isHealthy(target: Target): Promise<boolean> {
  return saysYes(target, '/health');
}

/** `/readyz`: whether this member votes and may be sent requests. */
export function isReady(target: Target): Promise<boolean> {
  return saysYes(target, '/readyz');
}

/** The version of the program that answers. Rejects with NoAnswerError or AnswerError. */
export async function serverVersion(target: Target): Promise<string> {
  const body = await askForJson(target, { method: 'GET', path: '/version' });
  const version = isRecord(body) ? textOf(body['etcdserver']) : undefined;
  if (version === undefined) throw new AnswerError(200, 'GET /version: no version');
  return version;
}

async function saysYes(target: Target, path: string): Promise<boolean> {
  try {
    return (await ask(target, { method: 'GET', path })).status === 200;
  } catch (error) {
    if (error instanceof NoAnswerError) return false;
    throw error;
  }
}
