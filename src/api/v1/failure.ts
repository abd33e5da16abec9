/** Errors of the v1 API: its words, its statuses, and no index (spec v0-api section 2, conflicts rows 4, 6 and 21). */
import type { ServerResponse } from 'node:http';
import type { KeyError } from '../../machine/keyspace/event';
import { ERRORS, errorStatus, type ErrorCode } from '../errors';
import { ERROR_TEXT_HEADERS, writeErrorText } from '../http/answers';
import { jsonPieces, jsonString } from '../http/json';
import { sendPieces } from '../http/longBody';
import type { FlatHeaders } from '../http/outgoing';
import type { Turns } from '../turns';
import { hasLongCause, type KeyFailure } from '../v2/keys/failure';

export interface V1Failure {
  readonly code: ErrorCode;
  /** A byte string; empty: not shown. */
  readonly cause: string;
  /** Where it is not the one of the code. */
  readonly httpStatus?: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** Where v1 has other words, or another status, than v2. */
const WORDS: Readonly<Partial<Record<ErrorCode, { readonly message?: string; readonly httpStatus: number }>>> = {
  100: { message: 'Key Not Found', httpStatus: 404 },
  101: { message: 'The given PrevValue is not equal to the value of the key', httpStatus: 400 },
  102: { message: 'Not A File', httpStatus: 400 },
  400: { message: 'The prefix of the given key is a keyword in etcd', httpStatus: 400 },
};

/** The cause is short: what may be long is written by `writeAnyV1Failure`. */
export function writeV1Failure(response: ServerResponse, failure: V1Failure): void {
  const { code, cause } = failure;
  setRetryAfter(response, failure);
  const shown = cause === '' ? '' : `,"cause":${jsonString(cause)}`;
  writeErrorText(response, statusOf(failure), `{"errorCode":${code},"message":"${messageOf(code)}"${shown}}`);
}

/**
 * The same of a cause of any length: a long one is made while it is sent, a slice in a turn.
 *
 * @param onFailure gets what nobody foresaw after this has returned
 */
export function writeAnyV1Failure(
  response: ServerResponse,
  failure: V1Failure,
  turns: Turns,
  onFailure: (error: unknown) => void,
): void {
  if (!hasLongCause(failure)) {
    writeV1Failure(response, failure);
    return;
  }
  setRetryAfter(response, failure);
  const head = (more: FlatHeaders): void => {
    response.writeHead(statusOf(failure), [...ERROR_TEXT_HEADERS, ...more]);
  };
  sendPieces(response, head, failurePieces(failure), turns, onFailure);
}

function* failurePieces({ code, cause }: V1Failure): Generator<string, void, undefined> {
  yield `{"errorCode":${code},"message":"${messageOf(code)}","cause":"`;
  yield* jsonPieces(cause);
  yield '"}\n';
}

function messageOf(code: ErrorCode): string {
  return WORDS[code]?.message ?? ERRORS[code].message;
}

function statusOf({ code, httpStatus }: V1Failure): number {
  return httpStatus ?? WORDS[code]?.httpStatus ?? errorStatus(code);
}

function setRetryAfter(response: ServerResponse, { retryAfterSeconds }: V1Failure): void {
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', retryAfterSeconds);
}

/** A failure that v2 would tell of the same request: of the member, or of a right that is wanting. */
export function fromV2({ code, cause, httpStatus, retryAfterSeconds }: KeyFailure): V1Failure {
  return { code, cause, httpStatus, retryAfterSeconds };
}

/** Why a key could not be read. @param key as it was asked for */
export function readFailure({ code }: KeyError, key: string): V1Failure {
  // A path through a file leads to no key.
  return code === 401 ? { code: 500, cause: key } : { code: 100, cause: key };
}

/** Why a key could not be set: what is in the way is no file. */
export function setFailure(error: KeyError, key: string): V1Failure {
  return error.code === 106 ? reserved('Set') : { code: 102, cause: key };
}

/** Directories are not deleted one by one: for v1 there is no such key. */
export function deleteFailure(error: KeyError, key: string): V1Failure {
  return error.code === 106 ? reserved('Delete') : { code: 100, cause: key };
}

/** What the cluster keeps itself is not written by clients (conflicts row 25). */
export function reserved(operation: 'Set' | 'Delete'): V1Failure {
  return { code: 400, cause: operation };
}
