/** `cairn auth-apply`: users, roles and rights as a file says, and auth switched on. */
import {
  changePassword,
  changeRole,
  changeUser,
  createRole,
  createUser,
  enableAuth,
  findRole,
  findUser,
  isAuthEnabled,
  listUsers,
  type KeyRights,
} from '../client/auth';
import { isAbsolute } from 'node:path';
import { AnswerError, NoAnswerError } from '../client/errors';
import type { Target } from '../client/http';
import { isTlsFailure } from '../platform/networkError';
import { readPlainFileSync } from '../platform/plainFile';
import { AccessFileError, parseAccess, type Access, type WantedUser } from './accessFile';
import { runCommand, say, UsageError } from './arguments';
import { untilDone } from './untilDone';
import { clientConnection, type Environment } from './connection';
import { whyUnreadable } from './whyUnreadable';

const REQUEST_TIMEOUT_MS = 10_000;
const UNAUTHORIZED = 401;
const CONFLICT = 409;

const GUEST = 'guest';
/** The user, and the role that may do everything. */
const ROOT = 'root';
const NOTHING: KeyRights = { read: [], write: [] };

/** Somebody else did it while this was at it, or the member that was asked is behind. */
class SwitchedOnError extends Error {
  override readonly name = 'SwitchedOnError';
}

interface Job {
  readonly target: Target;
  readonly access: Access;
  readonly passwords: ReadonlyMap<string, string>;
  readonly rootPassword: string;
}

/**
 * `cairn auth-apply --file FILE --user-file ROOT [--url URL] [--timeout SECONDS]`: each role and user of the file gets exactly the rights,
 * password and roles that it has there; others are left alone. Guests, who show no password, get what the role guest of the file has, and
 * nothing without it; that is so before auth counts. Can be run again at any time.
 */
export function authApply(args: readonly string[], environment: Environment = process.env): Promise<number> {
  return runCommand('auth-apply', args, async (values) => {
    const { url, dial, user } = await clientConnection(values, environment);
    const timeoutS = values.number('timeout');
    const access = read(values.text('file'), parseAccess, '--file');
    const rootPassword = rootPasswordIn(user);
    const passwords = new Map(
      [...access.users].map(
        ([name, { passwordFile }]) => [name, read(passwordFile, passwordOf, `users.${name}`)] as const,
      ),
    );
    for (const name of access.users.keys()) tellOfColon(name);
    const target = { url, dial, timeoutMs: REQUEST_TIMEOUT_MS };
    const deadlineMs = performance.now() + timeoutS * 1000;
    const overWords = (reason: string): string => `${reason}; run it again when that is mended, nothing is undone`;
    // Again from the beginning while members cannot be reached, have no quorum, or somebody else changes the same.
    await untilDone({ deadlineMs, reasonOf, overWords }, async () => {
      await apply({ target, access, passwords, rootPassword });
      return true;
    });
  });
}

/** Somebody may have such a name in a certificate, so it is not refused. */
function tellOfColon(name: string): void {
  if (!name.includes(':')) return;
  say(
    `the user ${JSON.stringify(name)} can only show who it is by a certificate: NAME:PASSWORD takes what is before the first colon for the name`,
  );
}

function rootPasswordIn(user: string | undefined): string {
  const [, password] = /^root:(.+)$/s.exec(user ?? '') ?? [];
  if (password !== undefined) return password;
  throw new UsageError('--user-file has to name a file with root:PASSWORD, which root gets or has already');
}

/** @throws UsageError */
function read<T>(path: string, parse: (text: string) => T, option: string): T {
  try {
    return parse(readPlainFileSync(path));
  } catch (error) {
    throw new UsageError(`${option} ${path}${fromHere(path)}: ${whyUnreadable(error)}`);
  }
}

/** Wherever the file lies that names it. */
function fromHere(path: string): string {
  return isAbsolute(path) ? '' : ` (a relative path begins at the directory of this command, ${process.cwd()})`;
}

