import { AuthState } from '../../../src/machine/auth/authState';
import type { AuthChange } from '../../../src/machine/auth/change';
import type { AuthRefusal, AuthResult } from '../../../src/machine/auth/result';
import { hashOf } from './arbitrary';

const [ONE, TWO] = [hashOf(1), hashOf(2)];

let auth: AuthState;
let index: number;
beforeEach(() => {
  auth = new AuthState();
  index = 0;
});

function apply(change: AuthChange): AuthResult {
  return auth.apply(change, () => ++index);
}

/** Carries the changes out one after the other; how far the store index moved with each, or why it was refused. */
function steps(...changes: readonly AuthChange[]): (number | AuthRefusal)[] {
  return changes.map((change) => {
    const before = index;
    const result = apply(change);
    if (result.ok) return index - before;
    expect(index).toBe(before);
    return result.refusal;
  });
}

const put = (user: string, passwordHash?: string): AuthChange => ({ type: 'createOrUpdateUser', user, passwordHash });
const create = (user: string, roles: string[] | null = null): AuthChange => ({
  type: 'createUser',
  user,
  passwordHash: ONE,
  roles,
});
const grant = (user: string, ...roles: string[]): AuthChange => ({
  type: 'updateUser',
  user,
  passwordHash: undefined,
  grant: roles,
  revoke: [],
});
const revoke = (user: string, ...roles: string[]): AuthChange => ({
  type: 'updateUser',
  user,
  passwordHash: undefined,
  grant: [],
  revoke: roles,
});
const role = (name: string, read: string[] | null = null, write: string[] | null = null): AuthChange => ({
  type: 'createRole',
  role: name,
  permissions: { read, write },
});

it('each change takes as many indexes as in etcd, the first user or role those of the directories too', () => {
  expect(steps({ type: 'disable' }, { type: 'enable' })).toEqual([
    { type: 'alreadyDisabled' },
    { type: 'rootUserMissing' },
  ]);
  expect(steps(put('root', ONE), put('ann', ONE), put('ann', TWO), create('bob', ['z', 'r', 'r']))).toEqual([
    5, 1, 1, 1,
  ]);
  expect(steps(grant('bob', 'q'), revoke('bob', 'q'), role('r'), { type: 'deleteUser', user: 'bob' })).toEqual([
    1, 1, 1, 1,
  ]);
  expect(steps({ type: 'enable' }, { type: 'disable' }, { type: 'enable' }, { type: 'enable' })).toEqual([
    2,
    1,
    1,
    { type: 'alreadyEnabled' },
  ]);
  auth = new AuthState();
  expect(steps(role('r'), role('s'))).toEqual([5, 1]);
});

it('a user is made, or has its password changed, by the same request', () => {
  expect(apply(put('ann', ONE))).toEqual({
    ...{ ok: true, type: 'userCreated', version: 5 },
    user: { name: 'ann', passwordHash: ONE, roles: null },
  });
  // As in etcd the list of roles is there from the first update on, and that is one.
  expect(apply(put('ann'))).toEqual({
    ...{ ok: true, type: 'userUpdated', version: 6 },
    user: { name: 'ann', passwordHash: ONE, roles: [] },
  });
  expect(steps(put('ann'), put('ann', TWO), put('bob'))).toEqual([
    { type: 'userUnchanged' },
    1,
    { type: 'passwordMissing' },
  ]);
  expect(auth.user('ann')?.passwordHash).toBe(TWO);
  expect(steps(create('ann', ['r']))).toEqual([{ type: 'userExists' }]);
});

it('roles of a user are kept as given, and sorted by the first update', () => {
  apply(create('bob', ['z', 'r', 'r']));
  expect(auth.user('bob')?.roles).toEqual(['z', 'r', 'r']);
  expect(apply(grant('bob', 'q'))).toMatchObject({ user: { roles: ['q', 'r', 'z'] } });
  expect(steps(grant('bob', 'q'), grant('bob', 'p', 'p'), revoke('bob', 'no'), revoke('bob', 'q', 'q'))).toEqual([
    { type: 'roleAlreadyGranted', role: 'q' },
    { type: 'roleAlreadyGranted', role: 'p' },
    { type: 'roleNotGranted', role: 'no' },
    { type: 'roleNotGranted', role: 'q' },
  ]);
  const both: AuthChange = { type: 'updateUser', user: 'bob', passwordHash: undefined, grant: ['p'], revoke: ['p'] };
  expect(steps(both, grant('nobody', 'q'))).toEqual([{ type: 'userUnchanged' }, { type: 'userNotFound' }]);
  expect(auth.user('bob')?.roles).toEqual(['q', 'r', 'z']);
});

it('the user root has the role root, whatever is revoked', () => {
  expect(apply(create('root', ['x']))).toMatchObject({ user: { roles: ['x', 'root'] } });
  expect(apply(revoke('root', 'root', 'x'))).toMatchObject({ type: 'userUpdated', user: { roles: [] } });
  expect(auth.user('root')?.roles).toEqual(['root']);
  expect(steps(grant('root', 'root'))).toEqual([{ type: 'roleAlreadyGranted', role: 'root' }]);
});

