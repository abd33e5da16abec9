import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { StorageError } from '../../src/storage/errors';
import type { Kv } from '../../src/storage/kv';
import { openRocks } from '../../src/storage/rocks';
import { kvSuite, listed, put } from './support/kvSuite';
import { temporaryDirectory } from './support/temporaryDirectory';
import { countTurns } from '../support/turns';

const home = temporaryDirectory();

kvSuite('RocksDB', () => {
  const path = mkdtempSync(join(home, 'suite-'));
  return Promise.resolve({
    open: (onFailure) => openRocks({ path, createIfMissing: true, ...(onFailure === undefined ? {} : { onFailure }) }),
    dispose: () => {
      rmSync(path, { recursive: true });
      return Promise.resolve();
    },
  });
});

function newPath(): string {
  return mkdtempSync(join(home, 'rocks-'));
}

async function fill(kv: Kv, batches: number): Promise<void> {
  for (let at = 0; at < batches; at += 1) {
    await kv.batch([put(`k${String(at).padStart(5, '0')}`, 'v'.repeat(500))], { sync: at === batches - 1 });
  }
}

/** A database whose rows have all gone from the log into a table. */
async function tableWith(rows: number): Promise<string> {
  const path = newPath();
  const kv = await openRocks({ path, createIfMissing: true });
  await fill(kv, rows);
  await kv.close();
  await (await openRocks({ path, createIfMissing: false })).close();
  return path;
}

describe('openRocks', () => {
  test('a batch of many operations is handed over in slices, and is one all the same', async () => {
    const path = newPath();
    const kv = await openRocks({ path, createIfMissing: true });
    const turns = countTurns();
    const keys = Array.from({ length: 20_000 }, (_, at) => `k${String(at).padStart(5, '0')}`);
    await Promise.all([
      kv.batch([put('k00000', 'old'), put('z', 'old')], { sync: false }),
      kv.batch([...keys.map((key) => put(key, 'v')), { type: 'del', key: 'z' }], { sync: true }).then(turns.end),
      kv.batch([put('k00001', 'new')], { sync: true }),
    ]);
    expect(turns.count).toBeGreaterThanOrEqual(10);
    await kv.close();
    // The mark of what is on the disk counts every operation: a wrong one would be found here.
    const again = await openRocks({ path, createIfMissing: false });
    expect(again.warnings).toEqual([]);
    expect(await listed(again)).toEqual(keys.map((key) => `${key}=${key === 'k00001' ? 'new' : 'v'}`));
    await again.close();
  });

  test('a second opening, in this process or another, is refused with kind locked', async () => {
    const path = newPath();
    const kv = await openRocks({ path, createIfMissing: true });
    await expect(openRocks({ path, createIfMissing: true })).rejects.toMatchObject({ kind: 'locked' });
    const other = `require('rocksdb')(${JSON.stringify(path)}).open({}, (error) => console.log(String(error)))`;
    expect(execFileSync(process.execPath, ['-e', other], { encoding: 'utf8' })).toMatch(/lock/i);
    await kv.close();
    await (await openRocks({ path, createIfMissing: false })).close();
  });

  test('a database that must be there and is not', async () => {
    await expect(openRocks({ path: newPath(), createIfMissing: false })).rejects.toMatchObject({
      name: 'StorageError',
      kind: 'corrupt',
    });
  });

  test('a table cut short while it is open: the scan fails, the error latches, close still comes back', async () => {
    const path = await tableWith(2000);
    const failures: StorageError[] = [];
    const kv = await openRocks({ path, createIfMissing: false, onFailure: (error) => failures.push(error) });
    const table = largest(path, '.sst');
    truncateSync(table, statSync(table).size >> 1);
    await expect(listed(kv)).rejects.toMatchObject({ kind: 'corrupt' });
    await expect(kv.batch([put('a', '1')], { sync: true })).rejects.toBe(failures[0]);
    await expect(kv.get(Buffer.from('k1'))).rejects.toBe(failures[0]);
    await expect(listed(kv)).rejects.toBe(failures[0]);
    await kv.close();
    expect(failures.length).toBe(1);
  });

  test('a failed write latches', async () => {
    const path = newPath();
    const failures: StorageError[] = [];
    const kv = await openRocks({ path, createIfMissing: true, onFailure: (error) => failures.push(error) });
    await kv.batch([put('a', '1')], { sync: true });
    // The engine goes to a new log and a new table when its write buffer is full, and then misses its directory.
    rmSync(path, { recursive: true });
    writeFileSync(path, 'not a directory any more');
    const written: Promise<void>[] = [];
    for (let at = 0; at < 40; at += 1)
      written.push(kv.batch([put(`b${at}`, Buffer.alloc(1_000_000, at))], { sync: true }));
    const outcomes = await Promise.allSettled(written);
    expect(outcomes.filter((outcome) => outcome.status === 'rejected').length).toBeGreaterThan(0);
    expect(failures).toMatchObject([{ kind: 'io' }]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBe(failures[0]);
    }
    await expect(kv.batch([put('c', '1')], { sync: false })).rejects.toBe(failures[0]);
    await kv.close();
  });
});

