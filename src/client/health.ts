/** What members say of themselves. */
import { NoAnswerError } from './errors';
import { jsonOf, notUnderstood } from './answer';
import { ask, type Call, type CallOptions, type Via } from './http';
import { isRecord, parseJson, textOf } from './json';

export interface Version {
  /** Of the program that answers. */
  readonly server: string;
  /** The lowest of the members' (`2.3.0`), `not_decided` before they agreed; undefined where members do not say. */
  readonly cluster: string | undefined;
}

/** `/health`: whether whoever is asked reaches a quorum; of a client, whether one of the members does. Each is asked once. */
export async function isHealthy(via: Via, options: CallOptions = {}): Promise<boolean> {
  const answer = await answerOf(via, '/health', options);
  if (answer?.status !== 200) return false;
  const body = parseJson(answer.text);
  // etcd says "true", as a text; Cairn and later versions of etcd add to it.
  return !isRecord(body) || (body['health'] !== 'false' && body['health'] !== false);
}

/** `/readyz`: whether this member, or one of those of a client, votes and may be sent requests. */
export async function isReady(via: Via, options: CallOptions = {}): Promise<boolean> {
  return (await answerOf(via, '/readyz', options))?.status === 200;
}

/** Rejects with what `ClientError` lists, or the signal's reason. */
export async function readVersion(via: Via, options: CallOptions = {}): Promise<Version> {
  const call: Call = { method: 'GET', path: '/version' };
  const answer = await ask(via, call, options);
  const body = jsonOf(call, answer);
  const server = isRecord(body) ? textOf(body['etcdserver']) : undefined;
  if (server === undefined) throw notUnderstood(call, answer, 'no version');
  return { server, cluster: isRecord(body) ? textOf(body['etcdcluster']) : undefined };
}

/** The version of the program that answers. Rejects as `readVersion` does. */
export async function serverVersion(via: Via, options: CallOptions = {}): Promise<string> {
  return (await readVersion(via, options)).server;
}

/** Undefined: none came. Rejects with NotUnderstoodError, or the signal's reason. */
async function answerOf(
  via: Via,
  path: string,
  options: CallOptions,
): Promise<{ status: number; text: string } | undefined> {
  try {
    return await ask(via, { method: 'GET', path }, { ...options, roundsMax: options.roundsMax ?? 1 });
  } catch (error) {
    if (error instanceof NoAnswerError) return undefined;
    throw error;
  }
}
