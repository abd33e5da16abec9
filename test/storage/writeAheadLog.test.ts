import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import RocksDB from 'rocksdb';
import type { Kv } from '../../src/storage/kv';
import { logKey } from '../../src/storage/layout';
import { openRocks } from '../../src/storage/rocks';
import type { NativeEngine } from '../../src/storage/rocksNative';
import { MARK_FILE, readMark } from '../../src/storage/syncedMark';
import { markStandsStill } from '../support/markStandsStill';
import { listed, put } from './support/kvSuite';
import { temporaryDirectory } from './support/temporaryDirectory';

const home = temporaryDirectory();

const PAGE_BYTES = 4096;

function newPath(): string {
  return mkdtempSync(join(home, 'wal-'));
}

function copyOf(path: string): string {
  const copy = newPath();
  cpSync(path, copy, { recursive: true });
  return copy;
}

/** What a killed process leaves: a copy of what is there while the database is open. */
async function killedAfter(use: (kv: Kv) => Promise<void>): Promise<string> {
  const path = newPath();
  const kv = await openRocks({ path, createIfMissing: true });
  await use(kv);
  await markStandsStill(path);
  const copy = copyOf(path);
  await kv.close();
  return copy;
}

/** Made once for all tests, each of which damages a copy: until the mark stands still takes a second. */
const made = new Map<string, Promise<unknown>>();

function once<Made>(name: string, make: () => Promise<Made>): Promise<Made> {
  const known = (made.get(name) as Promise<Made> | undefined) ?? make();
  made.set(name, known);
  return known;
}

type Writes = readonly [kind: 'synced' | 'unsynced', from: number, to: number];

/** What a process leaves that was killed after such writes. */
async function killed(...writes: readonly Writes[]): Promise<string> {
  const left = await once(`killed after ${JSON.stringify(writes)}`, () =>
    killedAfter(async (kv) => {
      for (const [kind, from, to] of writes) await (kind === 'synced' ? synced : unsynced)(kv, from, to);
    }),
  );
  return copyOf(left);
}

/** What a process leaves that ended in order. */
async function closed(): Promise<string> {
  const left = await once('closed in order', async () => {
    const path = newPath();
    const kv = await openRocks({ path, createIfMissing: true });
    await synced(kv, 1, 100);
    await kv.close();
    return path;
  });
  return copyOf(left);
}

/** As the member writes: an entry of the log, synced. */
async function synced(kv: Kv, from: number, to: number): Promise<void> {
  for (let at = from; at <= to; at += 1) {
    await kv.batch([{ type: 'put', key: logKey(at), value: Buffer.alloc(300, at) }], { sync: true });
  }
}

/** As the member writes: rows alone, not synced. */
async function unsynced(kv: Kv, from: number, to: number): Promise<void> {
  for (let at = from; at <= to; at += 1) await kv.batch([put(`r${at}`, Buffer.alloc(3000, 7))], { sync: false });
}

function logOf(path: string): string {
  const names = readdirSync(path).filter((name) => name.endsWith('.log'));
  const sized = names.map((name) => ({ name, size: statSync(join(path, name)).size })).sort((a, b) => b.size - a.size);
  return join(path, sized[0]?.name ?? '');
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  writeFileSync(file, bytes);
}

function zero(file: string, from: number, to: number): void {
  writeFileSync(file, readFileSync(file).fill(0, from, to));
}

async function contents(path: string): Promise<{ pairs: number; warnings: readonly string[] }> {
  const kv = await openRocks({ path, createIfMissing: false });
  const pairs = (await listed(kv)).length;
  await kv.close();
  return { pairs, warnings: kv.warnings };
}

async function expectRefused(path: string, message: RegExp): Promise<void> {
  const before = readdirSync(path).map((name) => `${name} ${statSync(join(path, name)).size}`);
  await expect(openRocks({ path, createIfMissing: false })).rejects.toMatchObject({ kind: 'corrupt' });
  await expect(openRocks({ path, createIfMissing: false })).rejects.toThrow(message);
  await expect(openRocks({ path, createIfMissing: false })).rejects.toThrow(/If the other members are well/);
  expect(readdirSync(path).map((name) => `${name} ${statSync(join(path, name)).size}`)).toEqual(before);
}

