/** `/v2/auth`: users, roles, and whether they count. */
import { AnswerError } from './errors';
import { askForJson, type Target } from './http';
import { isRecord, textOf, textsOf } from './json';

/** Patterns of keys: exact, or a prefix that ends in `*`. */
export interface KeyRights {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

const NOT_FOUND = 404;

/** All functions reject with NoAnswerError or AnswerError. */
export async function isAuthEnabled(target: Target): Promise<boolean> {
  const body = await askForJson(target, { method: 'GET', path: '/v2/auth/enable' });
  if (isRecord(body) && typeof body['enabled'] === 'boolean') return body['enabled'];
  throw new AnswerError(200, 'GET /v2/auth/enable: it does not say whether auth is on');
}

export async function enableAuth(target: Target): Promise<void> {
  await askForJson(target, { method: 'PUT', path: '/v2/auth/enable' });
}

/** Undefined: there is no such role. */
export async function findRole(target: Target, name: string): Promise<KeyRights | undefined> {
  const body = await find(target, rolePath(name));
  if (body === undefined) return undefined;
  const { kv } = isRecord(body['permissions']) ? body['permissions'] : {};
  const rights = isRecord(kv) ? kv : {};
  return { read: textsOf(rights['read']), write: textsOf(rights['write']) };
}

export async function createRole(target: Target, name: string, kv: KeyRights): Promise<void> {
  await put(target, rolePath(name), { role: name, permissions: { kv } });
}

/** Grants what the role has not, and revokes what it has: anything else is a conflict (409). */
export async function changeRole(target: Target, name: string, grant: KeyRights, revoke: KeyRights): Promise<void> {
  await put(target, rolePath(name), { role: name, grant: { kv: grant }, revoke: { kv: revoke } });
}

/** The names of its roles. Undefined: there is no such user. */
export async function findUser(target: Target, name: string): Promise<readonly string[] | undefined> {
  const body = await find(target, userPath(name));
  return body === undefined ? undefined : roleNamesOf(body);
}

/** All users with the names of their roles; what has no name is left out. */
export async function listUsers(
  target: Target,
): Promise<readonly { readonly name: string; readonly roles: readonly string[] }[]> {
  const body = (await find(target, '/v2/auth/users')) ?? {};
  const users: readonly unknown[] = Array.isArray(body['users']) ? body['users'] : [];
  return users.flatMap((user) => {
    const name = isRecord(user) ? textOf(user['user']) : undefined;
    return isRecord(user) && name !== undefined ? [{ name, roles: roleNamesOf(user) }] : [];
  });
}

/** A user is shown with the rights of its roles, and in older versions with their names alone. */
function roleNamesOf(user: Readonly<Record<string, unknown>>): readonly string[] {
  const roles: readonly unknown[] = Array.isArray(user['roles']) ? user['roles'] : [];
  return roles.flatMap((role) => textOf(isRecord(role) ? role['role'] : role) ?? []);
}

export async function createUser(
  target: Target,
  name: string,
  password: string,
  roles: readonly string[],
): Promise<void> {
  await put(target, userPath(name), { user: name, password, roles });
}

export async function changePassword(target: Target, name: string, password: string): Promise<void> {
  await put(target, userPath(name), { user: name, password });
}

/** As with `changeRole`. */
export async function changeUser(
  target: Target,
  name: string,
  grant: readonly string[],
  revoke: readonly string[],
): Promise<void> {
  await put(target, userPath(name), { user: name, grant, revoke });
}

const rolePath = (name: string): string => `/v2/auth/roles/${encodeURIComponent(name)}`;
const userPath = (name: string): string => `/v2/auth/users/${encodeURIComponent(name)}`;

async function put(target: Target, path: string, json: object): Promise<void> {
  await askForJson(target, { method: 'PUT', path, body: { json } });
}

async function find(target: Target, path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const body = await askForJson(target, { method: 'GET', path });
    if (isRecord(body)) return body;
    throw new AnswerError(200, `GET ${path}: the answer is no object`);
  } catch (error) {
    if (error instanceof AnswerError && error.status === NOT_FOUND) return undefined;
    throw error;
  }
}
