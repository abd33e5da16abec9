/** What the history says to be unchanged is: listings are kept for as long as it does. */
import fc from 'fast-check';
import { applyClusterChange } from '../../../src/machine/cluster/clusterChanges';
import type { Command } from '../../../src/machine/command';
import { encodeBatch } from '../../../src/machine/commandCodec';
import { Machine } from '../../../src/machine/machine';
import { KeySpace } from '../../../src/machine/keyspace/keySpace';
import { create, expire, NOW_MS, remove, removeIf, set, swap, update } from './writer';

const HISTORY = 20;
const NAMES = ['a', 'b', '_h', 'ab'];

const names = fc.constantFrom(...NAMES);
const paths = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
type Step = (keySpace: KeySpace) => void;
const commands = fc.oneof(
  fc.record({ path: paths, value: fc.string({ maxLength: 2 }) }).map(({ path, value }) => set(path, { value })),
  paths.map((path) => set(path, { dir: true })),
  paths.map((path) => set(path, { value: 'x', expirationMs: NOW_MS + 5000 })),
  paths.map((path) => set(path, { dir: true, expirationMs: NOW_MS + 5000 })),
  paths.map((path) => create(path, { inOrder: true })),
  paths.map((path) => update(path, { value: 'u' })),
  paths.map((path) => update(path, { refresh: true, expirationMs: NOW_MS + 9000 })),
  paths.map((path) => swap(path, { prevValue: 'u', value: 's' })),
  paths.map((path) => removeIf(path, { prevValue: 's' })),
  paths.map((path) => remove(path, { dir: true, recursive: true })),
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 20,
    arbitrary: commands.map(
      (command): Step =>
        (keySpace) =>
          void keySpace.apply(command),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((keySpace) => expire(keySpace, NOW_MS + 6000)) },
  { weight: 1, arbitrary: fc.constant<Step>((keySpace) => keySpace.skipIndex()) },
);

/** Everything that a client could see there. */
function seen(keySpace: KeySpace, path: string, recursive: boolean): string {
  const result = keySpace.get(path, recursive, false, NOW_MS);
  return result.ok ? JSON.stringify(result.node) : 'nothing';
}

const WATCHED = ['/', '/a', '/_h', '/a/b', '/a/_h', '/ab', '/b/a/ab'];

test('what is unchanged since an index shows what it showed then, and other directories do not count', () => {
  let unchanged = 0;
  fc.assert(
    fc.property(fc.array(steps, { minLength: 1, maxLength: 60 }), (all) => {
      const keySpace = new KeySpace(HISTORY);
      const before: { readonly index: number; readonly shown: string[] }[] = [];
      for (const step of all) {
        const shown = WATCHED.flatMap((path) => [seen(keySpace, path, true), seen(keySpace, path, false)]);
        before.push({ index: keySpace.index, shown });
        step(keySpace);
        for (const { index, shown: then } of before) {
          for (const [at, path] of WATCHED.entries()) {
            if (!keySpace.isUnchanged(path, index)) continue;
            if (index < keySpace.index) unchanged += 1;
            expect([path, seen(keySpace, path, true)]).toEqual([path, then[2 * at]]);
            expect([path, seen(keySpace, path, false)]).toEqual([path, then[2 * at + 1]]);
          }
        }
      }
    }),
    { numRuns: 150 },
  );
  expect(unchanged).toBeGreaterThan(10_000);
});

test('nothing is said of what is further back than the history, or ahead of it', () => {
  const keySpace = new KeySpace(HISTORY);
  keySpace.apply(set('/a/b'));
  const { index } = keySpace;
  for (let each = 0; each < HISTORY; each += 1) keySpace.apply(set('/other'));
  expect(keySpace.isUnchanged('/a', index)).toBe(true);
  expect(keySpace.isUnchanged('/', index)).toBe(false);
  keySpace.apply(set('/other'));
  expect(keySpace.isUnchanged('/a', index)).toBe(false);
  expect(keySpace.isUnchanged('/a', keySpace.index)).toBe(true);
  expect(keySpace.isUnchanged('/a', keySpace.index + 1)).toBe(false);
});

test('a directory that is removed or expires is a change of all that was below it', () => {
  const keySpace = new KeySpace(HISTORY);
  for (const change of ['removed', 'expired']) {
    keySpace.apply(set('/a', { dir: true, expirationMs: NOW_MS + 5000 }));
    keySpace.apply(set('/a/b/c', { value: 'x' }));
    const { index } = keySpace;
    expect(keySpace.isUnchanged('/a/b', index)).toBe(true);
    if (change === 'removed') keySpace.apply(remove('/a', { recursive: true }));
    else expire(keySpace, NOW_MS + 6000);
    expect([change, keySpace.isUnchanged('/a/b', index), keySpace.isUnchanged('/ab', index)]).toEqual([
      change,
      false,
      true,
    ]);
  }
});

describe('what the cluster itself changes, at indexes that have no event,', () => {
  const apply = (machine: Machine, command: Command): void => {
    const origin = 'memberId' in command ? command.memberId : 'a1';
    machine.apply(encodeBatch({ origin, run: 1, sequence: 1, commands: [command] }));
  };
  const name = (memberId: string, called: string): Command => ({
    ...{ type: 'publish', memberId, name: called, clientURLs: [`http://${called}:2379`], version: '2.3.8', level: 3 },
  });
  const CHANGES: Readonly<Record<string, (machine: Machine) => void>> = {
    'a name': (machine) => apply(machine, name('a1', 'other')),
    'a URL': (machine) => apply(machine, { type: 'updateMember', memberId: 'a1', peerURLs: ['http://h3:2380'] }),
    'a removal': (machine) => applyClusterChange(machine, { type: 'removeMember', id: 'b2' }),
    settings: (machine) => apply(machine, { type: 'settings', onlyIfUnset: false, change: { activeSize: 5 } }),
  };

  test.each(Object.entries(CHANGES))('%s, is a change of its keys, and of no others', (_, change) => {
    const machine = new Machine(100);
    machine.bootstrap(['a1', 'b2'].map((id) => ({ id, peerURLs: [`http://${id}:2380`] })));
    for (const id of ['a1', 'b2']) apply(machine, name(id, `name-${id}`));
    for (const path of ['/_etcd/registry/x', '/_etcdlike', '/a/b']) apply(machine, set(path));
    const { keySpace } = machine;
    const { index } = keySpace;
    const before = seen(keySpace, '/_etcd', true);
    change(machine);
    expect(keySpace.index).toBeGreaterThan(index);
    expect(seen(keySpace, '/_etcd', true)).not.toBe(before);
    const ours = ['/', '/_etcd', '/_etcd/machines', '/_etcd/machines/name-b2', '/_etcd/config'];
    expect(ours.filter((path) => keySpace.isUnchanged(path, index))).toEqual([]);
    const others = ['/_etcd/registry', '/_etcdlike', '/a'];
    expect(others.filter((path) => !keySpace.isUnchanged(path, index))).toEqual([]);
  });
});
