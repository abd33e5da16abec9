/** `/v2/auth/roles` and `/v2/auth/roles/NAME` (spec v2-api section 9). */
import type { Context } from 'koa';
import type { AuthChange, Permissions } from '../../../machine/auth/change';
import type { AuthSource, AuthWriter, ClusterAdmin } from '../../../member/types';
import type { RootGrant } from '../../auth/guard';
import type { BodyBudget } from '../../bodyBudget';
import { writeClusterMessage } from '../members/memberJson';
import { roleJson, rolesJson, writeLine, writeRefused, writeTooLong } from './authAnswers';
import { change, readAuthBody, writeBadJson } from './authChange';
import { parseRoleRequest, type RoleRequest } from './authRequest';
import { nameOf } from './names';

type Reader = AuthSource & ClusterAdmin;

/** All of them, `root` too, sorted by name. */
export function showRoles(context: Context, grant: RootGrant, member: Reader): void {
  const roles = rolesJson(grant.use(member).auth().roles);
  if (roles === undefined) writeTooLong(context, member);
  else writeLine(context, member, 200, `{"roles":[${roles}]}`);
}

export function showRole(context: Context, grant: RootGrant, member: Reader): void {
  const { text, name } = nameOf(context);
  const role = name === undefined ? undefined : grant.use(member).auth().role(name);
  if (role !== undefined) writeLine(context, member, 200, roleJson(role));
  else writeRefused(context, member, { type: 'roleNotFound' }, { name: text, method: context.method });
}

/** Makes a role, or grants it permissions and takes them away. */
export async function putRole(
  context: Context,
  grant: RootGrant,
  member: AuthWriter & ClusterAdmin,
  bodyBudget?: BodyBudget,
): Promise<void> {
  const body = await readAuthBody(context, member, bodyBudget);
  if (body === undefined) return;
  const request = parseRoleRequest(body);
  if (request === undefined) {
    writeBadJson(context, member);
    return;
  }
  const { name } = nameOf(context);
  if (request.role !== name) {
    writeClusterMessage(context, member, 400, 'Role JSON name does not match the name in the URL');
    return;
  }
  const isUpdate = isGiven(request.grant) || isGiven(request.revoke);
  if (isUpdate && isGiven(request.permissions)) {
    writeClusterMessage(context, member, 400, 'Role JSON contains both permissions and grant/revoke');
    return;
  }
  const wanted = isUpdate ? updateOf(request) : createOf(request);
  await change(
    context,
    grant,
    member,
    wanted,
    { name, method: context.method },
    { status: 201, roles: null, role: request },
  );
}

export async function deleteRole(context: Context, grant: RootGrant, member: AuthWriter & ClusterAdmin): Promise<void> {
  const { text, name } = nameOf(context);
  const subject = { name: text, method: 'DELETE' };
  if (name === undefined) writeRefused(context, member, { type: 'roleNotFound' }, subject);
  else await change(context, grant, member, { type: 'deleteRole', role: name }, subject);
}

function createOf({ role, permissions }: RoleRequest): AuthChange {
  return { type: 'createRole', role, permissions };
}

function updateOf({ role, grant, revoke }: RoleRequest): AuthChange {
  return { type: 'updateRole', role, grant, revoke };
}

function isGiven(permissions: Permissions | undefined): boolean {
  return (permissions?.read?.length ?? 0) + (permissions?.write?.length ?? 0) > 0;
}
