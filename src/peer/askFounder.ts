/** Asks a member whether it knows a founder that has no state, or who it is itself: `/founders` of the peer port (discovery/README.md). */
import type { Dial } from '../platform/dial';
import { plainRequest, type PlainRequest } from '../platform/plainRequest';

export interface FounderQuestion {
  /** Unpadded lower-case hexadecimal, as the other ids. */
  readonly clusterId: string;
  readonly memberId: string;
  readonly incarnation: string;
}

export type FounderAnswer =
  | { readonly kind: 'stranger'; readonly clusterId: string }
  | {
      readonly kind: 'witness';
      readonly memberId: string;
      readonly incarnation: string;
      readonly running: boolean;
      readonly knows: 'early' | 'late' | 'other';
      readonly started: boolean;
      readonly changed: boolean;
    };

/** What a member says of itself. */
export interface FounderName {
  readonly clusterId: string;
  readonly memberId: string;
  readonly incarnation: string;
}

const ANSWER_BYTES_MAX = 4096;

/** Rejects if there is no answer within the timeout, or one that makes no sense. */
export async function askFounder(
  peerUrl: string,
  question: FounderQuestion,
  timeoutMs: number,
  dial?: Dial,
): Promise<FounderAnswer> {
  const target = `/founders?${new URLSearchParams({ ...question }).toString()}`;
  return parseFounderAnswer(await ask({ method: 'POST', url: urlOf(peerUrl, target), timeoutMs, dial }));
}

/** Asks a member which founder it is. Rejects if there is no answer within the timeout, or one that makes no sense. */
export async function askFounderName(peerUrl: string, timeoutMs: number, dial?: Dial): Promise<FounderName> {
  const fields = fieldsOf(await ask({ method: 'GET', url: urlOf(peerUrl, '/founders'), timeoutMs, dial }));
  return {
    clusterId: idOf(fields.get('clusterId')),
    memberId: idOf(fields.get('memberId')),
    incarnation: incarnationOf(fields.get('incarnation')),
  };
}

function urlOf(peerUrl: string, target: string): string {
  return new URL(target, peerUrl).href;
}

async function ask(request: Omit<PlainRequest, 'answerBytesMax'>): Promise<string> {
  const { status, text } = await plainRequest({ ...request, answerBytesMax: ANSWER_BYTES_MAX });
  if (status !== 200) throw new Error(`status ${status}`);
  return text;
}

/** @throws Error for what is no answer */
export function parseFounderAnswer(json: string): FounderAnswer {
  const fields = fieldsOf(json);
  if (fields.get('kind') === 'stranger') return { kind: 'stranger', clusterId: idOf(fields.get('clusterId')) };
  const knows = fields.get('knows');
  if (knows !== 'early' && knows !== 'late' && knows !== 'other')
    throw new Error('the answer does not say what is known');
  return {
    kind: 'witness',
    memberId: idOf(fields.get('memberId')),
    incarnation: incarnationOf(fields.get('incarnation')),
    running: booleanOf(fields.get('running')),
    knows,
    started: booleanOf(fields.get('started')),
    changed: booleanOf(fields.get('changed')),
  };
}

function fieldsOf(json: string): ReadonlyMap<string, unknown> {
  const parsed: unknown = JSON.parse(json);
  if (typeof parsed !== 'object' || parsed === null) throw new Error('the answer is no object');
  return new Map<string, unknown>(Object.entries(parsed));
}

function idOf(value: unknown): string {
  if (typeof value === 'string' && /^[0-9a-f]{1,16}$/.test(value)) return value;
  throw new Error('the answer has no id');
}

function incarnationOf(value: unknown): string {
  if (typeof value === 'string' && /^[0-9a-f]{32}$/.test(value)) return value;
  throw new Error('the answer has no incarnation');
}

function booleanOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new Error('the answer is not complete');
}
