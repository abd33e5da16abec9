import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { prune } from '../../../src/snapshot/backup/prune';
import { set } from '../support/states';
import { backupDirectory, LoggedCluster, logOf, NOW_MS, putFull, putLog } from './support';

const directory = backupDirectory();
const LATER_MS = Date.now() + 3_600_000;

/** Snapshots at 10, 13 and 16, and a log between each two and behind the last. */
function three(): void {
  const cluster = new LoggedCluster();
  for (let round = 0; round < 3; round += 1) {
    const { index, term } = cluster;
    putFull(directory.path(), index, cluster.full(NOW_MS + round));
    for (let at = 0; at < 3; at += 1) cluster.carryOut([set(`/k${at}`, `${round}`)]);
    putLog(directory.path(), index, logOf(cluster.entries.slice(-3), { after: index, term }));
  }
}

function left(): string[] {
  return readdirSync(directory.path()).map((name) => name.replace(/-0{8}\./, '.').replace(/-0+/, '-'));
}

test('the oldest snapshots go, with the logs that only lead to those that stay', async () => {
  three();
  const { removed, failed } = await prune(directory.path(), 2, new Set(), LATER_MS);
  expect(removed).toEqual(['full-0000000000000010.snap', 'log-0000000000000010-00000000.log']);
  expect(failed).toEqual([]);
  expect(left()).toEqual(['full-13.snap', 'full-16.snap', 'log-13.log', 'log-16.log']);
  await prune(directory.path(), 1, new Set(), LATER_MS);
  expect(left()).toEqual(['full-16.snap', 'log-16.log']);
  expect((await prune(directory.path(), 1, new Set(), LATER_MS)).removed).toEqual([]);
});

test('a log that leads beyond the oldest snapshot stays, and so does one that may be written to', async () => {
  const cluster = new LoggedCluster();
  putFull(directory.path(), 10, cluster.full(NOW_MS));
  for (let at = 0; at < 3; at += 1) cluster.carryOut([set(`/k${at}`, 'v')]);
  putFull(directory.path(), 13, cluster.full(NOW_MS));
  cluster.carryOut([set('/k', 'v')]);
  putLog(directory.path(), 10, logOf(cluster.entries, { after: 10, term: 2 }));
  putLog(directory.path(), 10, logOf(cluster.entries.slice(0, 2), { after: 10, term: 2 }), '00000001');
  expect((await prune(directory.path(), 1)).removed).toEqual(['full-0000000000000010.snap']);
  expect((await prune(directory.path(), 1, new Set(), LATER_MS)).removed).toEqual([
    'log-0000000000000010-00000001.log',
  ]);
});

test('one that is not whole is none of those to keep, nor does it take the place of one', async () => {
  three();
  const damaged = new Set(['full-0000000000000013.snap']);
  expect((await prune(directory.path(), 2, damaged, LATER_MS)).removed).toEqual([]);
  expect(left()).toHaveLength(6);
  expect((await prune(directory.path(), 1, damaged, LATER_MS)).removed).toContain('full-0000000000000013.snap');
  expect(left()).toContain('full-16.snap');
});

test('nothing goes while there are no more than are to be kept', async () => {
  three();
  expect((await prune(directory.path(), 3, new Set(), LATER_MS)).removed).toEqual([]);
  expect(left()).toHaveLength(6);
});

test('what cannot be read or removed stays and is named, and the others go', async () => {
  three();
  const [full, log] = ['full-0000000000000005.snap', 'log-0000000000000010-00000001.log'];
  for (const name of [full, log]) mkdirSync(join(directory.path(), name));
  expect(await prune(directory.path(), 1, new Set(), LATER_MS)).toMatchObject({
    failed: [
      { file: full, reason: expect.stringMatching(/EISDIR|EPERM/) as string },
      { file: log, reason: expect.stringContaining('it is a directory, expected a file') as string },
    ],
  });
  expect(left().sort()).toEqual(['full-16.snap', 'full-5.snap', 'log-10-00000001.log', 'log-16.log']);
});
