import { mayAccess, mayAdminister, type Access } from '../../../src/machine/auth/access';
import { AuthState } from '../../../src/machine/auth/authState';
import type { AuthChange } from '../../../src/machine/auth/change';
import type { AuthUser } from '../../../src/machine/auth/view';
import { byteString } from '../../../src/bytes/byteStrings';
import { hashOf } from './arbitrary';

let auth: AuthState;
let index: number;
beforeEach(() => {
  auth = new AuthState();
  index = 0;
});

function apply(...changes: readonly AuthChange[]): void {
  for (const change of changes) expect(auth.apply(change, () => ++index)).toMatchObject({ ok: true });
}

const user = (name: string, ...roles: string[]): AuthChange => ({
  type: 'createUser',
  user: name,
  passwordHash: hashOf(1),
  roles,
});
const role = (name: string, read: string[], write: string[] = []): AuthChange => ({
  type: 'createRole',
  role: name,
  permissions: { read, write },
});

/** Of somebody who may do what `patterns` say, by a role of its own or as guest. */
function may(who: 'user' | 'guest', patterns: string[], path: string, recursive = false): boolean {
  auth = new AuthState();
  const name = who === 'guest' ? 'guest' : 'reader';
  apply(user('root'), user('ann', 'reader'), role(name, patterns), { type: 'enable' });
  const asked: AuthUser | 'guest' = who === 'guest' ? 'guest' : auth.user('ann')!;
  return mayAccess(auth, asked, path, 'read', recursive);
}

describe.each(['user', 'guest'] as const)('a %s', (who) => {
  it.each([
    [['/one'], '/one', true],
    [['/one'], '/one/two', false],
    [['/one'], '/on', false],
    [['/one*'], '/one', true],
    [['/one*'], '/one/two', true],
    [['/one*'], '/oneself', true],
    [['/rkt/*'], '/rkt', false],
    [['/rkt/*'], '/rkt/', true],
    [['/rkt/*'], '/rkt/a', true],
    [['/a*b'], '/axb', false],
    [['/a*b'], '/a*b', true],
    [['*'], '/', true],
    [['/*'], '/', true],
    [[], '/', false],
    [['/b', '/a'], '/a', true],
  ] as const)('%j, asked for %s: %s', (patterns, path, expected) => {
    expect(may(who, [...patterns], path)).toBe(expected);
  });

  it('has patterns of characters, and keys of bytes', () => {
    expect(may(who, ['/é/*'], byteString('/é/x'))).toBe(true);
    expect(may(who, ['/é/*'], '/\xe9/x')).toBe(false);
  });
});

it.each(['user', 'guest'] as const)('what is below a key needs a pattern with *, for a %s', (who) => {
  expect(may(who, ['/one'], '/one', true)).toBe(false);
  expect(may(who, ['/one*'], '/one', true)).toBe(true);
  expect(may(who, ['/one/*'], '/one', true)).toBe(false);
});

it('a user may do what any of the roles may; one that does not exist gives nothing', () => {
  apply(user('root'), user('ann', 'none', 'a', 'b'), role('a', ['/a'], ['/b']), role('b', ['/c']), { type: 'enable' });
  const ann = auth.user('ann')!;
  const reads = (path: string, access: Access): boolean => mayAccess(auth, ann, path, access, false);
  expect(['/a', '/b', '/c', '/d'].map((path) => reads(path, 'read'))).toEqual([true, false, true, false]);
  expect(['/a', '/b', '/c', '/d'].map((path) => reads(path, 'write'))).toEqual([false, true, false, false]);
  // Nor is there a way back to what a guest may.
  expect(mayAccess(auth, 'guest', '/d', 'read', false)).toBe(true);
});

it('the role root may do everything, whoever has it; a user called guest is none', () => {
  apply(user('root'), user('ann', 'root'), user('guest'), { type: 'enable' });
  for (const name of ['root', 'ann']) {
    expect(mayAccess(auth, auth.user(name)!, '/x', 'write', true)).toBe(true);
    expect(mayAdminister(auth, auth.user(name)!)).toBe(true);
  }
  expect(mayAccess(auth, auth.user('guest')!, '/x', 'read', false)).toBe(false);
  expect(mayAdminister(auth, auth.user('guest')!)).toBe(false);
  expect(mayAdminister(auth, 'guest')).toBe(false);
});

it('without a role guest nobody who does not say who it is may anything', () => {
  apply(user('root'), { type: 'enable' });
  expect(mayAccess(auth, 'guest', '/x', 'read', false)).toBe(true);
  apply({ type: 'deleteRole', role: 'guest' });
  expect(mayAccess(auth, 'guest', '/x', 'read', false)).toBe(false);
});

it('nothing is asked while auth is off', () => {
  apply(user('root'), user('ann'));
  expect(mayAccess(auth, 'guest', '/x', 'write', true)).toBe(true);
  expect(mayAccess(auth, auth.user('ann')!, '/x', 'write', true)).toBe(true);
  expect(mayAdminister(auth, 'guest')).toBe(true);
});
