import type { WireRequest } from '../support/request';
import { FORM } from '../support/request';
import { SeededRandom } from './random';

/** One random request about users, roles or keys, by somebody. */
export interface AuthStep {
  readonly method: string;
  readonly target: string;
  /** `NAME:PASSWORD`. */
  readonly as: string | undefined;
  readonly json?: string;
  readonly form?: string;
}

/** Few of each, so that requests meet. Roles may be granted that do not exist; `root` is made last, so that it can be missing. */
const USERS = ['ann', 'bob', 'carol', 'root'];
const ROLES = ['app', 'ops', 'none', 'root', 'guest'];
const PATTERNS = ['/a', '/a/*', '/d', '/d/*', '/d*', '/*', '*', '/b'];
const KEYS = ['/a', '/a/x', '/b', '/d', '/d/x', '/d/y/z', '/dx'];
/** Each user has one of these, whatever happens: guessing has to wait, here as it should. */
const PASSWORD = 'p1';
const ROOT = `root:${PASSWORD}`;

type Draw = (random: SeededRandom) => AuthStep;

const DRAWS: readonly (readonly [weight: number, draw: Draw])[] = [
  [10, (random) => change(random, 'PUT', `users/${random.pick(USERS)}`, userBody)],
  [3, (random) => change(random, 'DELETE', `users/${random.pick(USERS)}`)],
  [10, (random) => change(random, 'PUT', `roles/${random.pick(ROLES)}`, roleBody)],
  [2, (random) => change(random, 'DELETE', `roles/${random.pick(ROLES)}`)],
  [8, (random) => change(random, 'GET', random.pick(['users', 'roles', ...USERS.map((name) => `users/${name}`)]))],
  [5, (random) => change(random, 'GET', `roles/${random.pick(ROLES)}`)],
  [3, (random) => change(random, 'PUT', 'enable')],
  [1, (random) => change(random, 'DELETE', 'enable')],
  [2, (random) => change(random, 'GET', 'enable')],
  [30, key],
];

/** Begins with a user, so that both servers have their first index of users behind them. */
export function authSteps(seed: number, count: number): AuthStep[] {
  const random = new SeededRandom(seed);
  const steps = Array.from({ length: count }, () => random.weighted(DRAWS)(random));
  return [...BEGINNING, ...steps, ...END];
}

const BEGINNING: readonly AuthStep[] = [
  put('users/ann', { user: 'ann', password: PASSWORD, roles: ['app'] }),
  put('users/root', { user: 'root', password: PASSWORD }),
  put('roles/app', { role: 'app', permissions: { kv: { read: ['/a', '/d/*'], write: ['/d/*'] } } }),
];

/** Whatever the steps came to: with or without auth, and with or without a root, nothing is left afterwards. */
const END: readonly AuthStep[] = [
  { method: 'DELETE', target: '/v2/auth/enable', as: ROOT },
  ...USERS.map((name) => ({ method: 'DELETE', target: `/v2/auth/users/${name}`, as: ROOT })),
  ...ROLES.map((name) => ({ method: 'DELETE', target: `/v2/auth/roles/${name}`, as: ROOT })),
  ...['/a', '/b', '/d', '/dx'].map((each) => ({
    method: 'DELETE',
    target: `/v2/keys${each}?recursive=true`,
    as: ROOT,
  })),
];

export function wireAuthRequest({ method, target, as, json, form }: AuthStep): WireRequest {
  const headers: [string, string][] = [];
  if (as !== undefined) headers.push(['Authorization', `Basic ${Buffer.from(as).toString('base64')}`]);
  if (form !== undefined) headers.push(['Content-Type', FORM]);
  const body = json ?? form;
  return body === undefined ? { method, target, headers } : { method, target, headers, body: Buffer.from(body) };
}

export function authStepText({ method, target, as, json, form }: AuthStep): string {
  return [method, target, as === undefined ? '' : `as ${as}`, json ?? form ?? '']
    .filter((part) => part !== '')
    .join(' ');
}

function put(path: string, body: object): AuthStep {
  return { method: 'PUT', target: `/v2/auth/${path}`, as: ROOT, json: JSON.stringify(body) };
}

/** Mostly by root. */
function change(random: SeededRandom, method: string, path: string, body?: Body): AuthStep {
  const as = random.chance(85) ? ROOT : somebody(random);
  const step = { method, target: `/v2/auth/${path}`, as };
  return body === undefined ? step : { ...step, json: body(random, path.slice(path.indexOf('/') + 1)) };
}

function somebody(random: SeededRandom): string | undefined {
  if (random.chance(25)) return undefined;
  return `${random.pick(USERS)}:${random.chance(4) ? 'wrong' : PASSWORD}`;
}

type Body = (random: SeededRandom, name: string) => string;

const userBody: Body = (random, name) =>
  JSON.stringify({
    user: random.chance(4) ? 'other' : name,
    ...(random.chance(45) ? { password: PASSWORD } : {}),
    ...(random.chance(25) ? { roles: some(random, ROLES) } : {}),
    ...(random.chance(35) ? { grant: some(random, ROLES) } : {}),
    ...(random.chance(25) ? { revoke: some(random, ROLES) } : {}),
  });

const roleBody: Body = (random, name) =>
  JSON.stringify({
    role: random.chance(4) ? 'other' : name,
    ...(random.chance(35) ? { permissions: { kv: permissions(random) } } : {}),
    ...(random.chance(45) ? { grant: { kv: permissions(random) } } : {}),
    ...(random.chance(30) ? { revoke: { kv: permissions(random) } } : {}),
  });

function permissions(random: SeededRandom): object {
  return {
    ...(random.chance(75) ? { read: some(random, PATTERNS) } : {}),
    ...(random.chance(60) ? { write: some(random, PATTERNS) } : {}),
  };
}

function some(random: SeededRandom, all: readonly string[]): string[] {
  return all.filter(() => random.chance(25));
}

/** By anybody. What is below a key is only read: guests may do more in etcd (divergence `auth-guest-recursive`). */
function key(random: SeededRandom): AuthStep {
  const method = random.weighted<string>([
    [10, 'GET'],
    [1, 'HEAD'],
    [8, 'PUT'],
    [2, 'POST'],
    [4, 'DELETE'],
  ]);
  const query = random.weighted<string>(
    method === 'GET'
      ? [
          [6, ''],
          [4, '?recursive=true&sorted=true'],
          [1, '?quorum=true'],
        ]
      : [
          [6, ''],
          [1, '?prevExist=true'],
          [1, '?prevValue=v'],
          [1, '?ttl=x'],
        ],
  );
  const step = { method, target: `/v2/keys${random.pick(KEYS)}${query}`, as: somebody(random) };
  return method === 'PUT' || method === 'POST' ? { ...step, form: 'value=v' } : step;
}
