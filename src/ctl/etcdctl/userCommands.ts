/** user add, get, list, remove, grant, revoke, passwd. */
import type { CtlPath } from '../../config/ctl/table';
import { isRecord, textOf } from '../../client/json';
import { AuthApi, authPath, namesOf, oneName, putCall } from './authCommands';
import { askNewSecret, nameAndPassword } from './userCredentials';
import { EXIT } from './exitCodes';
import { Failure, UnreadableAnswerError } from './failures';
import { print } from './io';
import { noOperands } from './memberCommands';
import { failingAs, plainFailure } from './report';
import type { Command, Session } from './session';

const NAME_MISSING = 'Please provide a username';
const NEW_PASSWORD = 'New password: ';

export const userCommands = {
  'user list': async (session) => {
    noOperands(session);
    const names = await failingAs(plainFailure, async () => {
      const body = await (await AuthApi.open(session)).send({ method: 'GET', path: '/v2/auth/users' });
      return namesOf(body, 'users', 'user');
    });
    for (const name of names) print(session.io, name);
  },
  'user add': async (session) => {
    const text = named(session);
    const name = text.split(':', 1)[0] ?? '';
    if (name === '') throw new Failure(EXIT.badArguments, NAME_MISSING);
    await failingAs(plainFailure, async () => {
      const api = await AuthApi.open(session);
      if (await api.has(authPath('users', name))) throw new Failure(EXIT.badArguments, `User ${name} already exists`);
      const { password } = await nameAndPassword(session.io, NEW_PASSWORD, text, askNewSecret);
      const body = { user: name, password, roles: null };
      await api.again().send(putCall(authPath('users', name), body, password));
    });
    print(session.io, `User ${name} created`);
  },
  'user get': async (session) => {
    const name = named(session);
    const roles = await failingAs(plainFailure, async () => {
      const api = await AuthApi.open(session);
      return rolesOf(await api.send({ method: 'GET', path: authPath('users', name) }));
    });
    print(session.io, `User: ${name}`);
    print(session.io, `Roles: ${roles.map((role) => ` ${role}`).join('')}`);
  },
  'user remove': async (session) => {
    const name = named(session);
    await failingAs(plainFailure, async () => {
      await (await AuthApi.open(session)).send({ method: 'DELETE', path: authPath('users', name) });
    });
    print(session.io, `User ${name} removed`);
  },
  'user grant': (session) => changeRoles(session, 'grant'),
  'user revoke': (session) => changeRoles(session, 'revoke'),
  'user passwd': async (session) => {
    const name = named(session);
    await failingAs(plainFailure, async () => {
      const api = await AuthApi.open(session);
      // etcdctl does not ask, and so makes a user whose name was mistyped.
      await api.send({ method: 'GET', path: authPath('users', name) });
      const password = await askNewSecret(session.io, NEW_PASSWORD);
      await failingAs(
        (error) => withNote(plainFailure(error), password === '' ? EMPTY_NOTE : undefined),
        () => api.again().send(putCall(authPath('users', name), { user: name, password }, password)),
      );
    });
    print(session.io, 'Password updated');
  },
} as const satisfies Partial<Record<CtlPath, Command>>;

/** The member says that nothing is changed, and etcdctl passes that on. */
const EMPTY_NOTE = 'no password was given: it is typed at a terminal, or is the first line of the standard input';

function withNote({ code, line, isWholeLine, note }: Failure, more: string | undefined): Failure {
  return new Failure(code, line, isWholeLine, more ?? note);
}

function named(session: Session): string {
  return oneName(session, NAME_MISSING);
}

async function changeRoles(session: Session, how: 'grant' | 'revoke'): Promise<void> {
  const roles = session.flags.list('roles');
  if (roles.length === 0) throw new Failure(EXIT.badArguments, 'No roles specified; please use `--roles`');
  const name = named(session);
  await failingAs(plainFailure, async () => {
    await (
      await AuthApi.open(session)
    ).send(putCall(authPath('users', name), { user: name, roles: null, [how]: roles }));
  });
  print(session.io, `User ${name} updated`);
}

/** A user is shown with its roles and their rights, and in older versions with their names alone. */
function rolesOf(body: unknown): readonly string[] {
  if (!isRecord(body)) throw new UnreadableAnswerError();
  const roles: readonly unknown[] = Array.isArray(body['roles']) ? body['roles'] : [];
  return roles.flatMap((role) => textOf(isRecord(role) ? role['role'] : role) ?? []);
}
