/** Answers of the auth routes: users and roles as JSON, and every refusal in etcd's words (spec v2-api section 9). */
import type { Context } from 'koa';
import type { AuthRefusal } from '../../../machine/auth/result';
import type { AuthRole, AuthUser, AuthView } from '../../../machine/auth/view';
import type { Permissions } from '../../../machine/auth/change';
import type { ClusterAdmin } from '../../../member/types';
import { jsonText } from '../../http/json';
import type { RoleRequest } from './authRequest';
import { writeClusterJson, writeClusterMessage } from '../members/memberJson';

/** What was asked for: a DELETE says it in other words. */
export interface Subject {
  readonly name: string;
  readonly method: string;
}

/** What an answer may be made of: it is made in one turn of the event loop. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
/** Looking a role up counts too, whether there is one or not. */
const LOOK_UP_BYTES = 64;

/** Roles are never changed, so the JSON of each is made once. */
const roleTexts = new WeakMap<AuthRole, string>();

/** Users with the whole of their roles, as far as they exist; undefined: that is more than one answer may have. */
export function usersJson(view: AuthView, users: readonly AuthUser[]): string | undefined {
  const texts: string[] = [];
  let bytes = 0;
  for (const { name, roles } of users) {
    const shown: string[] = [];
    for (const role of roles ?? []) {
      const found = view.role(role);
      const text = found && roleJson(found);
      bytes += LOOK_UP_BYTES + (text?.length ?? 0);
      if (bytes > ANSWER_BYTES_MAX) return undefined;
      if (text !== undefined) shown.push(text);
    }
    const text = `{"user":${jsonText(name)}${shown.length === 0 ? '' : `,"roles":[${shown.join(',')}]`}}`;
    bytes += LOOK_UP_BYTES + name.length;
    texts.push(text);
  }
  return texts.join(',');
}

/** All roles; undefined as above. */
export function rolesJson(roles: readonly AuthRole[]): string | undefined {
  const texts: string[] = [];
  let bytes = 0;
  for (const role of roles) {
    const text = roleJson(role);
    bytes += text.length;
    if (bytes > ANSWER_BYTES_MAX) return undefined;
    texts.push(text);
  }
  return texts.join(',');
}

/** The way on is to ask for less at once. */
export function writeTooLong(context: Context, member: ClusterAdmin): void {
  const text = `auth: the answer would be longer than ${ANSWER_BYTES_MAX} bytes; ask for one user or one role at a time`;
  writeClusterMessage(context, member, 507, text);
}

/** With the names of its roles, as whoever made or changed it is answered. Never with anything of the password. */
export function changedUserJson(name: string, roles: readonly string[] | null): string {
  return `{"user":${jsonText(name)},"roles":${listJson(roles)}}`;
}

export function roleJson(role: AuthRole): string {
  const known = roleTexts.get(role);
  if (known !== undefined) return known;
  const text = changedRoleJson(role.name, role.permissions);
  roleTexts.set(role, text);
  return text;
}

export function changedRoleJson(name: string, permissions: Permissions): string {
  return `{"role":${jsonText(name)},"permissions":${permissionsJson(permissions)}}`;
}

/** A role that was made is shown as it was asked for, with what there was nothing in to grant or revoke. */
export function createdRoleJson({ role, permissions, grant, revoke }: RoleRequest): string {
  const granted = grant === undefined ? '' : `,"grant":${permissionsJson(grant)}`;
  const revoked = revoke === undefined ? '' : `,"revoke":${permissionsJson(revoke)}`;
  return `{"role":${jsonText(role)},"permissions":${permissionsJson(permissions)}${granted}${revoked}}`;
}

function permissionsJson({ read, write }: Permissions): string {
  return `{"kv":{"read":${listJson(read)},"write":${listJson(write)}}}`;
}

function listJson(list: readonly string[] | null): string {
  return list === null ? 'null' : `[${list.map(jsonText).join(',')}]`;
}

export function writeLine(context: Context, member: ClusterAdmin, status: number, json: string): void {
  writeClusterJson(context, member, status, `${json}\n`);
}

export function writeDone(context: Context, member: ClusterAdmin): void {
  writeClusterJson(context, member, 200, '');
}

export function writeRefused(context: Context, member: ClusterAdmin, refusal: AuthRefusal, subject: Subject): void {
  const [status, text] = wordsOf(refusal, subject);
  writeClusterMessage(context, member, status, `auth: ${text}`);
}

function wordsOf(refusal: AuthRefusal, { name, method }: Subject): readonly [status: number, text: string] {
  switch (refusal.type) {
    case 'userExists':
      return [409, `User ${name} already exists.`];
    case 'userNotFound':
      return [404, `User ${name} does not exist${method === 'DELETE' ? '' : '.'}`];
    case 'passwordMissing':
      return [400, `Cannot create user ${name} with an empty password`];
    case 'roleAlreadyGranted':
      return [409, `Granting duplicate role ${refusal.role} for user ${name}`];
    case 'roleNotGranted':
      return [409, `Revoking ungranted role ${refusal.role} for user ${name}`];
    case 'userUnchanged':
      return [400, 'User not updated. Use grant/revoke/password to update the user.'];
    case 'rootUserInUse':
      return [403, 'Cannot delete root user while auth is enabled.'];
    case 'roleExists':
      return [409, `Role ${name} already exists.`];
    case 'roleNotFound':
      return [404, method === 'DELETE' ? `Role ${name} doesn't exist.` : `Role ${name} does not exist.`];
    case 'roleIsRoot':
      return [403, `Cannot modify role ${name}: is root role.`];
    case 'patternAlreadyGranted':
      return [409, `Granting duplicate ${refusal.access} permission ${refusal.pattern}`];
    case 'roleUnchanged':
      return [400, 'Role not updated. Use grant/revoke to update the role.'];
    case 'rootUserMissing':
      return [409, 'No root user available, please create one'];
    case 'alreadyEnabled':
      return [409, 'already enabled'];
    case 'alreadyDisabled':
      return [409, 'already disabled'];
    case 'tooMany':
      return [400, `not more than ${refusal.max} are possible`];
    case 'olderMembers':
      return [503, 'Not all members of this cluster know of users and roles yet; upgrade them first'];
  }
}
