import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureDiskUsage } from '../../src/platform/diskUsage';
import { openDataDirectory } from '../../src/storage/dataDirectory';
import { readEngineStatistics } from '../../src/storage/engineStatistics';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';

const HARD_STATE = { term: 1, votedFor: undefined, commit: 0 };

let path: string;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'observer-test-'));
});

afterEach(() => {
  rmSync(path, { recursive: true, force: true });
});

test('every batch is told once, with what it has', async () => {
  const seen: unknown[] = [];
  let nowMs = 0;
  const store = await MemberStore.open(new MemoryDisk().open(), {
    nowMs: () => (nowMs += 7),
    batchWritten: (elapsedMs, synced, withRows) => seen.push([elapsedMs, synced, withRows]),
    stateAdopted: (elapsedMs) => seen.push(elapsedMs),
  });
  await store.initialise({
    identity: { memberId: 'a', clusterId: 'b' },
    configuration: { voters: ['a'], learners: [] },
  });
  await store.write({ hardState: HARD_STATE });
  await store.write({ rows: [], applied: 0 });
  await store.write({});
  expect(seen).toEqual([
    [7, true, false],
    [7, false, true],
  ]);
});

test('the engine says how large it is, until it is closed', async () => {
  const directory = await openDataDirectory({ path: join(path, 'data') });
  await directory.kv.batch([{ type: 'put', key: Buffer.from('k'), value: Buffer.alloc(100_000) }], { sync: true });
  expect(directory.kv.statistics()?.memtableBytes).toBeGreaterThan(100_000);
  expect(directory.kv.statistics()?.writesStopped).toBe(false);
  const { usedBytes } = await measureDiskUsage(join(path, 'data'));
  expect(usedBytes).toBeGreaterThan(100_000);
  await directory.close();
  expect(directory.kv.statistics()).toBeUndefined();
});

test('what the engine does not know is 0', () => {
  expect(readEngineStatistics(() => NaN)).toMatchObject({ tableBytes: 0, writesStopped: false });
  expect(readEngineStatistics((name) => name.length).memtableBytes).toBe('size-all-mem-tables'.length);
});

test('files are added up at every depth, directories are not', async () => {
  mkdirSync(join(path, 'a', 'b'), { recursive: true });
  writeFileSync(join(path, 'one'), 'x'.repeat(10));
  writeFileSync(join(path, 'a', 'b', 'two'), 'x'.repeat(5));
  const { usedBytes, freeBytes } = await measureDiskUsage(path);
  expect(usedBytes).toBe(15);
  expect(freeBytes).toBeGreaterThan(0);
  await expect(measureDiskUsage(join(path, 'nothing'))).rejects.toThrow('ENOENT');
});
