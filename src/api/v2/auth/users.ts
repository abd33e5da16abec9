/** `/v2/auth/users` and `/v2/auth/users/NAME` (spec v2-api section 9). */
import type { Context } from 'koa';
import type { AuthChange } from '../../../machine/auth/change';
import type { AuthSource, AuthWriter, ClusterAdmin } from '../../../member/types';
import type { RootGrant } from '../../auth/guard';
import { writeRefusal } from '../../auth/refusal';
import type { BodyBudget } from '../../bodyBudget';
import { writeClusterMessage } from '../members/memberJson';
import { usersJson, writeLine, writeRefused, writeTooLong } from './authAnswers';
import { change, readAuthBody, writeBadJson, type Created } from './authChange';
import { parseUserRequest, type UserRequest } from './authRequest';
import { nameOf } from './names';

type Reader = AuthSource & ClusterAdmin;

/** Makes hashes of new passwords, a few at a time. */
export interface PasswordHashing {
  /** Undefined: too many are waiting. */
  hash(password: Buffer, address: string): Promise<string> | undefined;
}

/** All of them, sorted by name; without any there is no list either. */
export function showUsers(context: Context, grant: RootGrant, member: Reader): void {
  const view = grant.use(member).auth();
  const users = usersJson(view, view.users);
  if (users === undefined) writeTooLong(context, member);
  else writeLine(context, member, 200, `{"users":${users === '' ? 'null' : `[${users}]`}}`);
}

/** One of them; as in etcd a role that does not exist cannot be shown, and so neither can the user. */
export function showUser(context: Context, grant: RootGrant, member: Reader): void {
  const { method } = context;
  const { text, name } = nameOf(context);
  const view = grant.use(member).auth();
  const user = name === undefined ? undefined : view.user(name);
  if (user === undefined) {
    writeRefused(context, member, { type: 'userNotFound' }, { name: text, method });
    return;
  }
  const unknown = user.roles?.find((role) => view.role(role) === undefined);
  if (unknown === undefined) {
    const json = usersJson(view, [user]);
    if (json === undefined) writeTooLong(context, member);
    else writeLine(context, member, 200, json);
  } else writeRefused(context, member, { type: 'roleNotFound' }, { name: unknown, method });
}

/** Makes a user, changes its password, or grants it roles and takes them away. */
export async function putUser(
  context: Context,
  grant: RootGrant,
  member: AuthWriter & ClusterAdmin,
  passwords: PasswordHashing,
  bodyBudget?: BodyBudget,
): Promise<void> {
  const body = await readAuthBody(context, member, bodyBudget);
  if (body === undefined) return;
  const request = parseUserRequest(body);
  if (request === undefined) {
    writeBadJson(context, member);
    return;
  }
  const { name } = nameOf(context);
  if (request.user !== name) {
    writeClusterMessage(context, member, 400, 'User JSON name does not match the name in the URL');
    return;
  }
  const isUpdate = isGiven(request.grant) || isGiven(request.revoke);
  if (isUpdate && isGiven(request.roles)) {
    writeClusterMessage(context, member, 400, 'User JSON contains both roles and grant/revoke');
    return;
  }
  const subject = { name, method: context.method };
  if (isGiven(request.roles) && request.password === '') {
    writeRefused(context, member, { type: 'passwordMissing' }, subject);
    return;
  }
  let passwordHash: string | undefined;
  if (request.password !== '') {
    const hashing = passwords.hash(Buffer.from(request.password, 'utf8'), context.req.socket.remoteAddress ?? '');
    if (hashing === undefined) {
      writeRefusal(context.res, { kind: 'busy' });
      return;
    }
    passwordHash = await hashing;
  }
  const created: Created = { status: isGiven(request.roles) ? 200 : 201, roles: request.roles };
  await change(context, grant, member, changeOf(request, passwordHash), subject, created);
}

export async function deleteUser(context: Context, grant: RootGrant, member: AuthWriter & ClusterAdmin): Promise<void> {
  const { text, name } = nameOf(context);
  const subject = { name: text, method: 'DELETE' };
  if (name === undefined) writeRefused(context, member, { type: 'userNotFound' }, subject);
  else await change(context, grant, member, { type: 'deleteUser', user: name }, subject);
}

function changeOf(request: UserRequest, passwordHash: string | undefined): AuthChange {
  const { user, roles, grant, revoke } = request;
  if (isGiven(grant) || isGiven(revoke)) {
    return { type: 'updateUser', user, passwordHash, grant: grant ?? [], revoke: revoke ?? [] };
  }
  return isGiven(roles) && passwordHash !== undefined
    ? { type: 'createUser', user, passwordHash, roles }
    : { type: 'createOrUpdateUser', user, passwordHash };
}

function isGiven(list: readonly string[] | null): boolean {
  return list !== null && list.length > 0;
}
