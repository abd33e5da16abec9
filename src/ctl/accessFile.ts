/** The file of `cairn auth-apply`: roles with their rights, and users with their roles. Pure. */
import { parseDocument } from 'yaml';
import type { KeyRights } from '../client/auth';
import { isRecord } from '../client/json';
import { lineTooDeep, YAML_LEVELS_MAX } from '../platform/yamlDepth';

export interface WantedUser {
  readonly passwordFile: string;
  readonly roles: readonly string[];
}

export interface Access {
  readonly roles: ReadonlyMap<string, KeyRights>;
  readonly users: ReadonlyMap<string, WantedUser>;
}

/** What the file says cannot be; the message says where and what was expected. */
export class AccessFileError extends Error {
  override readonly name = 'AccessFileError';
}

/** Roles that the program has itself. */
const ROOT = 'root';

/** @throws AccessFileError */
export function parseAccess(text: string): Access {
  const deepLine = lineTooDeep(text);
  if (deepLine !== undefined) throw new AccessFileError(`line ${deepLine} is more than ${YAML_LEVELS_MAX} levels deep`);
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault !== undefined) throw new AccessFileError(`it is no YAML: ${fault.message.split('\n', 1)[0] ?? ''}`);
  const content: unknown = document.toJS();
  if (content === null) {
    throw new AccessFileError(
      'it is empty: write roles: {} and users: {} if guests are to have nothing, and nobody else anything',
    );
  }
  const file = section('the file', content, ['roles', 'users']);
  const roles = new Map(entries('roles', file['roles']).map(([name, role]) => [name, rightsOf(name, role)] as const));
  const users = new Map(entries('users', file['users']).map(([name, user]) => [name, userOf(name, user)] as const));
  for (const [user, { roles: wanted }] of users) {
    const unknown = wanted.find((role) => role !== ROOT && !roles.has(role));
    if (unknown !== undefined) {
      throw new AccessFileError(
        `users.${user}.roles names ${JSON.stringify(unknown)}, which is not among the roles of the file`,
      );
    }
  }
  return { roles, users };
}

function rightsOf(name: string, value: unknown): KeyRights {
  const where = `roles.${name}`;
  if (name === ROOT) throw new AccessFileError(`${where}: the role root may do everything already; leave it out`);
  const role = section(where, value ?? {}, ['read', 'write']);
  return { read: patterns(`${where}.read`, role['read']), write: patterns(`${where}.write`, role['write']) };
}

function userOf(name: string, value: unknown): WantedUser {
  const where = `users.${name}`;
  if (name === ROOT) throw new AccessFileError(`${where}: root is the user of --user-file; leave it out`);
  const user = section(where, value, ['passwordFile', 'roles']);
  const passwordFile = user['passwordFile'];
  if (typeof passwordFile !== 'string' || passwordFile === '') {
    throw new AccessFileError(`${where}.passwordFile is missing: give the path of a file with the password`);
  }
  return { passwordFile, roles: texts(`${where}.roles`, user['roles']) };
}

function section(where: string, value: unknown, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new AccessFileError(`${where} has to have the keys ${keys.join(' and ')}`);
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown === undefined) return value;
  throw new AccessFileError(`${where}: there is no key ${JSON.stringify(unknown)}; the keys are ${keys.join(' and ')}`);
}

function entries(where: string, value: unknown): [string, unknown][] {
  if (value === undefined || value === null) return [];
  if (!isRecord(value)) throw new AccessFileError(`${where} has to be names with what belongs to each`);
  return Object.entries(value);
}

/** Keys begin with a slash; `*` alone is every key. */
function patterns(where: string, value: unknown): readonly string[] {
  const all = texts(where, value);
  const wrong = all.find((pattern) => !pattern.startsWith('/') && pattern !== '*');
  if (wrong === undefined) return all;
  throw new AccessFileError(`${where}: ${JSON.stringify(wrong)} fits no key; write ${JSON.stringify(`/${wrong}`)}`);
}

/** Each once, in the order of the file. */
function texts(where: string, value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string' || item === '')) {
    throw new AccessFileError(`${where} has to be a list of texts`);
  }
  return [...new Set(value as readonly string[])];
}