/** Ends of the log that were acknowledged, and what is done to them. */
const LOST_ENDS: readonly (readonly [string, (log: string) => void])[] = [
  ['cut in half', (log) => truncateSync(log, statSync(log).size >> 1)],
  ['cut by the last record, exactly', (log) => truncateSync(log, statSync(log).size - 300 - 34)],
  ['cut by some bytes', (log) => truncateSync(log, statSync(log).size - 3)],
  ['emptied', (log) => truncateSync(log)],
  ['removed', (log) => rmSync(log)],
  ['damaged in the last record', (log) => flip(log, statSync(log).size - 50)],
  ['damaged in the length of the last record', (log) => flip(log, statSync(log).size - 300 - 25)],
  ['without its last page', (log) => zero(log, statSync(log).size & ~(PAGE_BYTES - 1), statSync(log).size)],
];

describe('acknowledged writes at the end of the log', () => {
  test.each(LOST_ENDS)('%s: noticed after the process was killed', async (_name, damage) => {
    const path = await killed(['synced', 1, 100]);
    damage(logOf(path));
    await expectRefused(
      path,
      /the write-ahead log (lost its end: it goes up to write \d+, and writes up to 100 had been|is dam)/,
    );
  });

  test.each(LOST_ENDS)('%s: noticed after it was closed in order', async (_name, damage) => {
    const path = await closed();
    damage(logOf(path));
    await expectRefused(path, /lost its end/);
  });

  test('a log that is gone, of several', async () => {
    const path = await killedAfter(async (kv) => {
      for (let at = 1; at <= 39; at += 1)
        await kv.batch([{ type: 'put', key: logKey(at), value: Buffer.alloc(900_000, at) }], { sync: true });
    });
    for (const name of readdirSync(path).filter((each) => each.endsWith('.log'))) rmSync(join(path, name));
    await expectRefused(path, /lost its end/);
  });

  test('a bit of the last record is noticed also without the mark', async () => {
    const path = await killed(['synced', 1, 100]);
    rmSync(join(path, MARK_FILE));
    flip(logOf(path), statSync(logOf(path)).size - 50);
    await expectRefused(path, /is damaged: \d+\.log is unreadable at byte \d+/);
  });
});

