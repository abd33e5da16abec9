/** The directory of a backup: what is said of it, and what is restored from it. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { snapshot } from '../../../src/ctl/snapshot/snapshot';
import { restoreMember } from '../../../src/member/bootstrap';
import type { Machine } from '../../../src/machine/machine';
import { resume } from '../../../src/snapshot/backup/resume';
import { openDataDirectory } from '../../../src/storage/dataDirectory';
import { MemberStore } from '../../../src/storage/memberStore';
import { backupDirectory, LoggedCluster, logOf, NOW_MS, putFull, putLog } from '../../snapshot/backup/support';
import { set } from '../../snapshot/support/states';
import { captureOutput } from '../output';

const output = captureOutput();
const directory = backupDirectory();
const HEAD = { after: 10, term: 2 };

let cluster: LoggedCluster;
let log: string;
/** A snapshot at index 3, and a log up to index 13, a change a second, one with a TTL of ten minutes among them. */
beforeEach(() => {
  cluster = new LoggedCluster();
  putFull(directory.path(), 10, cluster.full(NOW_MS));
  for (let at = 1; at <= 10; at += 1) {
    const dateMs = NOW_MS + 1000 * at;
    const ttl = at === 4 ? dateMs + 600_000 : undefined;
    cluster.carryOut([{ ...set(at % 2 === 0 ? `/_hidden/k${at}` : `/k${at}`, `v${at}`, ttl), nowMs: dateMs }]);
  }
  const mark = { etcdIndex: 13, dateMs: NOW_MS + 60_000 };
  log = putLog(directory.path(), 10, logOf(cluster.entries, HEAD, new Map([[20, mark]])));
});

function run(...args: readonly string[]): Promise<number> {
  return snapshot(args, {});
}

async function restored(...args: readonly string[]): Promise<Machine> {
  const dataDir = join(directory.path(), 'data');
  rmSync(dataDir, { recursive: true, force: true });
  const outcome = await run('restore', directory.path(), `--data-dir=${dataDir}`, ...args);
  if (outcome !== 0) throw new Error(output.text());
  const data = await openDataDirectory({ path: dataDir });
  try {
    return (await restoreMember(await MemberStore.open(data.kv), 1000))!.machine;
  } finally {
    await data.close();
  }
}

function keysOf(machine: Machine): string[] {
  const paths = [...machine.keySpace.tree.everyNode()].filter(({ dir }) => !dir).map(({ path }) => path);
  return paths.filter((path) => !path.startsWith('/_etcd/')).sort();
}

test('status and verify say what can be restored, for people and for programs', async () => {
  for (const action of ['status', 'verify']) {
    const before = output.text().length;
    expect(await run(action, directory.path())).toBe(0);
    const said = output.text().slice(before);
    expect(said).toContain('full     full-0000000000000010.snap: index 3, 2026-03-04T05:06:07.000Z');
    expect(said).toContain(`log      ${log}: entries 11 to 20`);
    expect(said).toContain(
      'range    index 3 to 13, 2026-03-04T05:06:07.000Z to 2026-03-04T05:07:07.000Z\nok       every byte',
    );
  }
  const before = output.text().length;
  expect(await run('verify', directory.path(), '--output=json')).toBe(0);
  expect(JSON.parse(output.text().slice(before))).toMatchObject({
    fulls: [{ etcdIndex: 3, entry: 10 }],
    logs: [{ file: log, after: 10, last: 20 }],
    ranges: [{ from: { index: 3 }, to: { index: 13, isExact: true, entry: 20, date: '2026-03-04T05:07:07.000Z' } }],
    ...{ damage: [], notes: [] },
  });
});

test('a state without a mark is only known to be at least so far, and verify finds out', async () => {
  putLog(directory.path(), 10, logOf(cluster.entries, HEAD));
  expect(await run('status', directory.path())).toBe(0);
  expect(output.text()).toContain('range    index 3 to 3 or more,');
  expect(await run('verify', directory.path())).toBe(0);
  expect(output.text()).toContain('range    index 3 to 13, 2026-03-04T05:06:07.000Z to 2026-03-04T05:06:17.000Z');
});

