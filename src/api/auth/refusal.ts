/** Why a request is not carried out, before anything of it was looked at; and how that is said. */
import type { ServerResponse } from 'node:http';
import { writeJson } from '../http/answers';
import type { ApiObserver } from '../observer';
import { statusOf, type KeyFailure } from '../v2/keys/failure';

export type Refusal =
  /** Nobody, or somebody who may not. Which of the two is nobody's business. */
  | { readonly kind: 'denied' }
  /** So many passwords wait to be checked already. */
  | { readonly kind: 'busy' }
  /** It is not known who may do what. */
  | { readonly kind: 'undecided' }
  /** What would say who may do what is not here yet, or could not be made sure of. No matter of rights. */
  | { readonly kind: 'notReady'; readonly failure: KeyFailure }
  /** After so many wrong passwords the next is not even looked at. */
  | { readonly kind: 'tooFast'; readonly retryAfterSeconds: number };

/** Those that are counted. */
export type AuthRefusal = Exclude<Refusal['kind'], 'notReady'>;

export const DENIED = { kind: 'denied' } as const satisfies Refusal;

/** As a guard says and counts it; for what turns out after it gave a grant. */
export function denied(observer: Pick<ApiObserver, 'accessRefused'>): Refusal {
  observer.accessRefused(DENIED.kind);
  return DENIED;
}

export const UNDECIDED: Refusal = { kind: 'undecided' };

export const NO_STATE: Refusal = {
  kind: 'notReady',
  failure: {
    code: 300,
    cause: 'etcdserver: this member has not been sent the state of its cluster yet; try again, or ask another member',
    etcdIndex: 0,
    httpStatus: 503,
    retryAfterSeconds: 1,
  },
};

/** etcd's words for all of it. */
const INSUFFICIENT = 'Insufficient credentials';

interface Words {
  readonly httpStatus: number;
  readonly text: string;
  readonly retryAfterSeconds?: number;
}

function wordsFor(refusal: Refusal): Words {
  switch (refusal.kind) {
    case 'denied':
      return { httpStatus: 401, text: INSUFFICIENT };
    case 'busy':
      return { httpStatus: 503, text: 'too many passwords are being checked; try again', retryAfterSeconds: 1 };
    case 'undecided':
      return {
        httpStatus: 503,
        text:
          'users and roles were being changed when this member was stopped, and it has not heard since whether they were; try again, ' +
          'or ask another member',
        retryAfterSeconds: 1,
      };
    case 'notReady': {
      const { failure } = refusal;
      return { ...failure, httpStatus: statusOf(failure), text: failure.cause };
    }
    case 'tooFast': {
      const { retryAfterSeconds } = refusal;
      return {
        httpStatus: 429,
        text: `too many wrong passwords; try again in ${retryAfterSeconds} s`,
        retryAfterSeconds,
      };
    }
  }
}

/** As the key routes say it. */
export function keyRefusal(refusal: Refusal): KeyFailure {
  if (refusal.kind === 'notReady') return refusal.failure;
  const { text, ...rest } = wordsFor(refusal);
  return { code: 110, cause: text, etcdIndex: 0, ...rest };
}

/** As all other routes say it: without a newline, and without a word about who might have been let in. */
export function writeRefusal(response: ServerResponse, refusal: Refusal): void {
  const { httpStatus, text, retryAfterSeconds } = wordsFor(refusal);
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', retryAfterSeconds);
  writeJson(response, httpStatus, `{"message":"${text}"}`);
}
