import type { AuthChange } from '../../src/machine/auth/change';
import type { Command, KeyCommand } from '../../src/machine/command';
import { NODE_BYTES } from '../../src/machine/keyspace/tree';
import { Machine } from '../../src/machine/machine';
import { Quota } from '../../src/member/quota';
import type { Configuration } from '../../src/raft/types';

const KIBIBYTE = 1024;
const LIMIT = 100 * KIBIBYTE;

let machine: Machine;
let quota: Quota;
let raft: { id: string; leader: string; applied: number; term: number; configuration: Configuration };

beforeEach(() => {
  machine = new Machine(10);
  raft = { id: '1', leader: '1', applied: 0, term: 1, configuration: { voters: ['1', '2'], learners: ['3'] } };
  quota = new Quota({ machine }, LIMIT, raft);
});

function set(path: string, bytes: number): KeyCommand {
  const rest = { expirationMs: undefined, refresh: false, dir: false, nowMs: 0 };
  return { type: 'set', path, value: 'x'.repeat(bytes), ...rest };
}

function remove(path: string): KeyCommand {
  return { type: 'delete', path, dir: false, recursive: false, nowMs: 0 };
}

/** Proposed, and applied if it was taken. */
function carryOut(command: Command): boolean {
  const { refused, growth } = quota.judge([command]);
  if (refused.length > 0) return false;
  quota.proposed(raft.applied + 1, growth);
  if ('path' in command) machine.keySpace.apply(command);
  raft.applied++;
  return true;
}

function fill(): void {
  for (let n = 0; n < 9; n++) expect(carryOut(set(`/${n}`, 10 * KIBIBYTE))).toBe(true);
}

test('the store counts names, values and what a node costs, and forgets what goes', () => {
  const before = quota.used;
  carryOut(set('/a/b', 1000));
  expect(quota.used - before).toBe(2 * NODE_BYTES + '/a'.length + '/a/b'.length + 1000);
  carryOut(set('/a/b', 10));
  expect(quota.used - before).toBe(2 * NODE_BYTES + '/a'.length + '/a/b'.length + 10);
  machine.keySpace.apply({ type: 'delete', path: '/a', dir: true, recursive: true, nowMs: 0 });
  expect(quota.used).toBe(before);
});

test('what makes it larger than it may be is refused; what makes it smaller is not', () => {
  fill();
  expect(carryOut(set('/large', 20 * KIBIBYTE))).toBe(false);
  expect(quota.alarm).toBe(false);
  expect(carryOut(set('/9', 6 * KIBIBYTE))).toBe(true);
  expect(carryOut(set('/10', 6 * KIBIBYTE))).toBe(false);
  expect(quota.alarm).toBe(true);
  expect(carryOut(set('/0', 10 * KIBIBYTE))).toBe(true);
  expect(carryOut(set('/0', 11 * KIBIBYTE))).toBe(false);
  expect(carryOut({ type: 'sync', nowMs: 0, expireMax: 10 })).toBe(true);
  expect(carryOut(remove('/10'))).toBe(true);
});

test('once full it takes even small writes again only when there is some room', () => {
  fill();
  carryOut(set('/9', 6 * KIBIBYTE));
  carryOut(set('/10', 6 * KIBIBYTE));
  expect(quota.alarm).toBe(true);
  expect(carryOut(set('/small', 1))).toBe(false);
  carryOut(remove('/9'));
  expect(quota.alarm).toBe(false);
  expect(carryOut(set('/small', 1))).toBe(true);
});

test('what is under way counts too, until it is applied or the term is over', () => {
  const proposeTen = (): number => {
    let taken = 0;
    for (let n = 0; n < 12; n++) {
      const { refused, growth } = quota.judge([set(`/${n}`, 10 * KIBIBYTE)]);
      if (refused.length > 0) continue;
      quota.proposed(raft.applied + ++taken, growth);
    }
    return taken;
  };
  expect(proposeTen()).toBe(9);
  expect(proposeTen()).toBe(0);
  raft.applied += 1;
  expect(proposeTen()).toBe(1);
  raft.term++;
  expect(proposeTen()).toBe(9);
});

test('of a batch only what has no room is refused', () => {
  fill();
  const batch = [set('/0', 10 * KIBIBYTE), set('/large', 20 * KIBIBYTE), remove('/1'), set('/small', 10)];
  expect(quota.judge(batch)).toMatchObject({ refused: [1] });
});

test('the lowest limit of the members counts, as long as it is one', () => {
  quota.told('3', LIMIT / 2);
  quota.told('2', 0);
  for (let n = 0; n < 4; n++) expect(carryOut(set(`/${n}`, 10 * KIBIBYTE))).toBe(true);
  expect(carryOut(set('/4', 10 * KIBIBYTE))).toBe(false);
  raft.configuration = { voters: ['1', '2'], learners: [] };
  expect(carryOut(set('/4', 10 * KIBIBYTE))).toBe(true);
});