function passwordOf(text: string): string {
  const password = text.replace(/\r?\n$/, '');
  if (password !== '' && !password.includes('\n')) return password;
  throw new AccessFileError('it does not hold one line with a password');
}

async function apply(job: Job): Promise<void> {
  const { target, rootPassword } = job;
  if (await isAuthEnabled(target)) {
    await applyAll({ ...target, user: `root:${rootPassword}` }, job);
    return;
  }
  try {
    await applyAll(target, job);
    await applyRoot(target, rootPassword);
    await enableAuth(target);
  } catch (error) {
    if (isUnauthorized(error)) throw new SwitchedOnError('auth was switched on meanwhile');
    throw error;
  }
  say('auth is on');
}

async function applyAll(target: Target, { access, passwords }: Job): Promise<void> {
  const roles = new Map([[GUEST, NOTHING] as const, ...access.roles]);
  for (const [name, rights] of roles) await applyRole(target, name, rights);
  for (const [name, user] of access.users) await applyUser(target, name, user, passwords.get(name) ?? '');
  await tellOfOtherRoots(target, access);
}

/** Before auth was on, whoever reached a member could make himself one. They are left alone: the operators' own are among them. */
async function tellOfOtherRoots(target: Target, { users }: Access): Promise<void> {
  for (const { name, roles } of await listUsers(target)) {
    if (name === ROOT || users.has(name) || !roles.includes(ROOT)) continue;
    say(
      `the user ${JSON.stringify(name)} may do everything (role root) and is not in the file; delete it if it is not yours`,
    );
  }
}

async function applyRoot(target: Target, password: string): Promise<void> {
  if ((await findUser(target, ROOT)) === undefined) await createUser(target, ROOT, password, []);
  else await changePassword(target, ROOT, password);
}

async function applyRole(target: Target, name: string, wanted: KeyRights): Promise<void> {
  const there = await findRole(target, name);
  if (there === undefined) {
    await createRole(target, name, wanted);
    say(`made the role ${name}`);
    return;
  }
  const grant = { read: besides(wanted.read, there.read), write: besides(wanted.write, there.write) };
  const revoke = { read: besides(there.read, wanted.read), write: besides(there.write, wanted.write) };
  if ([grant, revoke].every(({ read, write }) => read.length + write.length === 0)) return;
  await changeRole(target, name, grant, revoke);
  say(`changed the rights of the role ${name}`);
}

async function applyUser(target: Target, name: string, { roles }: WantedUser, password: string): Promise<void> {
  const there = await findUser(target, name);
  if (there === undefined) {
    await createUser(target, name, password, roles);
    say(`made the user ${name}`);
    return;
  }
  // Nobody is told whether it is the same: it is written each time.
  await changePassword(target, name, password);
  say(`wrote the password of the user ${name}`);
  const [grant, revoke] = [besides(roles, there), besides(there, roles)];
  if (grant.length + revoke.length === 0) return;
  await changeUser(target, name, grant, revoke);
  say(`changed the roles of the user ${name}`);
}

function besides(texts: readonly string[], others: readonly string[]): readonly string[] {
  return texts.filter((text) => !others.includes(text));
}

/** What to wait for. @throws the error, if waiting is of no use */
function reasonOf(error: unknown): string {
  if (error instanceof NoAnswerError && isTlsFailure(error.cause)) throw error;
  if (error instanceof NoAnswerError || error instanceof SwitchedOnError) return error.message;
  if (!(error instanceof AnswerError)) throw error;
  if (isUnauthorized(error)) {
    throw new Error(
      'auth is on, and root has another password than --user-file says: put the right one there; nothing more was changed',
    );
  }
  if (error.status < 500 && error.status !== CONFLICT) throw error;
  return error.message;
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof AnswerError && error.status === UNAUTHORIZED;
}
