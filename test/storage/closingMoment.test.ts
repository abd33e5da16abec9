/** When a database that has failed is closed: told in the wrong moment the engine never comes back from it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closingMoment, mayClose, type FlushReadings } from '../../src/storage/closingMoment';
import type { StorageError } from '../../src/storage/errors';
import type { NativeDatabase } from '../../src/storage/rocksNative';
import { openRocks } from '../../src/storage/rocks';
import { until } from '../cluster/waiting';
import { mount, unmount, whyNotMounted } from '../processes/mounts';
import { listed, put } from './support/kvSuite';

const QUIET: FlushReadings = { failures: 0, running: 0, isPending: false };

test.each<[string, FlushReadings, number, boolean]>([
  ['nothing failed and nothing is under way', QUIET, 0, true],
  ['a flush is under way, which may fail yet', { ...QUIET, running: 1 }, 0, false],
  ['a flush is about to begin', { ...QUIET, isPending: true }, 0, false],
  ['a flush failed, and is tried again now', { ...QUIET, failures: 1, running: 1 }, 0, true],
  ['a flush failed, and will be tried again', { ...QUIET, failures: 1, isPending: true }, 0, false],
  ['a flush failed long ago: nobody tries again', { ...QUIET, failures: 1 }, 1500, true],
  ['a flush that does not end', { ...QUIET, running: 1 }, 1500, true],
])('%s', (_, readings, waitedMs, expected) => {
  expect(mayClose(readings, waitedMs)).toBe(expected);
});

test('waits for the next try, and not for longer than it takes to know that there is none', async () => {
  const readings = [
    { ...QUIET, failures: 1 },
    { ...QUIET, failures: 1, isPending: true },
  ];
  let asked = 0;
  const next = { ...QUIET, failures: 1, running: 1 };
  await closingMoment(
    () => readings[asked++] ?? next,
    () => 0,
  );
  expect(asked).toBe(3);
  let nowMs = 0;
  await closingMoment(
    () => ({ ...QUIET, failures: 1 }),
    () => (nowMs += 100),
  );
  expect(nowMs).toBeGreaterThanOrEqual(1500);
});

test('a database that has not failed is closed only once no flush is under way', async () => {
  const path = mkdtempSync(join(tmpdir(), 'cairn-closing-'));
  const running = [1, 1, 0];
  /** How many of the readings nobody had seen when it was closed. */
  const unseen: number[] = [];
  const engine: Partial<NativeDatabase> = {
    open: (_, done) => {
      done(undefined);
    },
    getProperty: (name) => (name === 'rocksdb.num-running-flushes' ? String(running.shift() ?? 0) : '0'),
    close: (done) => {
      unseen.push(running.length);
      done(undefined);
    },
  };
  const kv = await openRocks({ path, createIfMissing: true, engine: () => engine as NativeDatabase });
  await kv.close();
  expect(unseen).toEqual([0]);
  rmSync(path, { recursive: true });
});

const reason = whyNotMounted();
if (reason === undefined) describe('a full disk', suite);
else describe.skip(`a full disk (skipped: ${reason})`, suite);

function suite(): void {
  let disk: string;

  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), 'cairn-closing-'));
  });

  afterEach(() => {
    unmount(disk);
    rmSync(disk, { recursive: true, force: true });
  });

  test('a flush that fails is heard of without a write, and the database is closed in time', async () => {
    expect(mount('-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', disk)).toBeUndefined();
    const failures: StorageError[] = [];
    const kv = await openRocks({ path: disk, createIfMissing: true, onFailure: (error) => failures.push(error) });
    const value = Buffer.alloc(100_000, 'x');
    // Up to somewhat less than what is flushed at once, and then one at a time.
    let acknowledged = 0;
    for (; acknowledged < 150; acknowledged += 1) await kv.batch([put(`k${acknowledged}`, value)], { sync: true });
    let isFlushing = false;
    for (; !isFlushing; acknowledged += 1) {
      await kv.batch([put(`k${acknowledged}`, value)], { sync: true });
      isFlushing = (kv.statistics()?.runningFlushes ?? 0) > 0;
    }
    await until('it is heard of', 5000, () => Promise.resolve(failures[0]));
    expect(failures).toMatchObject([{ kind: 'full' }]);
    await kv.close();
    expect(mount('-o', 'remount,size=100m', disk)).toBeUndefined();
    const again = await openRocks({ path: disk, createIfMissing: false });
    expect(await listed(again)).toHaveLength(acknowledged);
    await again.close();
  }, 30_000);
}
