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
    ...{
      method: kind === 'lock' ? 'POST' : 'PUT',
      path: pathOf(wanted),
      isWait: true,
      takesServerErrors: true,
      signal,
    },
    body: form({ ...who, ttl: String(ttlS), timeout }),
  };
}

export function renewCall(wanted: Wanted, token: string): Call {
  const { kind, holder, ttlS } = wanted;
  const what = kind === 'lock' ? { index: token } : { name: holder, timeout: '0' };
  return { method: 'PUT', path: pathOf(wanted), body: form({ ...what, ttl: String(ttlS) }) };
}

export function releaseCall(wanted: Wanted, token: string): Call {
  const what = wanted.kind === 'lock' ? { index: token } : { name: wanted.holder };
  return { method: 'DELETE', path: pathOf(wanted), query: encodeForm(what) };
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
