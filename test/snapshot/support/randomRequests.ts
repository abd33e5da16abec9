/** What clients ask for at random: keys of every kind, users and roles. */
import type { SeededRandom } from '../../simulation/random';

export interface Asked {
  readonly method: 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body: URLSearchParams | string | undefined;
}

const NAMES = ['a', 'b', 'c', 'd', '_h', 'é', '日本'];
const USERS = ['ann', 'bob', 'zoë'];
const ROLES = ['readers', 'writers', 'r3'];
const PATTERNS = ['/a/*', '/b', '/_h/*', '*'];
/** The longest is more than a part of a state. More of them would take long, because a checksum is slow where jest runs the code. */
const LONG_LENGTHS = [60_000, 270_000];

export function randomRequest(random: SeededRandom): Asked {
  const chance = random.next();
  if (chance < 0.04) return authRequest(random);
  if (chance < 0.045) {
    return asked('PUT', `/long/k${random.integer(0, 1)}`, { value: 'long '.repeat(12_000) });
  }
  if (chance < 0.2) return asked('DELETE', pathOf(random), undefined, { ...removal(random) });
  if (chance < 0.26) return asked('POST', pathOf(random), { value: valueOf(random), ...ttlOf(random) });
  return asked('PUT', pathOf(random), { ...written(random), ...ttlOf(random), ...conditionOf(random) });
}

/** With nothing there yet, most of what is compared or removed is not there. */
export function beginning(random: SeededRandom): readonly Asked[] {
  const long = LONG_LENGTHS.map((length, at) => asked('PUT', `/long/k${at}`, { value: 'x'.repeat(length) }));
  const short = Array.from({ length: 40 }, () => asked('PUT', pathOf(random), { value: valueOf(random) }));
  return [...long, ...short, asked('PUT', '/left', { value: 'behind', ttl: '1' })];
}

function asked(
  method: Asked['method'],
  key: string,
  form: Readonly<Record<string, string>> | undefined,
  query: Readonly<Record<string, string>> = {},
): Asked {
  const path = `/v2/keys${encodeURI(key)}?${new URLSearchParams(query).toString()}`;
  return { method, path, body: form === undefined ? undefined : new URLSearchParams(form) };
}

function pathOf(random: SeededRandom): string {
  return `/${Array.from({ length: random.integer(1, 3) }, () => random.pick(NAMES)).join('/')}`;
}

function valueOf(random: SeededRandom): string {
  return random.pick(['', '1', '2', 'é 日本 \0\n', 'x'.repeat(2000)]);
}

function written(random: SeededRandom): Record<string, string> {
  return random.chance(0.2) ? { dir: 'true' } : { value: valueOf(random) };
}

function ttlOf(random: SeededRandom): Record<string, string> {
  if (random.chance(0.7)) return {};
  return { ttl: random.pick(['1', '1', '300', '86400']), ...(random.chance(0.2) ? { refresh: 'true' } : {}) };
}

function conditionOf(random: SeededRandom): Record<string, string> {
  return random.pick<Record<string, string>>([
    ...[{}, {}, {}, { prevExist: 'true' }, { prevExist: 'false' }],
    ...[{ prevValue: valueOf(random) }, { prevIndex: String(random.integer(1, 60)) }],
  ]);
}

function removal(random: SeededRandom): Record<string, string> {
  return random.pick<Record<string, string>>([
    ...[{}, {}, { recursive: 'true' }, { dir: 'true' }],
    ...[{ prevValue: valueOf(random) }, { prevIndex: String(random.integer(1, 60)) }],
  ]);
}

function authRequest(random: SeededRandom): Asked {
  const [user, role, pattern] = [random.pick(USERS), random.pick(ROLES), random.pick(PATTERNS)];
  const kv = { read: [pattern], write: random.chance(0.5) ? [pattern] : [] };
  const [userPath, rolePath] = [`/v2/auth/users/${encodeURIComponent(user)}`, `/v2/auth/roles/${role}`];
  return random.pick<Asked>([
    change(userPath, { user, password: `pw${random.integer(0, 9)}` }),
    change(userPath, { user, password: 'pw', roles: [role, 'guest'] }),
    change(userPath, { user, grant: [role] }),
    change(userPath, { user, revoke: [role] }),
    change(rolePath, { role, permissions: { kv } }),
    change(rolePath, { role, grant: { kv } }),
    change(rolePath, { role, revoke: { kv } }),
    { method: 'DELETE', path: random.pick([userPath, rolePath]), body: undefined },
  ]);
}

function change(path: string, body: object): Asked {
  return { method: 'PUT', path, body: JSON.stringify(body) };
}