test.each(['status', 'verify'])('%s counts what a later run says, in which nothing was written', async (action) => {
  putLog(directory.path(), 10, logOf(cluster.entries, HEAD));
  const mark = { etcdIndex: 13, dateMs: NOW_MS + 120_000 };
  putLog(directory.path(), 20, logOf([], { after: 20, term: 2 }, new Map([[20, mark]])));
  expect(await run(action, directory.path())).toBe(0);
  expect(output.text()).toContain('range    index 3 to 13, 2026-03-04T05:06:07.000Z to 2026-03-04T05:08:07.000Z\n');
});

test('a torn end is told, and whole; what is damaged is named, with what can be restored all the same', async () => {
  const path = join(directory.path(), log);
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, -3));
  expect(await run('verify', directory.path())).toBe(0);
  expect(output.text()).toContain(`note     ${log} ends in the middle of a record`);
  const flipped = Buffer.from(whole);
  flipped[whole.length >> 1]! ^= 1;
  writeFileSync(path, flipped);
  putFull(directory.path(), 20, cluster.full(NOW_MS + 70_000));
  for (const action of ['status', 'verify']) {
    const before = output.text().length;
    expect(await run(action, directory.path())).toBe(1);
    expect(output.text().slice(before)).toMatch(new RegExp(`damaged  ${log}: byte \\d+: .*\n`));
    expect(output.text().slice(before)).toMatch(/^range {4}index 13 to 13, /m);
  }
});

/** Reading the beginning of the memory of a process fails with EIO. */
const FAILING_READ = '/proc/self/mem';

test.each([
  [
    'a directory',
    (path: string): unknown => mkdirSync(path),
    'byte 0: cannot be read: it is a directory, expected a file',
  ],
  ['a failing disk', (path: string): unknown => symlinkSync(FAILING_READ, path), 'byte 0: cannot be read: EIO'],
])('a file that cannot be read is named, and the rest is restored: %s', async (_, put, why) => {
  const [full, later] = ['full-0000000000000020.snap', 'log-0000000000000020-00000000.log'];
  put(join(directory.path(), full));
  put(join(directory.path(), later));
  for (const action of ['status', 'verify']) {
    const before = output.text().length;
    expect(await run(action, directory.path())).toBe(1);
    expect(output.text().slice(before)).toContain(`damaged  ${full}: ${why}`);
    expect(output.text().slice(before)).toContain(`damaged  ${later}: ${why}`);
    expect(output.text().slice(before)).toMatch(/^range {4}index 3 to 13, /m);
  }
  await expect(restored()).rejects.toThrow(`${later} is damaged: ${why}`);
  expect(keysOf(await restored('--at-index=13'))).toHaveLength(10);
  expect(output.text()).toContain(`note     ${full} is not whole and was passed over: ${why}`);
  expect((await resume(directory.path())).notes).toContainEqual(
    expect.stringContaining(`${full} is not whole: ${why}`),
  );
});

test('a file that is not there says so, and one that cannot be read is named', async () => {
  const file = join(directory.path(), 'alone.snap');
  const restoring = ['restore', file, `--data-dir=${join(directory.path(), 'data')}`] as const;
  expect(await run(...restoring)).toBe(1);
  expect(output.text()).toContain(`${file} cannot be read: it is not there`);
  symlinkSync(FAILING_READ, file);
  expect(await run(...restoring)).toBe(1);
  expect(output.text()).toContain(`${file} is not whole: byte 0: cannot be read: EIO`);
});

