/** Where a run goes on that finds a snapshot newer than the end of the log, as one leaves it that was killed when both were under way. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resume } from '../../../src/snapshot/backup/resume';
import { HEADER } from '../support/sampleFile';
import { set } from '../support/states';
import { backupDirectory, LoggedCluster, logOf, NOW_MS, putFull, putLog } from './support';

const directory = backupDirectory();
const { clusterId } = HEADER;
const NEWEST = { clusterId, index: 15, term: 2 };

let cluster: LoggedCluster;
/** Snapshots up to the entries 10 and 15, and no log. */
beforeEach(() => {
  cluster = new LoggedCluster();
  putFull(directory.path(), 10, cluster.full(NOW_MS));
  for (let at = 0; at < 5; at += 1) cluster.carryOut([set(`/k${at}`, 'v')]);
  putFull(directory.path(), 15, cluster.full(NOW_MS + 60_000));
});

/** A log after one entry up to another one. */
function log(after: number, last: number, run?: string, of: string = clusterId): string {
  const entries = cluster.entries.filter(({ index }) => index > after && index <= last);
  return putLog(directory.path(), after, logOf(entries, { after, term: 2, clusterId: of }), run);
}

test('it goes on at the end of the log, with the newest snapshot for when nobody has the entries between', async () => {
  log(10, 12);
  log(12, 13);
  expect(await resume(directory.path())).toMatchObject({
    place: { clusterId, index: 13, term: 2 },
    otherwise: NEWEST,
    fullTakenAtMs: NOW_MS + 60_000,
    notes: [expect.stringContaining('ends with entry 13, and the newest snapshot is up to entry 15')],
  });
});

test('without an entry in the log it goes on behind the snapshot before', async () => {
  log(10, 10);
  expect(await resume(directory.path())).toMatchObject({ place: { index: 10, term: 2 }, otherwise: NEWEST });
});

test.each([
  ['the log leads up to it', () => void log(10, 15)],
  [
    'there is a hole already, with a log behind it',
    () => {
      log(10, 12);
      cluster.carryOut([set('/x', 'v')]);
      log(15, 16);
    },
  ],
  [
    'the log before it is damaged',
    () => {
      flip(log(10, 13));
      log(15, 15);
    },
  ],
  ['the log before it is of another cluster', () => void log(10, 13, undefined, '1')],
])('it goes on behind the newest snapshot and its log where %s', async (_, put) => {
  put();
  expect(await resume(directory.path())).toMatchObject({
    place: { ...NEWEST, index: cluster.index },
    otherwise: undefined,
    notes: [],
  });
});

function flip(name: string): void {
  const path = join(directory.path(), name);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}
