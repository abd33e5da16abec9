import fc from 'fast-check';
import { AuthState } from '../../../src/machine/auth/authState';
import type { AuthChange } from '../../../src/machine/auth/change';
import type { Command } from '../../../src/machine/command';
import { encodeBatch } from '../../../src/machine/commandCodec';
import { FeatureLevelError } from '../../../src/machine/features';
import { Machine, type Applied } from '../../../src/machine/machine';
import type { Row } from '../../../src/machine/rows';
import { set } from '../keyspace/writer';
import { storedRow } from '../storedRow';
import { change, hashOf } from './arbitrary';

const ROOT_USER: AuthChange = { type: 'createUser', user: 'root', passwordHash: hashOf(1), roles: null };

function apply(machine: Machine, ...commands: readonly Command[]): Applied {
  return machine.apply(encodeBatch({ origin: 'a1', run: 1, sequence: 1, commands }));
}

const publish = (level: number): Command => ({
  ...{ type: 'publish', memberId: 'a1', name: 'a', clientURLs: [], version: '2.3.8' },
  level,
});

function machineOf(level: number): Machine {
  const machine = new Machine(1000);
  machine.bootstrap([{ id: 'a1', peerURLs: ['http://h:2380'] }]);
  apply(machine, publish(level));
  return machine;
}

function loadedFrom(rows: readonly Row[], knownLevel?: number): Machine {
  const machine = new Machine(1000, knownLevel);
  for (const { table, key, value } of rows) {
    if (value !== undefined) machine.loadRows(storedRow(table, key, String(value)));
  }
  machine.loaded();
  return machine;
}

it('a change has no effect before all members can read it, and says why', () => {
  const machine = machineOf(1);
  const before = { index: machine.keySpace.index, digest: machine.digest() };
  const { results, fault } = apply(machine, set('/a'), { type: 'auth', change: ROOT_USER });
  expect(fault).toBe(
    'a command of kind auth needs feature level 2, and 1 is in force until every member runs a version that reads it',
  );
  expect(results).toEqual([]);
  expect({ index: machine.keySpace.index, digest: machine.digest() }).toEqual(before);
  apply(machine, publish(2));
  expect(apply(machine, { type: 'auth', change: ROOT_USER }).results).toMatchObject([
    { ok: true, type: 'userCreated' },
  ]);
});

it('one that breaks a rule has none either, and its entry says so', () => {
  const machine = machineOf(2);
  const bad: AuthChange = { ...ROOT_USER, passwordHash: 'secret' };
  expect(apply(machine, { type: 'auth', change: bad }).fault).toBe('a password hash that is none of bcrypt');
  expect(machine.auth.users).toEqual([]);
});

it('users and roles are not in the key space: no key, no event, only indexes that went by', () => {
  const machine = machineOf(2);
  const heard: unknown[] = [];
  const deliver = (event: unknown): void => void heard.push(event);
  machine.keySpace.watch({ path: '/', recursive: true, stream: true, sinceIndex: 0, deliver });
  const before = machine.keySpace.index;
  const paths = (): string[] => [...machine.keySpace.tree.everyNode()].map(({ path }) => path);
  const known = paths();
  apply(machine, { type: 'auth', change: ROOT_USER }, { type: 'auth', change: { type: 'enable' } });
  expect(machine.keySpace.index).toBe(before + 7);
  expect(machine.auth.version).toBe(before + 7);
  expect(paths()).toEqual(known);
  expect(machine.keySpace.takeNotifications()).toEqual([]);
  expect(heard).toEqual([]);
  for (let index = before + 1; index <= before + 7; index++) expect(machine.keySpace.history.at(index)).toBeUndefined();
});

it('the digest is that of the versions before while there are no users and roles, and tells apart members that have others', () => {
  expect(machineOf(2).digest()).toMatch(/^[0-9a-f]{16}-\d+$/);
  const [one, other, third] = [machineOf(2), machineOf(2), machineOf(2)];
  apply(one, { type: 'auth', change: ROOT_USER });
  apply(other, { type: 'auth', change: { ...ROOT_USER, passwordHash: hashOf(2) } });
  apply(third, { type: 'auth', change: ROOT_USER });
  expect(one.digest()).toMatch(/^[0-9a-f]{16}-\d+-[0-9a-f]{16}$/);
  expect(one.digest()).not.toBe(other.digest());
  expect(one.digest()).toBe(third.digest());
});

it('a program without users and roles meets the row that says so before theirs', () => {
  const machine = machineOf(2);
  apply(machine, { type: 'auth', change: ROOT_USER });
  const ofMeta = machine.takeRows().filter(({ table }) => table === 'meta');
  const sorted = [...ofMeta].sort((a, b) => (a.key < b.key ? -1 : 1));
  expect(sorted.map(({ key }) => key)).toEqual(['', 's', 'uroot']);
  expect(() => loadedFrom(sorted, 1)).toThrow(FeatureLevelError);
});

it('the size of the state is that of users and roles too', () => {
  const machine = machineOf(2);
  const before = machine.bytes;
  apply(machine, { type: 'auth', change: ROOT_USER });
  expect(machine.bytes).toBeGreaterThan(before + 60);
  expect(machine.bytes).toBe(loadedFrom(machine.takeRows()).bytes);
});

it('a machine does what the state by itself would, restarted whenever', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: change },
    fc.constant('write' as const),
    fc.constant('restart' as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let machine = machineOf(2);
      const stored = new Map<string, Row>();
      const model = new AuthState();
      let index = machine.keySpace.index;
      for (const asked of steps) {
        if (asked === 'restart') {
          for (const row of machine.takeRows()) stored.set(`${row.table} ${row.key}`, row);
          machine = loadedFrom([...stored.values()]);
        } else if (asked === 'write') {
          apply(machine, set('/a'));
          index++;
        } else {
          const expected = model.apply(asked, () => ++index);
          expect(apply(machine, { type: 'auth', change: asked }).results).toEqual([expected]);
        }
        expect(machine.keySpace.index).toBe(index);
        expect(machine.auth.settings).toEqual(model.settings);
      }
      expect(machine.auth.users).toEqual(model.users);
      expect(machine.auth.roles).toEqual(model.roles);
    }),
  );
});
