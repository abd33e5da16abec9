/** Errors of the key API: the value, its JSON, and how a member's own failures map onto it. */
import type { KeyError } from '../../../machine/keyspace/event';
import type { MemberError, MemberErrorReason } from '../../../member/types';
import type { ErrorCode } from '../../errors';
import { ERRORS, errorStatus } from '../../errors';
import { jsonPieces, jsonString } from '../../http/json';

export interface KeyFailure {
  readonly code: ErrorCode;
  /** A byte string; empty: not shown. */
  readonly cause: string;
  /** The store index; 0 when the request never reached the store. */
  readonly etcdIndex: number;
  /** Where it is not the one of the code. */
  readonly httpStatus?: number;
  /** The client had better come back after so many seconds. */
  readonly retryAfterSeconds?: number;
}

/** Of the answer, and of what is counted. */
export function statusOf({ code, httpStatus }: Pick<KeyFailure, 'code' | 'httpStatus'>): number {
  return httpStatus ?? errorStatus(code);
}

/** Every reason, and the words that etcd 2.3 has for it. */
const CAUSES: Readonly<Record<MemberErrorReason, string>> = {
  timeout: 'etcdserver: request timed out',
  noLeader: 'etcdserver: no leader',
  leaderLost: 'etcdserver: request timed out, possibly due to previous leader failure',
  tooManyRequests: 'etcdserver: too many requests',
  busy: 'etcdserver: too many requests',
  tooLarge: 'etcdserver: request is too large',
  invalid: 'etcdserver: invalid request',
  stateInDoubt: 'etcdserver: corrupt cluster: the states of the members differ, see the log of any of them',
  noSpace: 'etcdserver: mvcc: database space exceeded',
  stopped: 'etcdserver: server stopped',
};

/** Causes up to this length are put into the text as a whole. */
const SHORT_CAUSE_LENGTH = 16 * 1024;

/** A comparison that failed shows both values, which may be of any length. */
export function hasLongCause({ cause }: Pick<KeyFailure, 'cause'>): boolean {
  return cause.length > SHORT_CAUSE_LENGTH;
}

/** One line of JSON. */
export function failureJson(failure: KeyFailure): string {
  const cause = failure.cause === '' ? '' : `,"cause":${jsonString(failure.cause)}`;
  return failureHead(failure) + cause + failureTail(failure);
}

/** The same of a long cause, a piece at a time. */
export function* failurePieces(failure: KeyFailure): Generator<string, void, undefined> {
  yield `${failureHead(failure)},"cause":"`;
  yield* jsonPieces(failure.cause);
  yield `"${failureTail(failure)}`;
}

function failureHead({ code }: KeyFailure): string {
  return `{"errorCode":${code},"message":"${ERRORS[code].message}"`;
}

function failureTail({ etcdIndex }: KeyFailure): string {
  return `,"index":${etcdIndex}}\n`;
}

/** Whether a rejection is one of the announced ones. Told by its name, for this layer knows the member by its types only. */
export function isMemberError(error: unknown): error is MemberError {
  return error instanceof Error && error.name === 'MemberError' && 'reason' in error;
}

/** Code 300: the member could not do it, or does not know whether it was done. */
export function memberFailure(error: MemberError): KeyFailure {
  if (error.reason === 'busy') return BUSY;
  const failure = { code: 300, cause: CAUSES[error.reason], etcdIndex: 0 } as const;
  // 507 Insufficient Storage: coming back soon does not help, deleting does (divergence `no-space`).
  return error.reason === 'noSpace' ? { ...failure, httpStatus: 507 } : failure;
}

/** Too many long bodies are under way: nothing was done, and it may be tried again (divergence `body-budget`). */
export const BUSY: KeyFailure = {
  code: 300,
  cause: 'etcdserver: too many requests',
  etcdIndex: 0,
  httpStatus: 503,
  retryAfterSeconds: 1,
};

/** A refusal of the key space. */
export function keyFailure(error: KeyError): KeyFailure {
  return { code: error.code, cause: error.cause, etcdIndex: error.etcdIndex };
}

/** A request that was refused before it reached the store (index 0). */
export function requestFailure(code: ErrorCode, cause: string): KeyFailure {
  return { code, cause, etcdIndex: 0 };
}