it('the user root stays while auth is on', () => {
  apply(put('root', ONE));
  apply({ type: 'enable' });
  expect(
    steps({ type: 'deleteUser', user: 'root' }, { type: 'disable' }, { type: 'deleteUser', user: 'root' }),
  ).toEqual([{ type: 'rootUserInUse' }, 1, 1]);
  expect(steps({ type: 'deleteUser', user: 'root' }, { type: 'enable' })).toEqual([
    { type: 'userNotFound' },
    { type: 'rootUserMissing' },
  ]);
});

it('a role keeps what was given, lists that nobody gave too, until the first update', () => {
  apply(role('r'));
  apply(role('s', ['/b', '/a', '/a'], []));
  expect(auth.role('r')?.permissions).toEqual({ read: null, write: null });
  expect(auth.role('s')?.permissions).toEqual({ read: ['/b', '/a', '/a'], write: [] });
  const update = (name: string, given: { grant?: string[]; revoke?: string[] }): AuthChange => ({
    ...{ type: 'updateRole', role: name },
    grant: given.grant === undefined ? undefined : { read: given.grant, write: null },
    revoke: given.revoke === undefined ? undefined : { read: given.revoke, write: null },
  });
  expect(apply(update('r', { grant: ['/x'] }))).toMatchObject({
    ...{ ok: true, type: 'roleUpdated' },
    role: { permissions: { read: ['/x'], write: [] } },
  });
  expect(
    steps(
      update('r', { grant: ['/x'] }),
      update('r', { grant: ['/y', '/y'] }),
      update('r', { revoke: ['/none'] }),
      update('r', { grant: ['/y'], revoke: ['/y'] }),
      // Sorting and the list that is there now is a change.
      update('s', { revoke: ['/none'] }),
      update('s', { revoke: ['/none'] }),
      update('none', { grant: ['/x'] }),
      role('r'),
    ),
  ).toEqual([
    { type: 'patternAlreadyGranted', access: 'read', pattern: '/x' },
    { type: 'patternAlreadyGranted', access: 'read', pattern: '/y' },
    { type: 'roleUnchanged' },
    { type: 'roleUnchanged' },
    1,
    { type: 'roleUnchanged' },
    { type: 'roleNotFound' },
    { type: 'roleExists' },
  ]);
  expect(auth.role('s')?.permissions).toEqual({ read: ['/a', '/b'], write: [] });
});

it('the role root is not to be touched, and always there', () => {
  const update: AuthChange = {
    type: 'updateRole',
    role: 'root',
    grant: { read: ['/x'], write: null },
    revoke: undefined,
  };
  expect(steps(role('root'), update, { type: 'deleteRole', role: 'root' }, { type: 'deleteRole', role: 'x' })).toEqual([
    { type: 'roleIsRoot' },
    { type: 'roleIsRoot' },
    { type: 'roleIsRoot' },
    { type: 'roleNotFound' },
  ]);
  expect(auth.roles.map(({ name }) => name)).toEqual(['root']);
  expect(auth.role('root')?.permissions).toEqual({ read: ['/*'], write: ['/*'] });
});

it('auth being switched on makes the role guest, unless there is one', () => {
  apply(put('root', ONE));
  apply({ type: 'enable' });
  expect(auth.role('guest')?.permissions).toEqual({ read: ['/*'], write: ['/*'] });
  apply({ type: 'disable' });
  apply({ type: 'deleteRole', role: 'guest' });
  apply(role('guest', ['/public*']));
  expect(steps({ type: 'enable' })).toEqual([1]);
  expect(auth.role('guest')?.permissions).toEqual({ read: ['/public*'], write: null });
});

it('users and roles are listed in the order of their bytes, and anew after each change', () => {
  for (const name of ['é', '\u{1f600}', '\uff5e', 'ann', 'Zoe', '_hidden']) apply(put(name, ONE));
  expect(auth.users.map(({ name }) => name)).toEqual(['Zoe', '_hidden', 'ann', 'é', '\uff5e', '\u{1f600}']);
  expect(auth.users).toBe(auth.users);
  apply({ type: 'deleteUser', user: 'é' });
  expect(auth.users.map(({ name }) => name)).not.toContain('é');
  apply(role('zz'));
  apply(role('aa'));
  expect(auth.roles.map(({ name }) => name)).toEqual(['aa', 'root', 'zz']);
});

it('the version is the index of the last change, and a refused one leaves it', () => {
  expect(auth.version).toBe(0);
  apply(put('root', ONE));
  expect(auth.version).toBe(5);
  apply(create('root'));
  expect(auth.version).toBe(5);
  apply({ type: 'enable' });
  expect(auth.version).toBe(7);
});

it('neither a user nor a role can become larger than what is read back', () => {
  const many = (from: number): string[] => Array.from({ length: 600 }, (_, at) => `r${from + at}`);
  apply(create('ann', many(0)));
  expect(steps(grant('ann', ...many(600)))).toEqual([{ type: 'tooMany', max: 1000 }]);
  expect(
    steps(
      create(
        'root',
        Array.from({ length: 1000 }, (_, at) => `r${at}`),
      ),
    ),
  ).toEqual([{ type: 'tooMany', max: 1000 }]);
  apply(role('r', many(0)));
  const more: AuthChange = {
    type: 'updateRole',
    role: 'r',
    grant: { read: many(600), write: null },
    revoke: undefined,
  };
  expect(steps(more)).toEqual([{ type: 'tooMany', max: 1000 }]);
});
