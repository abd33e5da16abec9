/** What the parameters of a module ask for, in the order in which etcd 0.4 looks at them (spec v0-api sections 4 and 5). */
import { faultOfNewKey, TTL_MAX_SECONDS } from '../../machine/commandRules';
import type { ErrorCode } from '../errors';
import type { Form } from '../http/form';
import { parseGoInteger } from '../http/goInteger';
import { requestFailure, type KeyFailure } from '../v2/keys/failure';
import type { LockWish } from './acquisition';
import { ANONYMOUS } from './lockCommands';
import { indexOfText } from './lockPaths';
import type { Which } from './lockService';

/** @returns undefined: there is none, or it is no whole number */
function wholeNumber(text: string | undefined): number | undefined {
  const read = text === undefined ? undefined : parseGoInteger(text);
  return read?.ok === true ? Number(read.value) : undefined;
}

/** Seconds; undefined: a lock that would never expire, or at once, is none (divergence `lock-ttl`). */
function ttlOf(form: Form): number | undefined {
  const ttl = wholeNumber(form.get('ttl'));
  return ttl !== undefined && ttl > 0 && ttl <= TTL_MAX_SECONDS ? ttl : undefined;
}

/** Empty counts as absent, as in Go. */
function given(form: Form, name: string): string | undefined {
  const value = form.get(name);
  return value === '' ? undefined : value;
}

/** Who it is. ANONYMOUS says that there is none: whoever gave it would be all who gave none. */
function nameIn(form: Form, parameter: 'value' | 'name'): string | undefined {
  const name = given(form, parameter);
  return name === ANONYMOUS ? undefined : name;
}

function refuse(code: ErrorCode, cause: string): { readonly failure: KeyFailure } {
  return { failure: requestFailure(code, cause) };
}

export interface Refused {
  readonly failure: KeyFailure;
}

/** @param valueName `value` for the lock module, `name` for the leader module */
export function wishOf(lock: string, form: Form, valueName: 'value' | 'name'): LockWish | Refused {
  const fault = faultOfNewKey(lock, 1);
  if (fault !== undefined) return refuse(209, fault);
  const timeout = given(form, 'timeout');
  const waitSeconds = wholeNumber(timeout);
  if (timeout !== undefined && waitSeconds === undefined) return refuse(205, 'Acquire');
  const ttlSeconds = ttlOf(form);
  if (ttlSeconds === undefined) return refuse(202, 'Acquire');
  return {
    lock,
    value: nameIn(form, valueName),
    ttlSeconds,
    waitSeconds: waitSeconds === undefined || waitSeconds < 0 ? undefined : waitSeconds,
  };
}

export function renewalOf(form: Form): { readonly which: Which; readonly ttlSeconds: number } | Refused {
  const ttlSeconds = ttlOf(form);
  if (ttlSeconds === undefined) return refuse(202, 'Renew');
  const which = whichOf(form);
  return which === undefined ? refuse(207, 'Renew') : { which, ttlSeconds };
}

export function releaseOf(form: Form): { readonly which: Which } | Refused {
  const which = whichOf(form);
  if (which === undefined) return refuse(207, 'Release');
  if (given(form, 'index') !== undefined && given(form, 'value') !== undefined) return refuse(208, 'Release');
  return { which };
}

/** The name that both PUT and DELETE of the leader module need; both say the same where it is missing, as the documents do. */
export function nameOfLeader(form: Form): string | Refused {
  return nameIn(form, 'name') ?? refuse(206, 'Set');
}

/** The index counts where both are given. */
function whichOf(form: Form): Which | undefined {
  const index = given(form, 'index');
  if (index !== undefined) return { by: 'index', index: indexOfText(index) };
  const value = nameIn(form, 'value');
  return value === undefined ? undefined : { by: 'value', value };
}