describe('the end of the log that was not acknowledged', () => {
  /** The last of ten writes that nobody waited for lacks its end; `whole` is the log with it. */
  async function torn(): Promise<{ readonly path: string; readonly log: string; readonly whole: Buffer }> {
    const path = await killed(['synced', 1, 50], ['unsynced', 1, 10]);
    const log = logOf(path);
    const whole = readFileSync(log);
    truncateSync(log, whole.length - 100);
    return { path, log, whole };
  }

  test('torn off by a crash: cut, said, and not said again', async () => {
    const { path } = await torn();
    const first = await contents(path);
    expect(first.pairs).toBe(59);
    expect(first.warnings).toEqual([
      expect.stringMatching(
        /^\d+\.log of the database was cut from \d+ to \d+ bytes: .* a write that a crash or an error of the disk interrupted/,
      ),
    ]);
    expect(await contents(path)).toEqual({ pairs: 59, warnings: [] });
  });

  /** An engine that finds its lock free, after something has happened to the files. */
  function late(happens: () => void): NativeEngine {
    return (where) => {
      const database = (RocksDB as unknown as NativeEngine)(where);
      const open = database.open.bind(database);
      database.open = (options, callback) => {
        happens();
        open(options, callback);
      };
      return database;
    };
  }

  test('that another process finished before it ended is not cut at the old place', async () => {
    const { path, log, whole } = await torn();
    const engine = late(() => writeFileSync(log, whole));
    await expect(openRocks({ path, createIfMissing: false, engine })).rejects.toMatchObject({ kind: 'locked' });
    expect(readFileSync(log).equals(whole)).toBe(true);
    expect((await contents(path)).pairs).toBe(60);
  });

  test('is not judged by a mark that has moved since', async () => {
    const path = await killed(['synced', 1, 50]);
    const later = copyOf(path);
    await contents(later);
    const engine = late(() => cpSync(join(later, MARK_FILE), join(path, MARK_FILE)));
    await expect(openRocks({ path, createIfMissing: false, engine })).rejects.toThrow(
      /another process wrote to the database/,
    );
  });

  test('is not cut where the engine could not ask for its lock', async () => {
    const { path, log } = await torn();
    const before = readFileSync(log);
    const engine: NativeEngine = (where) => {
      const database = (RocksDB as unknown as NativeEngine)(where);
      database.open = (_options, callback) => callback(new Error('IO error: Too many open files'));
      return database;
    };
    await expect(openRocks({ path, createIfMissing: false, engine })).rejects.toThrow(/Too many open files/);
    expect(readFileSync(log).equals(before)).toBe(true);
  });

  test.each([
    ['one page was lost', (log: string, end: number) => zero(log, end + PAGE_BYTES, end + 2 * PAGE_BYTES)],
    ['a bit was flipped', (log: string, end: number) => flip(log, end + 3 * PAGE_BYTES)],
  ])('%s in the middle of it: what comes before is there', async (_name, damage) => {
    const end = 50 * 334;
    const path = await killed(['synced', 1, 50], ['unsynced', 1, 20]);
    damage(logOf(path), end - (end % PAGE_BYTES));
    const { pairs, warnings } = await contents(path);
    expect(pairs).toBeGreaterThanOrEqual(50);
    expect(pairs).toBeLessThan(70);
    expect(warnings.length).toBe(1);
  });

  test('without a mark, a page that is missing before the one batch that was being synced is cut', async () => {
    const path = await killed(['synced', 1, 50], ['unsynced', 1, 20], ['synced', 51, 51]);
    rmSync(join(path, MARK_FILE));
    zero(logOf(path), 8 * PAGE_BYTES, 9 * PAGE_BYTES);
    const { pairs, warnings } = await contents(path);
    expect(pairs).toBeGreaterThanOrEqual(50);
    expect(pairs).toBeLessThan(71);
    expect(warnings).toEqual([expect.stringMatching(/there is no mark/), expect.stringMatching(/was cut from/)]);
  });

  test('without a mark, a page that is missing before a batch that was synced is a hole', async () => {
    const path = await killed(['synced', 1, 50], ['unsynced', 1, 20], ['synced', 51, 51], ['unsynced', 21, 21]);
    rmSync(join(path, MARK_FILE));
    zero(logOf(path), 8 * PAGE_BYTES, 9 * PAGE_BYTES);
    await expectRefused(path, /has a hole: \d+\.log is unreadable at byte \d+, and synced writes follow/);
  });

  test('nothing is cut while another process has the database open', async () => {
    const path = newPath();
    const kv = await openRocks({ path, createIfMissing: true });
    await synced(kv, 1, 3);
    await unsynced(kv, 1, 3);
    const log = logOf(path);
    truncateSync(log, statSync(log).size - 100);
    const { size } = statSync(log);
    await expect(openRocks({ path, createIfMissing: false })).rejects.toMatchObject({ kind: 'locked' });
    expect(statSync(log).size).toBe(size);
    await kv.close();
  });
});

