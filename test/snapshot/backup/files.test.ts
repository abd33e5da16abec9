/** Files that go while the directory of a backup is read, as the oldest do where `follow` takes a snapshot. */
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { withPast } from '../../../src/snapshot/backup/openPast';
import { resume } from '../../../src/snapshot/backup/resume';
import { survey } from '../../../src/snapshot/backup/survey';
import type { Target } from '../../../src/snapshot/backup/target';
import { set } from '../support/states';
import { backupDirectory, LoggedCluster, logOf, NOW_MS, putFull, putLog } from './support';

const directory = backupDirectory();
const [FULL, LOG] = ['full-0000000000000010.snap', 'log-0000000000000010-00000000.log'];

/** Snapshots up to the entries 10 and 13, each with a log of three entries behind it: X-Etcd-Index 3 to 9. */
beforeEach(() => {
  const cluster = new LoggedCluster();
  for (let round = 0; round < 2; round += 1) {
    const { index, term } = cluster;
    putFull(directory.path(), index, cluster.full(NOW_MS + 100_000 * round));
    for (let at = 0; at < 3; at += 1) cluster.carryOut([set(`/k${at}`, `${round}`)]);
    putLog(directory.path(), index, logOf(cluster.entries.slice(-3), { after: index, term }));
  }
});

/** Removes the files the first time that this one is about to be read; tells how often reading began. */
function removing(at: string, ...names: readonly string[]): { readonly times: () => number; tell(name: string): void } {
  let times = 0;
  return {
    times: () => times,
    tell: (name) => {
      if (name !== at) return;
      times += 1;
      for (const each of names) rmSync(join(directory.path(), each), { force: true });
    },
  };
}

test.each([
  ['status', false, FULL, [FULL, LOG]],
  ['status', false, LOG, [LOG]],
  ['verify', true, FULL, [FULL, LOG]],
] as const)('%s reads what is left (replays: %p, from %s on)', async (_, replays, at, names) => {
  const { tell } = removing(at, ...names);
  const { fulls, logs, ranges, damage } = await survey(directory.path(), replays, tell);
  expect(damage).toEqual([]);
  const isLogAlone = !(names as readonly string[]).includes(FULL);
  expect([fulls.length, logs.length, ranges.map(({ lastEntry }) => lastEntry)]).toEqual(
    isLogAlone ? [2, 1, [10, 16]] : [1, 1, [16]],
  );
});

test('a snapshot that goes between being read and being replayed is left out too', async () => {
  // It is told once when it is read, and is gone when the replay opens it again.
  const { tell } = removing('log-0000000000000013-00000000.log', FULL, LOG);
  const { fulls, ranges } = await survey(directory.path(), true, tell);
  expect([fulls.length, ranges.map(({ lastEntry }) => lastEntry)]).toEqual([1, [16]]);
});

test('a restore looks again, and says of what has gone that it is there no more', async () => {
  const opened = (target: Target, at: string, ...names: readonly string[]): Promise<unknown> =>
    withPast(directory.path(), target, ({ etcdIndex }) => Promise.resolve(etcdIndex), removing(at, ...names).tell);
  await expect(opened({ kind: 'index', index: 5 }, FULL, FULL, LOG)).rejects.toThrow(
    'index 5 is before all that can be restored: full-0000000000000013.snap is of index 6',
  );
  expect(await opened({ kind: 'newest' }, 'full-0000000000000013.snap', FULL, LOG)).toBe(9);
});

test('where files go each time it says so, and what to do', async () => {
  const error = await survey(directory.path(), false, (name) => {
    // Somebody puts back what somebody else removes.
    const logs = [10, 13].map((after) => `log-00000000000000${after}-00000000.log`);
    if (!logs.includes(name)) return;
    rmSync(join(directory.path(), name));
    putLog(directory.path(), name === logs[0] ? 13 : 10, logOf([], { after: name === logs[0] ? 13 : 10, term: 2 }));
  }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    name: 'BackupError',
    message: expect.stringMatching(
      /changed each of the 3 times that it was read.*log-.* was removed.*try again/,
    ) as string,
  });
});

test('a link that leads to nothing is damage, and no file that has gone', async () => {
  symlinkSync('nowhere', join(directory.path(), 'full-0000000000000020.snap'));
  symlinkSync('nowhere', join(directory.path(), 'log-0000000000000020-00000000.log'));
  const { damage, fulls } = await survey(directory.path(), false);
  expect(fulls).toHaveLength(2);
  expect(damage).toEqual([
    expect.stringContaining('full-0000000000000020.snap: byte 0: cannot be read: ENOENT'),
    expect.stringContaining('log-0000000000000020-00000000.log: byte 0: cannot be read: ENOENT'),
  ]);
  expect((await resume(directory.path())).unreadable).toEqual(new Set(['full-0000000000000020.snap']));
});