test('restored is the newest state, or that of an index or a time, hidden keys and all', async () => {
  expect(keysOf(await restored())).toHaveLength(10);
  expect(output.text()).toContain(
    'state    of index 13, 2026-03-04T05:07:07.000Z; made from full-0000000000000010.snap',
  );
  expect(keysOf(await restored('--at-index=7'))).toEqual(['/_hidden/k2', '/_hidden/k4', '/k1', '/k3']);
  expect(keysOf(await restored('--at-time=2026-03-04T05:06:09.500Z'))).toEqual(['/_hidden/k2', '/k1']);
  expect(keysOf(await restored('--at-index=3'))).toEqual([]);
});

test('TTLs keep their date, or what was left at the state', async () => {
  const endOf = (machine: Machine): unknown => machine.keySpace.tree.find('/_hidden/k4')?.expiry?.expirationMs;
  expect(endOf(await restored())).toBe(NOW_MS + 604_000);
  const now = '2026-03-05T05:06:07Z';
  const left = await restored('--at-time=2026-03-04T05:06:17Z', '--ttl=keep-left', `--now=${now}`);
  expect(endOf(left)).toBe(Date.parse(now) + 594_000);
});

test('members of one new cluster come from one directory', async () => {
  const members = 'a=http://127.0.0.1:7001,b=http://127.0.0.1:7002';
  const said = async (name: string, ...more: readonly string[]): Promise<{ clusterId: string; restored: unknown }> => {
    const before = output.text().length;
    const dataDir = `--data-dir=${join(directory.path(), name)}`;
    const args = [
      directory.path(),
      dataDir,
      `--name=${name}`,
      `--initial-cluster=${members}`,
      '--output=json',
      ...more,
    ];
    expect(await run('restore', ...args)).toBe(0);
    return JSON.parse(output.text().slice(before));
  };
  const first = await said('a', '--at-index=9');
  putFull(directory.path(), 15, Buffer.from('a later one that is not looked at'));
  putLog(directory.path(), 20, logOf([], { after: 20, term: 2 }));
  const second = await said('b', '--at-index=9');
  expect(second.clusterId).toBe(first.clusterId);
  expect(second.restored).toMatchObject({
    index: 9,
    full: 'full-0000000000000010.snap',
    notes: [expect.stringContaining('passed over')],
  });
});

test.each([
  [['--at-index=99'], 1, 'index 99 is not in the backup'],
  [['--at-time=2027-01-01T00:00:00Z'], 1, 'nothing is known of 2027-01-01T00:00:00.000Z'],
  [['--at-index=x'], 2, '--at-index "x": give a whole number'],
  [['--at-time=yesterday'], 2, '--at-time "yesterday": give a date like'],
  [['--at-index=5', '--at-time=2026-03-04T05:06:17Z'], 2, 'give one of them'],
])('%p is refused, and nothing is made', async (args, code, words) => {
  const dataDir = join(directory.path(), 'data');
  expect(await run('restore', directory.path(), `--data-dir=${dataDir}`, ...args)).toBe(code);
  expect(output.text()).toContain(words);
  expect(() => readFileSync(join(dataDir, 'FORMAT'))).toThrow('ENOENT');
});

test('a data directory that is taken is said before anything is read', async () => {
  await restored('--at-index=7');
  const dataDir = `--data-dir=${join(directory.path(), 'data')}`;
  const unread = join(directory.path(), 'full-0000000000000010.snap');
  writeFileSync(unread, 'damaged');
  for (const from of [directory.path(), unread]) {
    const before = output.text().length;
    expect(await run('restore', from, dataDir)).toBe(1);
    expect(output.text().slice(before)).toContain('is the data directory of a member already');
  }
});

test('a file is one state, and an empty directory none', async () => {
  const file = join(directory.path(), 'full-0000000000000010.snap');
  expect(await run('restore', file, `--data-dir=${directory.path()}/data`, '--at-index=5')).toBe(2);
  expect(output.text()).toContain('a file is one state');
  rmSync(file);
  expect(await run('status', directory.path())).toBe(1);
  expect(output.text()).toContain('has no full snapshot that is whole');
});