describe('a disk that is full in the middle of a record', () => {
  const ACKNOWLEDGED = 50;

  /** Fifty synced writes, and the log as it is with one more of so many bytes: the record of it as it would have been. */
  async function withNext(valueBytes: number): Promise<{ path: string; record: Buffer }> {
    const { path, record } = await once(`with ${valueBytes} bytes more`, async () => {
      const open = newPath();
      const kv = await openRocks({ path: open, createIfMissing: true });
      await synced(kv, 1, ACKNOWLEDGED);
      await markStandsStill(open);
      const left = copyOf(open);
      await kv.batch([put('n', Buffer.alloc(valueBytes, 'new'))], { sync: true });
      const next = readFileSync(logOf(open)).subarray(statSync(logOf(left)).size);
      await kv.close();
      return { path: left, record: next };
    });
    return { path: copyOf(path), record };
  }

  /** What is left when there was room up to the border of a page: the first part, and all of it again, cut to the right length. */
  function writtenTwice(log: string, record: Buffer): Buffer {
    const room = PAGE_BYTES - (statSync(log).size % PAGE_BYTES);
    expect(room).toBeGreaterThan(7);
    expect(room).toBeLessThan(record.length);
    return Buffer.concat([record.subarray(0, room), record]).subarray(0, record.length);
  }

  /** Of a value whose record has three bytes beyond the page; headers, key and lengths take 24. */
  const BARELY_BEYOND = PAGE_BYTES - ((ACKNOWLEDGED * 332) % PAGE_BYTES) + 3 - 24;

  test.each([BARELY_BEYOND, 4000, 12_000])(
    'the next write, of %i bytes, is there twice up to its length: cut, said, all acknowledged is there',
    async (valueBytes) => {
      const { path, record } = await withNext(valueBytes);
      appendFileSync(logOf(path), writtenTwice(logOf(path), record));
      const first = await contents(path);
      expect(first).toEqual({
        pairs: ACKNOWLEDGED,
        warnings: [expect.stringMatching(/was cut from .* error of the disk/)],
      });
      expect(await contents(path)).toEqual({ pairs: ACKNOWLEDGED, warnings: [] });
    },
  );

  test.each([
    ['a flipped bit in it', (bytes: Buffer) => void (bytes[100] = (bytes[100] ?? 0) ^ 4)],
    ['its beginning somewhere else in it', (bytes: Buffer) => void bytes.copy(bytes, 3000, 0, 100)],
    ['its value alone repeated at the border', (bytes: Buffer, room: number) => void bytes.copy(bytes, room, 101, 201)],
  ])('a whole record behind the mark with %s is refused as ever', async (_name, damage) => {
    const { path, record } = await withNext(4000);
    const bytes = Buffer.from(record);
    damage(bytes, PAGE_BYTES - (statSync(logOf(path)).size % PAGE_BYTES));
    appendFileSync(logOf(path), bytes);
    await expectRefused(path, /the write-ahead log is damaged: \d+\.log is unreadable/);
  });

  /** The package's engine, whose write of `n` fails and leaves rubbish at the end of the log. */
  function failing(path: string): NativeEngine {
    return (where) => {
      const database = (RocksDB as unknown as NativeEngine)(where);
      const write = database.batch.bind(database);
      database.batch = (operations, options, callback) => {
        if (!operations.some(({ key }) => String(key) === 'n')) write(operations, options, callback);
        else {
          appendFileSync(logOf(path), rubbish());
          setImmediate(() => callback(new Error('IO error: No space left on device')));
        }
      };
      return database;
    };
  }

  /** What a failed write of rubbish leaves of fifty acknowledged ones. */
  async function failed(): Promise<string> {
    const left = await once('after a failed write', async () => {
      const path = newPath();
      const kv = await openRocks({ path, createIfMissing: true, engine: failing(path) });
      await synced(kv, 1, ACKNOWLEDGED);
      await expect(kv.batch([put('n', Buffer.alloc(5000))], { sync: true })).rejects.toMatchObject({ kind: 'full' });
      await markStandsStill(path);
      const copy = copyOf(path);
      await kv.close();
      expect(await readMark(path)).toEqual(await readMark(copy));
      return copy;
    });
    return copyOf(left);
  }

  /** A record that is all there and wrong: only the mark can tell that nobody was told about it. */
  function rubbish(): Buffer {
    const bytes = Buffer.alloc(500, 9);
    bytes.writeUInt16LE(500 - 7, 4);
    bytes.writeUInt8(1, 6);
    return bytes;
  }

  test('a failed write makes the mark exact and final at once: whatever is behind it is cut', async () => {
    const path = await failed();
    expect(await readMark(path)).toMatchObject({ synced: ACKNOWLEDGED, written: ACKNOWLEDGED, isFinal: true });
    expect(await contents(path)).toEqual({ pairs: ACKNOWLEDGED, warnings: [expect.stringMatching(/was cut from/)] });
    expect(await readMark(path)).toMatchObject({ synced: ACKNOWLEDGED, isFinal: false });
    expect(await contents(path)).toEqual({ pairs: ACKNOWLEDGED, warnings: [] });
  });

  test('the same bytes with a mark that is not final are refused', async () => {
    const path = await killed(['synced', 1, ACKNOWLEDGED]);
    appendFileSync(logOf(path), rubbish());
    await expectRefused(path, /the write-ahead log is damaged/);
  });

  test('a final mark does not excuse a flipped bit in the last acknowledged record', async () => {
    const path = await failed();
    flip(logOf(path), ACKNOWLEDGED * 332 - 50);
    await expectRefused(path, /lost its end: it goes up to write 49, and writes up to 50 had been synced/);
  });
});

