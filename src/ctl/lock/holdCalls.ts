/** The requests of locks and elections: `/mod/v2/lock/NAME` and `/mod/v2/leader/NAME`. Pure. */
import type { Call } from '../etcdctl/cluster';
import { encodeForm, pathEscape } from '../etcdctl/goText';

export interface Wanted {
  readonly kind: 'lock' | 'leader';
  readonly name: string;
  /** Nobody else has it: those that give the same one are one. */
  readonly holder: string;
  readonly ttlS: number;
}

/** @param waitS - undefined: for ever */
export function acquireCall(wanted: Wanted, waitS: number | undefined, signal: AbortSignal): Call {
  const { kind, holder, ttlS } = wanted;
  const timeout = waitS === undefined ? undefined : String(Math.ceil(waitS));
  const who = kind === 'lock' ? { value: holder } : { name: holder };
  return {
    ...{ method: kind === 'lock' ? 'POST' : 'PUT', path: pathOf(wanted), isWait: true, signal },
    body: form({ ...who, ttl: String(ttlS), timeout }),
  };
}

/** Leader NAME is lock NAME, and only the lock can be named by its token: that somebody else has it by now is 404 there, and no failure. */
export function renewCall({ name, ttlS }: Wanted, token: string): Call {
  const body = form({ index: token, ttl: String(ttlS) });
  return { method: 'PUT', path: pathOf({ kind: 'lock', name }), sharesTime: true, body };
}

export function releaseCall({ name }: Wanted, token: string): Call {
  return deletion(name, { index: token });
}

/** Of whoever does not know whether he has it. */
export function giveBackCall({ name, holder }: Wanted): Call {
  return deletion(name, { value: holder });
}

function deletion(name: string, which: Readonly<Record<string, string>>): Call {
  return { method: 'DELETE', path: pathOf({ kind: 'lock', name }), query: encodeForm(which), sharesTime: true };
}

export function holderCall(kind: Wanted['kind'], name: string): Call {
  return { method: 'GET', path: pathOf({ kind, name }) };
}

function pathOf({ kind, name }: Pick<Wanted, 'kind' | 'name'>): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return pathEscape(['/mod/v2', kind, ...parts].join('/'));
}

function form(fields: Readonly<Record<string, string | undefined>>): NonNullable<Call['body']> {
  return { type: 'application/x-www-form-urlencoded', text: encodeForm(fields) };
}
