/** role add, get, list, remove, grant, revoke. */
import { posix } from 'node:path';
import type { CtlPath } from '../../config/ctl/table';
import { isRecord, textsOf } from '../../client/json';
import { AuthApi, authPath, namesOf, oneName, putCall } from './authCommands';
import { EXIT } from './exitCodes';
import { Failure, UnreadableAnswerError } from './failures';
import { print } from './io';
import { noOperands } from './memberCommands';
import { failingAs, plainFailure } from './report';
import type { Command, Session } from './session';

const NO_RIGHTS = { kv: { read: null, write: null } };

export const roleCommands = {
  'role list': async (session) => {
    noOperands(session);
    const names = await failingAs(plainFailure, async () => {
      const body = await (await AuthApi.open(session)).send({ method: 'GET', path: '/v2/auth/roles' });
      return namesOf(body, 'roles', 'role');
    });
    for (const name of names) print(session.io, name);
  },
  'role add': async (session) => {
    const name = named(session);
    await failingAs(plainFailure, async () => {
      const api = await AuthApi.open(session);
      if (await api.has(authPath('roles', name))) throw new Failure(EXIT.badArguments, `Role ${name} already exists`);
      await api.send(putCall(authPath('roles', name), { role: name, permissions: NO_RIGHTS }));
    });
    print(session.io, `Role ${name} created`);
  },
  'role get': async (session) => {
    const name = named(session);
    const { read, write } = await failingAs(plainFailure, async () => {
      const api = await AuthApi.open(session);
      return rightsOf(await api.send({ method: 'GET', path: authPath('roles', name) }));
    });
    print(session.io, `Role: ${name}`);
    print(session.io, 'KV Read:');
    for (const path of read) print(session.io, `\t${path}`);
    print(session.io, 'KV Write:');
    for (const path of write) print(session.io, `\t${path}`);
  },
  'role remove': async (session) => {
    const name = named(session);
    await failingAs(plainFailure, async () => {
      await (await AuthApi.open(session)).send({ method: 'DELETE', path: authPath('roles', name) });
    });
    print(session.io, `Role ${name} removed`);
  },
  'role grant': (session) => changeRights(session, 'grant'),
  'role revoke': (session) => changeRights(session, 'revoke'),
} as const satisfies Partial<Record<CtlPath, Command>>;

function named(session: Session): string {
  return oneName(session, 'Please provide a role name');
}

async function changeRights(session: Session, how: 'grant' | 'revoke'): Promise<void> {
  const { flags } = session;
  const path = flags.text('path');
  if (path === '') throw new Failure(EXIT.badArguments, 'No path specified; please use `--path`');
  const canonical = posix.normalize(`/${path}`);
  if (canonical !== path)
    throw new Failure(EXIT.badArguments, `Not canonical path; please use \`--path=${canonical}\``);
  const modes = ['read', 'write', 'readwrite'].filter((mode) => flags.isOn(mode));
  if (modes.length !== 1)
    throw new Failure(EXIT.badArguments, 'Please specify exactly one of --read, --write or --readwrite');
  const name = named(session);
  const [mode = ''] = modes;
  const kv = { read: mode === 'write' ? null : [path], write: mode === 'read' ? null : [path] };
  await failingAs(plainFailure, async () => {
    const api = await AuthApi.open(session);
    await api.send({ method: 'GET', path: authPath('roles', name) });
    await api.send(putCall(authPath('roles', name), { role: name, permissions: NO_RIGHTS, [how]: { kv } }));
  });
  print(session.io, `Role ${name} updated`);
}

function rightsOf(body: unknown): { readonly read: readonly string[]; readonly write: readonly string[] } {
  if (!isRecord(body)) throw new UnreadableAnswerError();
  const { kv } = isRecord(body['permissions']) ? body['permissions'] : {};
  const rights = isRecord(kv) ? kv : {};
  return { read: textsOf(rights['read']), write: textsOf(rights['write']) };
}