test('who leads no more has the alarm for its own limit, whatever it was told', () => {
  quota.told('2', KIBIBYTE);
  expect(carryOut(set('/0', KIBIBYTE / 2))).toBe(true);
  quota.told('2', KIBIBYTE / 4);
  expect(quota.alarm).toBe(true);
  raft.leader = '2';
  expect(quota.alarm).toBe(false);
});

test('directories that a path needs count, each with its whole path', () => {
  expect(carryOut(set('/d'.repeat(600), 1))).toBe(false);
  expect(carryOut(set('/d'.repeat(100), 1))).toBe(true);
});

test('data from before there was a quota: the alarm is on at once, and only what makes it smaller is taken', () => {
  const early = new Quota({ machine }, 0, raft);
  for (let n = 0; n < 20; n++) machine.keySpace.apply(set(`/${n}`, 10 * KIBIBYTE));
  expect(early.alarm).toBe(false);
  expect(quota.alarm).toBe(true);
  expect(carryOut(set('/new', 1))).toBe(false);
  expect(carryOut(set('/0', 1))).toBe(true);
  for (let n = 0; n < 12; n++) expect(carryOut(remove(`/${n}`))).toBe(true);
  expect(quota.alarm).toBe(false);
});

test('0 is no limit', () => {
  const unlimited = new Quota({ machine }, 0, raft);
  expect(unlimited.judge([set('/a', 10 * LIMIT)])).toEqual({ refused: [], growth: 0 });
  expect(unlimited.alarm).toBe(false);
});

test('a member shows the alarm of its leader, while that leads', () => {
  raft.leader = '2';
  expect(quota.alarm).toBe(false);
  quota.toldAlarm('2', true);
  expect(quota.alarm).toBe(true);
  raft.term = 2;
  expect(quota.alarm).toBe(false);
  quota.toldAlarm('2', true);
  expect(quota.alarm).toBe(true);
  raft.leader = '1';
  expect(quota.alarm).toBe(false);
  raft.leader = '2';
  quota.toldAlarm('2', false);
  expect(quota.alarm).toBe(false);
});

describe('users and roles', () => {
  const hash = `$2a$10$${'a'.repeat(53)}`;
  const carryOutAuth = (change: AuthChange): boolean => {
    const { refused, growth } = quota.judge([{ type: 'auth', change }]);
    if (refused.length > 0) return false;
    quota.proposed(raft.applied + 1, growth);
    expect(machine.auth.apply(change, () => 1)).toMatchObject({ ok: true });
    raft.applied++;
    return true;
  };
  const role = (name: string, bytes: number): AuthChange => ({
    ...{ type: 'createRole', role: name },
    permissions: { read: ['/'.repeat(bytes)], write: null },
  });

  test('count, and no more of them come in than there is room for', () => {
    const before = quota.used;
    expect(carryOutAuth({ type: 'createUser', user: 'root', passwordHash: hash, roles: null })).toBe(true);
    expect(quota.used).toBeGreaterThan(before + hash.length);
    let roles = 0;
    while (carryOutAuth(role(`r${roles}`, 4000))) roles++;
    // It is judged by what a character may take at most.
    expect(roles).toBeGreaterThan(15);
    expect(quota.used).toBeLessThan(LIMIT);
  });

  test('a full store lets rights be taken away, passwords be changed and auth be switched, and no rights be given', () => {
    carryOutAuth({ type: 'createUser', user: 'root', passwordHash: hash, roles: null });
    carryOutAuth(role('r', 10));
    fill();
    carryOut(set('/9', 6 * KIBIBYTE));
    carryOut(set('/10', 6 * KIBIBYTE));
    expect(quota.alarm).toBe(true);
    const given = { read: ['/x'], write: null };
    const update = { type: 'updateUser', user: 'root', passwordHash: undefined, grant: [], revoke: [] } as const;
    const refused: readonly AuthChange[] = [
      { type: 'createUser', user: 'ann', passwordHash: hash, roles: null },
      { type: 'createOrUpdateUser', user: 'ann', passwordHash: hash },
      { ...update, grant: ['r'] },
      role('s', 1),
      { type: 'updateRole', role: 'r', grant: given, revoke: undefined },
    ];
    for (const change of refused) expect(carryOutAuth(change)).toBe(false);
    const taken: readonly AuthChange[] = [
      { type: 'createOrUpdateUser', user: 'root', passwordHash: hash.replace('aaa', 'bbb') },
      { ...update, revoke: ['root'] },
      { type: 'updateRole', role: 'r', grant: undefined, revoke: { read: ['/'.repeat(10)], write: null } },
      { type: 'enable' },
      { type: 'disable' },
      { type: 'deleteRole', role: 'r' },
      { type: 'deleteUser', user: 'root' },
    ];
    for (const change of taken) expect(carryOutAuth(change)).toBe(true);
  });
});
