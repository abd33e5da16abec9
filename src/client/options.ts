/** What `createClient` takes, and what it means. */
import type { Duplex } from 'node:stream';
import type { BackOffBounds } from '../platform/backOff';
import { basicAuthorization } from '../platform/basicAuthorization';
import type { Dial } from '../platform/dial';
import { kindOf, refuseNoObject, refuseNoText } from './given';
import { dialWith, type TlsOptions } from './transport/connections';
import { waitOf } from './waitOf';

export interface ClientOptions {
  /** Client URLs of members, such as `http://127.0.0.1:2379`: one or more. */
  readonly endpoints: string | readonly string[];
  /** The user, where auth is on. Sent with every request; over http everybody on the way can read it. */
  readonly auth?: { readonly username: string; readonly password: string } | undefined;
  /** For https. */
  readonly tls?: TlsOptions | undefined;
  /** Opens connections itself, TLS included; `tls` does not count then. What is no socket (`setTimeout`, `unref`) serves one request. */
  readonly dial?: ((url: URL) => Duplex) | undefined;
  /** For a whole request, other members and waits between them included; 10,000 if absent, Infinity: no limit. */
  readonly timeoutMs?: number | undefined;
  /** For a connection, its TLS handshake included, before the next member is tried; 2000 if absent. */
  readonly connectTimeoutMs?: number | undefined;
  /** How often all members are tried in turn; as often as there is time for if absent. */
  readonly roundsMax?: number | undefined;
  /** The waits between those rounds: they double from the first to the longest and are shortened by up to half; 50 and 2000 if absent. */
  readonly backOff?: BackOffBounds | undefined;
  /** Longer answers are not read; 64 MiB if absent. */
  readonly answerBytesMax?: number | undefined;
  /** Which member is asked first: a random one (if absent), so that clients spread, or the first of `endpoints`. */
  readonly order?: 'random' | 'given' | undefined;
  /**
   * How often the members are asked who they are; what they say is used besides `endpoints`. Not at all if absent: what members advertise
   * need not be reachable from here. The first time is with the first request; nothing waits for it.
   */
  readonly discoverEveryMs?: number | undefined;
}

export interface Settings {
  readonly endpoints: readonly string[];
  readonly authorization: string | undefined;
  readonly dial: Dial;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly roundsMax: number;
  readonly backOff: BackOffBounds;
  readonly answerBytesMax: number;
  readonly order: 'random' | 'given';
  /** Infinity: never. */
  readonly discoverEveryMs: number;
}

const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** Throws TypeError, and what `node:tls` says of certificates and keys. */
export function settingsOf(options: ClientOptions): Settings {
  refuseNoObject('the one argument of createClient, { endpoints },', options);
  const { auth, tls, dial, backOff = { firstMs: 50, longestMs: 2000 } } = options;
  refuseNoObject('backOff', backOff);
  waitOf('backOff.firstMs', backOff.firstMs, 1);
  waitOf('backOff.longestMs', backOff.longestMs, 1);
  return {
    endpoints: endpointsIn(options.endpoints),
    authorization: auth === undefined ? undefined : authorizationOf(auth),
    dial: dial ?? dialWith(tls),
    timeoutMs: positive('timeoutMs', options.timeoutMs ?? 10_000),
    connectTimeoutMs: positive('connectTimeoutMs', options.connectTimeoutMs ?? 2000),
    roundsMax: positive('roundsMax', options.roundsMax ?? Infinity),
    backOff,
    answerBytesMax: positive('answerBytesMax', options.answerBytesMax ?? ANSWER_BYTES_MAX),
    order: options.order ?? 'random',
    discoverEveryMs: positive('discoverEveryMs', options.discoverEveryMs ?? Infinity),
  };
}

/** Whether they are URLs is looked at where they are taken apart. */
export function endpointsIn(value: unknown): readonly string[] {
  const urls: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (urls.every((url) => typeof url === 'string')) return urls;
  const other = urls.find((url) => typeof url !== 'string');
  throw new TypeError(
    `endpoints has to be a URL or a list of them, such as http://127.0.0.1:2379, and ${Array.isArray(value) ? 'one' : 'it'} is ${kindOf(other)}`,
  );
}

function authorizationOf(auth: NonNullable<ClientOptions['auth']>): string {
  refuseNoObject('auth', auth);
  refuseNoText('auth.username', auth.username);
  refuseNoText('auth.password', auth.password);
  if (auth.username.includes(':')) throw new TypeError('auth.username may have no colon in it (RFC 7617)');
  return basicAuthorization(`${auth.username}:${auth.password}`);
}

function positive(name: string, value: number): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new TypeError(`${name} has to be a number above 0, and it is ${String(value)}`);
}
