/** Carries changes of users and roles out: reads the body, asks the member, answers. */
import type { Context } from 'koa';
import type { AuthChange } from '../../../machine/auth/change';
import type { AuthResult } from '../../../machine/auth/result';
import { faultOfAuthChange } from '../../../machine/auth/changeKinds';
import type { AuthWriter, ClusterAdmin } from '../../../member/types';
import type { RootGrant } from '../../auth/guard';
import type { BodyBudget } from '../../bodyBudget';
import { readBody } from '../../http/body';
import { isMemberError } from '../keys/failure';
import { writeClusterMessage } from '../members/memberJson';
import type { RoleRequest } from './authRequest';
import {
  changedRoleJson,
  changedUserJson,
  createdRoleJson,
  writeDone,
  writeLine,
  writeRefused,
  type Subject,
} from './authAnswers';

/** A role of a thousand long patterns; more is a mistake or an attack. */
const BODY_MAX_BYTES = 1024 * 1024;

type Writer = AuthWriter & ClusterAdmin;

/** The body as text; what is not UTF-8 in it becomes replacement characters, as in Go. Undefined: too long, and answered. */
export async function readAuthBody(
  context: Context,
  member: ClusterAdmin,
  bodyBudget: BodyBudget | undefined,
): Promise<string | undefined> {
  const body = await readBody(context.req, BODY_MAX_BYTES, bodyBudget?.account(context.res));
  if (body === undefined) {
    writeClusterMessage(context, member, 413, 'http: request body too large');
    return undefined;
  }
  return Buffer.from(body, 'latin1').toString('utf8');
}

export function writeBadJson(context: Context, member: ClusterAdmin): void {
  writeClusterMessage(context, member, 400, 'Invalid JSON in request body.');
}

/** How something that was made is answered. */
export interface Created {
  /** etcd has 200 for some users. */
  readonly status: 200 | 201;
  /** A user without roles is shown the list it was made with, or that there was none. */
  readonly roles: readonly string[] | null;
  /** What made the role. */
  readonly role?: RoleRequest;
}

/** Does what was asked for and answers, whatever comes of it. */
export async function change(
  context: Context,
  grant: RootGrant,
  member: Writer,
  wanted: AuthChange,
  subject: Subject,
  created: Created = { status: 201, roles: null },
): Promise<void> {
  const fault = faultOfAuthChange(wanted);
  if (fault !== undefined) {
    writeClusterMessage(context, member, 400, `auth: not possible: ${fault}`);
    return;
  }
  let result: AuthResult;
  try {
    result = await grant.use(member).proposeAuth(wanted);
  } catch (error) {
    if (!isMemberError(error)) throw error;
    // Like etcd, which tells its own log why it could not, and the client nothing.
    writeClusterMessage(context, member, 500, 'Internal Server Error');
    return;
  }
  if (result.ok) writeResult(context, member, result, created);
  else writeRefused(context, member, result.refusal, subject);
}

type Done = Extract<AuthResult, { readonly ok: true }>;

function writeResult(context: Context, member: ClusterAdmin, result: Done, created: Created): void {
  switch (result.type) {
    case 'userCreated':
      writeLine(context, member, created.status, changedUserJson(result.user.name, result.user.roles ?? created.roles));
      return;
    case 'userUpdated':
      writeLine(context, member, 200, changedUserJson(result.user.name, result.user.roles));
      return;
    case 'roleCreated':
      writeLine(
        context,
        member,
        201,
        created.role === undefined
          ? changedRoleJson(result.role.name, result.role.permissions)
          : createdRoleJson(created.role),
      );
      return;
    case 'roleUpdated':
      writeLine(context, member, 200, changedRoleJson(result.role.name, result.role.permissions));
      return;
    case 'userDeleted':
    case 'roleDeleted':
    case 'enabled':
    case 'disabled':
      writeDone(context, member);
  }
}
