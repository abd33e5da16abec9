/** The routes of `/v2/auth`: who may do what is root's business, whether auth is on is everybody's. */
import type { Context } from 'koa';
import type { AuthSource, AuthWriter, ClusterAdmin } from '../../../member/types';
import type { BodyBudget } from '../../bodyBudget';
import { open, root, withState, type Route } from '../../routeRules';
import { writeJson } from '../../http/answers';
import { writeLine } from './authAnswers';
import { change } from './authChange';
import { deleteRole, putRole, showRole, showRoles } from './roles';
import { deleteUser, putUser, showUser, showUsers, type PasswordHashing } from './users';

export type { PasswordHashing };

/** One name, and maybe a slash behind it. */
const USER = /^\/v2\/auth\/users\/[^/]+\/?$/;
const ROLE = /^\/v2\/auth\/roles\/[^/]+\/?$/;
const MORE = /^\/v2\/auth\/(?:users|roles)\/[^/]+\/[^/]/;

export function authRoutes(
  member: AuthSource & AuthWriter & ClusterAdmin,
  passwords: PasswordHashing,
  bodyBudget?: BodyBudget,
): readonly Route[] {
  return [
    {
      paths: ['/v2/auth/users', '/v2/auth/users/'],
      rules: { GET: root((context, grant) => showUsers(context, grant, member)) },
    },
    {
      paths: [USER],
      rules: {
        GET: root((context, grant) => showUser(context, grant, member)),
        PUT: root((context, grant) => putUser(context, grant, member, passwords, bodyBudget)),
        DELETE: root((context, grant) => deleteUser(context, grant, member)),
      },
    },
    {
      paths: ['/v2/auth/roles', '/v2/auth/roles/'],
      rules: { GET: root((context, grant) => showRoles(context, grant, member)) },
    },
    {
      paths: [ROLE],
      rules: {
        GET: root((context, grant) => showRole(context, grant, member)),
        PUT: root((context, grant) => putRole(context, grant, member, bodyBudget)),
        DELETE: root((context, grant) => deleteRole(context, grant, member)),
      },
    },
    // There is nothing, whoever asks and however.
    { paths: [MORE], rules: { any: open(writeInvalidPath) } },
    {
      paths: ['/v2/auth/enable'],
      rules: {
        GET: open(
          withState(member, (context) => {
            writeLine(context, member, 200, `{"enabled":${String(member.auth().enabled)}}`);
          }),
        ),
        PUT: root((context, grant) => change(context, grant, member, { type: 'enable' }, nobody(context))),
        DELETE: root((context, grant) => change(context, grant, member, { type: 'disable' }, nobody(context))),
      },
    },
  ];
}

function writeInvalidPath(context: Context): void {
  writeJson(context.res, 400, '{"message":"Invalid path"}');
}

function nobody({ method }: Context): { readonly name: string; readonly method: string } {
  return { name: '', method };
}
