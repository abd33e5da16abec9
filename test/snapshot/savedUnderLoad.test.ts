/** Snapshots that are taken while a member is written to, compared with what its history says was there at their index. */
import fc from 'fast-check';
import type { KeyCommand } from '../../src/machine/command';
import type { Machine } from '../../src/machine/machine';
import type { LocalMember } from '../../src/member/localMember';
import { LoadedState } from '../../src/snapshot/loadedState';
import { SnapshotContents } from '../../src/snapshot/contents';
import { memberOfOne } from '../member/memberOfOne';
import { machineAfter, set } from './support/states';

const name = fc.constantFrom('a', 'b', 'c', 'd');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`);
const command: fc.Arbitrary<KeyCommand> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(path, fc.nat()).map(([key, value]) => set(key, String(value))) },
  {
    weight: 1,
    arbitrary: path.map((key) => ({ type: 'delete', path: key, recursive: true, dir: true, nowMs: 1 }) as never),
  },
);

/** Every key that clients see, and what of it. */
function keysOf({ keySpace }: Machine): unknown[] {
  return [...keySpace.tree.everyNode()]
    .filter((node) => node.path !== '/' && !node.path.startsWith('/_etcd'))
    .map((node) => `${node.path} ${node.dir ? 'dir' : `${node.value} ${node.modifiedIndex}`} ${node.createdIndex}`)
    .sort();
}

async function snapshotOf(member: LocalMember): Promise<Machine> {
  const { chunks } = await member.snapshot({ quorum: true });
  const state = new LoadedState();
  const contents = new SnapshotContents((rows) => {
    state.add(rows);
  });
  for await (const chunk of chunks) {
    contents.add(chunk, 0);
    // Writers go on while it is read.
    await new Promise(setImmediate);
  }
  state.finish();
  return state.machine;
}

/** The keys after the changes up to `index`, made again one by one. */
function replayed(
  done: readonly { readonly command: KeyCommand; readonly index: number }[],
  begin: number,
  index: number,
): Machine {
  const machine = machineAfter([]);
  machine.keySpace.restoreIndex(begin);
  for (const { command } of done.filter((each) => each.index <= index).sort((a, b) => a.index - b.index)) {
    machine.keySpace.apply(command);
  }
  return machine;
}

test('each is the state after the changes up to its index, with all that was acknowledged before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 30, maxLength: 120 }), async (commands) => {
      const { member, crash } = await memberOfOne();
      member.start();
      await member.published();
      const begin = member.indexes().etcdIndex;
      const done: { readonly command: KeyCommand; readonly index: number }[] = [];
      const found: { readonly machine: Machine; readonly least: number }[] = [];
      const snapshots: Promise<void>[] = [];
      const writes: Promise<void>[] = [];
      for (const [at, each] of commands.entries()) {
        writes.push(
          member.propose(each).then((result) => {
            if (result.ok) done.push({ command: each, index: result.etcdIndex });
          }),
        );
        if (at % 7 === 6) {
          await writes.at(-1);
          const least = Math.max(begin, ...done.map(({ index }) => index));
          snapshots.push(snapshotOf(member).then((machine) => void found.push({ machine, least })));
        }
      }
      await Promise.all([...writes, ...snapshots]);
      expect(found.length).toBeGreaterThan(3);
      for (const { machine, least } of found) {
        const { index } = machine.keySpace;
        expect(index).toBeGreaterThanOrEqual(least);
        expect(keysOf(machine)).toEqual(keysOf(replayed(done, begin, index)));
      }
      await crash();
    }),
    { numRuns: 15 },
  );
});
