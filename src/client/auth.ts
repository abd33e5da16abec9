/** `/v2/auth`: users, roles, and whether they count. */
import { jsonOf, notUnderstood } from './answer';
import { ask, askForJson, type Call, type CallOptions, type Via } from './http';
import { isRecord, textOf, textsOf } from './json';
import { pathSegment } from './keyPath';

/** Patterns of keys: exact, or a prefix that ends in `*`. */
export interface KeyRights {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

const NOT_FOUND = 404;

export interface User {
  readonly name: string;
  /** Names of roles. */
  readonly roles: readonly string[];
}

/** A role, by its name. */
export interface Role {
  readonly name: string;
  readonly rights: KeyRights;
}

/** All functions reject with NoAnswerError or AnswerError. */
export async function isAuthEnabled(via: Via, options: CallOptions = {}): Promise<boolean> {
  const call: Call = { method: 'GET', path: '/v2/auth/enable' };
  const answer = await ask(via, call, options);
  const body = jsonOf(call, answer);
  if (isRecord(body) && typeof body['enabled'] === 'boolean') return body['enabled'];
  throw notUnderstood(call, answer, 'it does not say whether auth is on');
}

/** Needs the user root. From then on only users may do what their roles say, and others what the role guest says. */
export async function enableAuth(via: Via, options: CallOptions = {}): Promise<void> {
  await askForJson(via, { method: 'PUT', path: '/v2/auth/enable' }, options);
}

export async function disableAuth(via: Via, options: CallOptions = {}): Promise<void> {
  await askForJson(via, { method: 'DELETE', path: '/v2/auth/enable' }, options);
}

/** Undefined: there is no such role. */
export async function findRole(via: Via, name: string, options: CallOptions = {}): Promise<KeyRights | undefined> {
  const body = await find(via, rolePath(name), options);
  return body === undefined ? undefined : rightsOf(body);
}

/** All roles, root and guest among them; what has no name is left out. */
export async function listRoles(via: Via, options: CallOptions = {}): Promise<readonly Role[]> {
  const body = (await find(via, '/v2/auth/roles', options)) ?? {};
  const roles: readonly unknown[] = Array.isArray(body['roles']) ? body['roles'] : [];
  return roles.flatMap((role) => {
    const name = isRecord(role) ? textOf(role['role']) : undefined;
    return isRecord(role) && name !== undefined ? [{ name, rights: rightsOf(role) }] : [];
  });
}

export async function createRole(via: Via, name: string, kv: KeyRights, options: CallOptions = {}): Promise<void> {
  await put(via, rolePath(name), { role: name, permissions: { kv } }, options);
}

/** Grants what the role has not, and revokes what it has: anything else is a conflict (409). */
export async function changeRole(
  via: Via,
  name: string,
  grant: KeyRights,
  revoke: KeyRights,
  options: CallOptions = {},
): Promise<void> {
  await put(via, rolePath(name), { role: name, grant: { kv: grant }, revoke: { kv: revoke } }, options);
}

export async function deleteRole(via: Via, name: string, options: CallOptions = {}): Promise<void> {
  await askForJson(via, { method: 'DELETE', path: rolePath(name) }, options);
}

/** The names of its roles. Undefined: there is no such user. */
export async function findUser(
  via: Via,
  name: string,
  options: CallOptions = {},
): Promise<readonly string[] | undefined> {
  const body = await find(via, userPath(name), options);
  return body === undefined ? undefined : roleNamesOf(body);
}

/** All users with the names of their roles; what has no name is left out. */
export async function listUsers(via: Via, options: CallOptions = {}): Promise<readonly User[]> {
  const body = (await find(via, '/v2/auth/users', options)) ?? {};
  const users: readonly unknown[] = Array.isArray(body['users']) ? body['users'] : [];
  return users.flatMap((user) => {
    const name = isRecord(user) ? textOf(user['user']) : undefined;
    return isRecord(user) && name !== undefined ? [{ name, roles: roleNamesOf(user) }] : [];
  });
}

export async function createUser(
  via: Via,
  name: string,
  password: string,
  roles: readonly string[],
  options: CallOptions = {},
): Promise<void> {
  await put(via, userPath(name), { user: name, password, roles }, options);
}

export async function changePassword(
  via: Via,
  name: string,
  password: string,
  options: CallOptions = {},
): Promise<void> {
  await put(via, userPath(name), { user: name, password }, options);
}

/** As with `changeRole`. */
export async function changeUser(
  via: Via,
  name: string,
  grant: readonly string[],
  revoke: readonly string[],
  options: CallOptions = {},
): Promise<void> {
  await put(via, userPath(name), { user: name, grant, revoke }, options);
}

export async function deleteUser(via: Via, name: string, options: CallOptions = {}): Promise<void> {
  await askForJson(via, { method: 'DELETE', path: userPath(name) }, options);
}

/** A user is shown with the rights of its roles, and in older versions with their names alone. */
function roleNamesOf(user: Readonly<Record<string, unknown>>): readonly string[] {
  const roles: readonly unknown[] = Array.isArray(user['roles']) ? user['roles'] : [];
  return roles.flatMap((role) => textOf(isRecord(role) ? role['role'] : role) ?? []);
}

function rightsOf(role: Readonly<Record<string, unknown>>): KeyRights {
  const { kv } = isRecord(role['permissions']) ? role['permissions'] : {};
  const rights = isRecord(kv) ? kv : {};
  return { read: textsOf(rights['read']), write: textsOf(rights['write']) };
}

const rolePath = (name: string): string => `/v2/auth/roles/${pathSegment(name)}`;
const userPath = (name: string): string => `/v2/auth/users/${pathSegment(name)}`;

async function put(via: Via, path: string, json: object, options: CallOptions): Promise<void> {
  await askForJson(via, { method: 'PUT', path, body: { json } }, options);
}

async function find(
  via: Via,
  path: string,
  options: CallOptions,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const call: Call = { method: 'GET', path };
  const answer = await ask(via, call, options);
  if (answer.status === NOT_FOUND) return undefined;
  const body = jsonOf(call, answer);
  if (isRecord(body)) return body;
  throw notUnderstood(call, answer, 'it is no object');
}