describe('the mark itself', () => {
  test('damaged or gone, nothing else is in doubt: a line, once', async () => {
    for (const [damage, line] of [
      [(file: string) => rmSync(file), /^there is no mark of the last synced write/],
      [(file: string) => writeFileSync(file, 'x'.repeat(1024)), /^the mark cannot be read of the last synced write/],
      [(file: string) => truncateSync(file), /^the mark cannot be read/],
    ] as const) {
      const path = await killed(['synced', 1, 10]);
      damage(join(path, MARK_FILE));
      expect(await contents(path)).toEqual({ pairs: 10, warnings: [expect.stringMatching(line)] });
      expect(await contents(path)).toEqual({ pairs: 10, warnings: [] });
    }
  });

  test('one of its two records is enough', async () => {
    for (const at of [10, 520]) {
      const path = await killed(['synced', 1, 10]);
      flip(join(path, MARK_FILE), at);
      expect(await contents(path)).toEqual({ pairs: 10, warnings: [] });
    }
  });

  test('all that is left of a database', async () => {
    const path = await killed(['synced', 1, 10]);
    for (const name of readdirSync(path).filter((each) => each !== MARK_FILE)) rmSync(join(path, name));
    await expect(openRocks({ path, createIfMissing: true })).rejects.toThrow(/is gone but for its mark/);
  });
});

describe('the manifest', () => {
  async function tables(): Promise<string> {
    const path = newPath();
    for (let run = 0; run < 3; run += 1) {
      const kv = await openRocks({ path, createIfMissing: true });
      await synced(kv, run * 10 + 1, run * 10 + 10);
      await kv.close();
    }
    return path;
  }

  function manifestOf(path: string): string {
    return join(path, readdirSync(path).find((name) => name.startsWith('MANIFEST')) ?? '');
  }

  test('damaged at any byte of it, or cut anywhere: noticed before the engine is asked, or harmless', async () => {
    const path = await tables();
    const manifest = manifestOf(path);
    const bytes = readFileSync(manifest);
    for (let at = 0; at < bytes.length; at += 1) {
      writeFileSync(manifest, bytes);
      flip(manifest, at);
      await expectRefused(path, /MANIFEST-\d+ .*(unreadable|cannot be understood|ends before)/);
      writeFileSync(manifest, bytes.subarray(0, at));
      await expectRefused(path, /MANIFEST-\d+|write-ahead log/);
    }
    writeFileSync(manifest, bytes);
    expect((await contents(path)).pairs).toBe(30);
  });

  test('an edit that was under way when the power failed is cut', async () => {
    const path = await tables();
    const manifest = manifestOf(path);
    writeFileSync(manifest, Buffer.concat([readFileSync(manifest), Buffer.from([1, 2, 3, 4, 200, 0, 1, 9, 9])]));
    const { pairs, warnings } = await contents(path);
    expect(pairs).toBe(30);
    expect(warnings).toEqual([expect.stringMatching(/^MANIFEST-\d+ of the database was cut/)]);
  });
});
