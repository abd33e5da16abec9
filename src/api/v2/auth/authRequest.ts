/** Bodies of the auth routes, read as Go's decoder reads etcd's types: names of fields in any case, the last one of two counts. */
import type { Permissions } from '../../../machine/auth/change';
import { firstJsonTree, type JsonTree } from '../../http/jsonTree';

/** `null`: no list, which is shown as it is. */
type List = readonly string[] | null;

export interface UserRequest {
  readonly user: string;
  /** Empty: none. */
  readonly password: string;
  readonly roles: List;
  readonly grant: List;
  readonly revoke: List;
}

export interface RoleRequest {
  readonly role: string;
  readonly permissions: Permissions;
  /** Undefined: nothing was said of it. */
  readonly grant: Permissions | undefined;
  readonly revoke: Permissions | undefined;
}

const NO_USER: UserRequest = { user: '', password: '', roles: null, grant: null, revoke: null };
const NO_PERMISSIONS: Permissions = { read: null, write: null };
const NO_ROLE: RoleRequest = { role: '', permissions: NO_PERMISSIONS, grant: undefined, revoke: undefined };

/** Signals inside this file that a value is of another type than its field. */
class WrongType extends Error {}

/** Undefined: not JSON, or not of these types. */
export function parseUserRequest(body: string): UserRequest | undefined {
  return parse(body, NO_USER, (field, value, request) => {
    switch (field) {
      case 'user':
      case 'password':
        return { ...request, [field]: text(value, request[field]) };
      case 'roles':
      case 'grant':
      case 'revoke':
        return { ...request, [field]: list(value) };
      default:
        return request;
    }
  });
}

/** Undefined: not JSON, or not of these types. */
export function parseRoleRequest(body: string): RoleRequest | undefined {
  return parse(body, NO_ROLE, (field, value, request) => {
    switch (field) {
      case 'role':
        return { ...request, role: text(value, request.role) };
      case 'permissions':
        return { ...request, permissions: permissions(value, request.permissions) };
      case 'grant':
      case 'revoke':
        // `null` takes back what was said before; a second object adds to the first.
        return {
          ...request,
          [field]: value.type === 'null' ? undefined : permissions(value, request[field] ?? NO_PERMISSIONS),
        };
      default:
        return request;
    }
  });
}

type Take<T> = (field: string, value: JsonTree, request: T) => T;

function parse<T>(body: string, none: T, take: Take<T>): T | undefined {
  const tree = firstJsonTree(body);
  if (tree === undefined) return undefined;
  try {
    return fieldsOf(tree, none, take);
  } catch (error) {
    if (error instanceof WrongType) return undefined;
    throw error;
  }
}

/** `null` changes nothing. */
function fieldsOf<T>(tree: JsonTree, before: T, take: Take<T>): T {
  if (tree.type === 'null') return before;
  if (tree.type !== 'object') throw new WrongType();
  return tree.fields.reduce((request, [name, value]) => take(folded(name), value, request), before);
}

/** Go takes letters for the same that are in some alphabet. */
function folded(name: string): string {
  return name.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase();
}

function permissions(value: JsonTree, before: Permissions): Permissions {
  return fieldsOf(value, before, (field, kv, both) =>
    field !== 'kv'
      ? both
      : fieldsOf(kv, both, (access, patterns, known) =>
          access === 'read' || access === 'write' ? { ...known, [access]: list(patterns) } : known,
        ),
  );
}

function text(value: JsonTree, before: string): string {
  if (value.type === 'null') return before;
  if (value.type !== 'text') throw new WrongType();
  return value.text;
}

function list(value: JsonTree): List {
  if (value.type === 'null') return null;
  if (value.type !== 'list') throw new WrongType();
  return value.items.map((item) => text(item, ''));
}
