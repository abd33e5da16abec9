/**
 * What can go wrong between this client and a cluster. `kind` tells the cases apart (`ClientError` is their union); a request that
 * was aborted rejects with its signal's reason instead, as `fetch` does.
 */
import { tlsFaultOf, type TlsFault } from '../platform/networkError';

/** A member answered, and it was not what was asked for. */
export abstract class AnswerError extends Error {
  abstract readonly kind: 'etcd' | 'refused' | 'notUnderstood';

  constructor(
    /** Of HTTP. */
    readonly status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An error of the store, as `{"errorCode":100,"message":"Key not found","cause":"/a","index":7}`. */
export class EtcdError extends AnswerError {
  override readonly name = 'EtcdError';
  readonly kind = 'etcd';
  /** The number of the v2 document's error table: see `ERROR_CODES`. */
  readonly code: number;
  /** The words that go with the code. */
  readonly etcdMessage: string;
  /** What the words are about: a key, or a comparison that failed. Empty if nothing was said. */
  override readonly cause: string;
  /** The index of the store then; 0 if the request did not get so far. */
  readonly index: number;

  constructor(
    status: number,
    request: string,
    said: { readonly code: number; readonly message: string; readonly cause: string; readonly index: number },
  ) {
    const words = [said.message, said.cause].filter((part) => part !== '').join(': ');
    super(status, `${request}: status ${status}, ${words}`);
    this.code = said.code;
    this.etcdMessage = said.message;
    this.cause = said.cause;
    this.index = said.index;
  }
}

/** Any other refusal: of `/v2/members`, `/v2/auth`, or of something that stands before the members. */
export class RefusedError extends AnswerError {
  override readonly name = 'RefusedError';
  readonly kind = 'refused';

  constructor(
    status: number,
    request: string,
    /** What was answered, shortened. */
    readonly said: string,
  ) {
    super(status, `${request}: status ${status}${said === '' ? '' : `, ${said}`}`);
  }
}

/** The answer is none that a member gives: something else listens there, or it is damaged. */
export class NotUnderstoodError extends AnswerError {
  override readonly name = 'NotUnderstoodError';
  readonly kind = 'notUnderstood';
}

/** What of TLS no time mends, as `code` of an `UnreachableError`. The texts never change. */
export const TLS_CODES = {
  unknownAuthority: 'TLS_UNKNOWN_AUTHORITY',
  expired: 'TLS_EXPIRED',
  notYetValid: 'TLS_NOT_YET_VALID',
  revoked: 'TLS_REVOKED',
  revocations: 'TLS_REVOCATIONS',
  wrongPurpose: 'TLS_WRONG_PURPOSE',
  wrongName: 'TLS_WRONG_NAME',
  unusable: 'TLS_UNUSABLE_CERTIFICATE',
  notTls: 'TLS_NOT_SPOKEN',
  tlsSpoken: 'TLS_SPOKEN',
  certificateDemanded: 'TLS_CERTIFICATE_DEMANDED',
  certificateRefused: 'TLS_CERTIFICATE_REFUSED',
  nothingInCommon: 'TLS_NOTHING_IN_COMMON',
} as const satisfies Record<TlsFault, string>;

export type TlsCode = (typeof TLS_CODES)[TlsFault];

/** Why one endpoint gave no answer. */
export interface EndpointFailure {
  readonly endpoint: string;
  readonly error: Error;
}

/** No whole answer came: refused, cut, or not in time. */
export abstract class NoAnswerError extends Error {
  abstract readonly kind: 'unreachable' | 'timeout';

  constructor(
    message: string,
    /** False: no member has seen the request. True: one may have carried it out. */
    readonly maybeCarriedOut: boolean,
    /** The last failure of each endpoint that was asked. */
    readonly failures: readonly EndpointFailure[],
  ) {
    super(message, failures.length === 0 ? undefined : { cause: failures[failures.length - 1]?.error });
  }
}

/** None of the endpoints could be asked, or the connection broke before the end of the answer. */
export class UnreachableError extends NoAnswerError {
  override readonly name = 'UnreachableError';
  readonly kind = 'unreachable';
  /** Set where TLS failed at all endpoints, in a way that trying again does not mend: what it was at the last of them. */
  readonly code: TlsCode | undefined;

  constructor(...[message, maybeCarriedOut, failures]: ConstructorParameters<typeof NoAnswerError>) {
    super(message, maybeCarriedOut, failures);
    const faults = failures.map(({ error }) => tlsFaultOf(error));
    const last = faults.includes(undefined) ? undefined : faults.at(-1);
    this.code = last && TLS_CODES[last];
  }
}

/** There was no whole answer in the time that the request was given. */
export class TimeoutError extends NoAnswerError {
  override readonly name = 'TimeoutError';
  readonly kind = 'timeout';
}

/** Whatever this client rejects with of its own accord. */
export type ClientError = EtcdError | RefusedError | NotUnderstoodError | UnreachableError | TimeoutError;

/** The codes of `EtcdError` that programs ask for (etcd's `Documentation/v2/errorcode.md`). */
export const ERROR_CODES = {
  keyNotFound: 100,
  compareFailed: 101,
  notAFile: 102,
  notADirectory: 104,
  keyExists: 105,
  rootReadOnly: 107,
  directoryNotEmpty: 108,
  unauthorized: 110,
  raftInternal: 300,
  duringElection: 301,
  watcherCleared: 400,
  historyCleared: 401,
  standbyInternal: 402,
} as const;

/** Whether `error` is an `EtcdError` of this code. */
export function isEtcdError(error: unknown, code: number): error is EtcdError {
  return error instanceof EtcdError && error.code === code;
}