function largest(path: string, extension: string): string {
  const names = readdirSync(path).filter((name) => name.endsWith(extension));
  const sized = names.map((name) => ({ name, size: statSync(join(path, name)).size })).sort((a, b) => b.size - a.size);
  return join(path, sized[0]?.name ?? '');
}

describe('table files', () => {
  test('a flipped bit anywhere that matters is found before the table is read', async () => {
    const path = await tableWith(300);
    const table = largest(path, '.sst');
    const bytes = readFileSync(table);
    const places = [
      ...Array.from({ length: 200 }, (_, at) => Math.floor((at * (bytes.length - 60)) / 200)),
      bytes.length - 1,
      bytes.length - 52,
    ];
    for (const at of places) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(table, damaged);
      await expect(openRocks({ path, createIfMissing: false })).rejects.toMatchObject({ kind: 'corrupt' });
    }
    writeFileSync(table, bytes.subarray(0, bytes.length - 1));
    await expect(openRocks({ path, createIfMissing: false })).rejects.toMatchObject({ kind: 'corrupt' });
    writeFileSync(table, bytes);
    const kv = await openRocks({ path, createIfMissing: false });
    expect((await listed(kv)).length).toBe(300);
    await kv.close();
  });

  test('a half written table that a crash left behind is no damage, a table that is gone is', async () => {
    const path = await tableWith(300);
    writeFileSync(join(path, '000099.sst'), 'half written');
    writeFileSync(join(path, '000001.log'), 'no longer needed, and torn off');
    const kv = await openRocks({ path, createIfMissing: false });
    expect((await listed(kv)).length).toBe(300);
    await kv.close();
    rmSync(largest(path, '.sst'));
    await expect(openRocks({ path, createIfMissing: false })).rejects.toMatchObject({ kind: 'corrupt' });
  });

  test('many tables with long keys, large values and deletions are found intact', async () => {
    const path = newPath();
    const kv = await openRocks({ path, createIfMissing: true });
    for (let at = 0; at < 60; at += 1) {
      await kv.batch(
        [put(`${at}/${'k'.repeat(at * 20)}`, Buffer.alloc(1_000_000, at)), put('often', String(at)), put(`e${at}`, '')],
        {
          sync: false,
        },
      );
    }
    await kv.clear({ gte: Buffer.from('e'), lt: Buffer.from('e2') });
    await kv.close();
    expect(readdirSync(path).filter((name) => name.endsWith('.sst')).length).toBeGreaterThan(1);
    const again = await openRocks({ path, createIfMissing: false });
    expect((await listed(again)).length).toBe(60 + 1 + 60 - 12);
    await again.close();
  });
});

describe('the write-ahead log', () => {
  async function logWith(batches: number): Promise<{ path: string; log: string; bytes: Buffer }> {
    const path = newPath();
    mkdirSync(path, { recursive: true });
    const kv = await openRocks({ path, createIfMissing: true });
    await fill(kv, batches);
    await kv.close();
    const log = largest(path, '.log');
    return { path, log, bytes: readFileSync(log) };
  }

  test('a flipped bit in the middle is found before the log is replayed', async () => {
    const { path, log, bytes } = await logWith(300);
    for (const at of [20, 5000, 40_000, bytes.length >> 1, bytes.length - 2000]) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      writeFileSync(log, damaged);
      await expect(openRocks({ path, createIfMissing: false })).rejects.toMatchObject({ kind: 'corrupt' });
    }
    writeFileSync(log, bytes);
    const kv = await openRocks({ path, createIfMissing: false });
    expect((await listed(kv)).length).toBe(300);
    await kv.close();
  });

  test('pages that were lost in the middle are found', async () => {
    const { path, log, bytes } = await logWith(300);
    writeFileSync(log, Buffer.from(bytes).fill(0, 32_768, 65_536));
    await expect(openRocks({ path, createIfMissing: false })).rejects.toMatchObject({ kind: 'corrupt' });
  });

  test('several logs of one run, with batches larger than a block, fit together', async () => {
    const path = newPath();
    const kv = await openRocks({ path, createIfMissing: true });
    for (let at = 0; at < 45; at += 1)
      await kv.batch([put(`a${at}`, Buffer.alloc(900_000, at)), put(`b${at}`, 'x')], { sync: false });
    await kv.close();
    const again = await openRocks({ path, createIfMissing: false });
    expect((await listed(again)).length).toBe(90);
    await again.close();
  });
});
