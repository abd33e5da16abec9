import { rowChecksum, type StoredRows } from '../../src/machine/rows';
import type { Kv, KvOperation } from '../../src/storage/kv';
import { logKey, logRange } from '../../src/storage/layout';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';
import { encodeNumber } from '../../src/storage/recordCodec';
import { BOOTSTRAP, command, commands, indexes, load, row, THREE } from './support/memberRows';
import type { Loaded } from './support/memberRows';

async function initialised(disk: MemoryDisk): Promise<MemberStore> {
  const store = await MemberStore.open(disk.open());
  await store.initialise(BOOTSTRAP);
  return store;
}

/** What a member finds that starts after a crash. */
async function afterCrash(disk: MemoryDisk): Promise<{ store: MemberStore; loaded: Loaded }> {
  disk.crash();
  const store = await MemberStore.open(disk.open());
  return { store, loaded: await load(store) };
}

async function storedIndexes(kv: Kv): Promise<number[]> {
  const result: number[] = [];
  for await (const pairs of kv.scan(logRange(0))) {
    for (const [key] of pairs) result.push(Buffer.from(key).readUInt32BE(5));
  }
  return result;
}

describe('an empty store', () => {
  test('loads as nothing, and refuses to be written', async () => {
    const store = await MemberStore.open(new MemoryDisk().open());
    expect(() => store.lastIndex).toThrow('neither loaded nor initialised');
    await expect(store.write({ entries: [command(1, 1)] })).rejects.toThrow('neither loaded nor initialised');
    const loaded = await load(store);
    expect(loaded).toMatchObject({
      identity: undefined,
      applied: 0,
      entries: [],
      rows: [],
      hardState: { term: 0, commit: 0 },
    });
    expect(loaded.start).toEqual({ index: 0, term: 0, configuration: { voters: [], learners: [] } });
  });

  test('is initialised once, durably', async () => {
    const disk = new MemoryDisk();
    const first = await initialised(disk);
    await expect(first.initialise(BOOTSTRAP)).rejects.toThrow('already initialised');
    const { loaded } = await afterCrash(disk);
    expect(loaded.identity).toEqual(BOOTSTRAP.identity);
    expect(loaded.start).toEqual({ index: 0, term: 0, configuration: THREE });
    expect(loaded.hardState).toEqual({ term: 0, votedFor: undefined, commit: 0 });
  });

  test.each([1, 3])('of format %p is refused', async (format) => {
    const kv = new MemoryDisk().open();
    await kv.batch([{ type: 'put', key: Buffer.from('f'), value: encodeNumber('format', format) }], { sync: true });
    await expect(MemberStore.open(kv)).rejects.toMatchObject({ kind: 'format' });
  });
});

describe('load of the end of a log', () => {
  const OTHERS = { voters: ['9'], learners: [] };

  /** Twenty entries, of which the first fifteen are applied; `configured` is one of membership. */
  async function twenty(disk: MemoryDisk, configured?: number): Promise<void> {
    const store = await initialised(disk);
    const entries = commands(1, 20, 2).map((entry) =>
      entry.index === configured
        ? ({ kind: 'configuration', index: configured, term: 2, configuration: OTHERS, data: Buffer.alloc(0) } as const)
        : entry,
    );
    await store.write({ hardState: { term: 2, votedFor: undefined, commit: 15 }, entries, applied: 15 });
  }

  async function restarted(disk: MemoryDisk, tail: number): Promise<{ store: MemberStore; loaded: Loaded }> {
    disk.crash();
    const store = await MemberStore.open(disk.open());
    return { store, loaded: await load(store, tail) };
  }

  test('begins so many entries before the applied one', async () => {
    const disk = new MemoryDisk();
    await twenty(disk);
    const { store, loaded } = await restarted(disk, 4);
    expect(loaded.start).toEqual({ index: 11, term: 2, configuration: THREE });
    expect(indexes(loaded.entries)).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(store.start).toEqual(loaded.start);
  });

  test('is all of it if it is not longer than that', async () => {
    const disk = new MemoryDisk();
    await twenty(disk);
    const { loaded } = await restarted(disk, 15);
    expect(loaded.start.index).toBe(0);
    expect(loaded.entries).toHaveLength(20);
  });

  test.each([
    ['before where it begins: then that is in force there', 10, 11],
    ['where it begins', 11, 11],
    ['between there and the applied one: then it is not known what was in force, and all of it is loaded', 12, 0],
    ['after the applied one', 16, 11],
  ])('with a change of the members %s', async (_, configured, begins) => {
    const disk = new MemoryDisk();
    await twenty(disk, configured);
    const { loaded } = await restarted(disk, 4);
    expect(loaded.start.index).toBe(begins);
    expect(loaded.start.configuration).toEqual(configured <= begins ? OTHERS : THREE);
  });

  test('is where the stored log begins from the next write on, and what was before is gone', async () => {
    const disk = new MemoryDisk();
    await twenty(disk);
    const { store } = await restarted(disk, 4);
    await store.write({ entries: commands(21, 21, 2) });
    disk.crash();
    const kv = disk.open();
    const again = await load(await MemberStore.open(kv));
    expect(again.start.index).toBe(11);
    expect(indexes(again.entries)).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
    expect(await kv.get(logKey(11))).toBeUndefined();
  });

  test('leaves the stored log alone until then', async () => {
    const disk = new MemoryDisk();
    await twenty(disk);
    await restarted(disk, 4);
    disk.crash();
    const again = await load(await MemberStore.open(disk.open()));
    expect(again.start.index).toBe(0);
    expect(again.entries).toHaveLength(20);
  });
});

describe('write', () => {
  test('entries, hard state and rows come back after a crash', async () => {
    const disk = new MemoryDisk();
    const store = await initialised(disk);
    const entries = [
      { kind: 'noop', index: 1, term: 3 },
      command(2, 3, 'x'),
      {
        kind: 'configuration',
        index: 3,
        term: 3,
        configuration: { voters: ['9'], learners: [] },
        data: Buffer.from('who'),
      },
    ] as const;
    await store.write({
      hardState: { term: 3, votedFor: 'ffffffffffffffff', commit: 2 },
      entries,
      rows: [
        row('node', '/b', '2'),
        row('node', '/a\xff\x80', '\x00\xff'),
        row('meta', '', 'm'),
        row('event', '\x00\x01', 'e'),
      ],
      applied: 2,
    });
    const { loaded } = await afterCrash(disk);
    expect(loaded.hardState).toEqual({ term: 3, votedFor: 'ffffffffffffffff', commit: 2 });
    expect(loaded.entries).toEqual(entries);
    expect(loaded.applied).toBe(2);
    expect(loaded.rows).toEqual(['event:\x00\x01=e', 'node:/a\xff\x80=\x00\xff', 'node:/b=2', 'meta:=m']);
  });

  test('rows of a table come in the order of their bytes', async () => {
    const disk = new MemoryDisk();
    const store = await initialised(disk);
    const keys = ['\x00', '\x7f', '\x80', '\xbf', '\xc0', '\xff', '\xff\x00', 'a', 'a\xff', 'b'].sort((a, b) =>
      Buffer.compare(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1')),
    );
    await store.write({
      rows: [...keys].reverse().map((key) => row('node', key, 'v')),
      hardState: { term: 1, votedFor: undefined, commit: 0 },
    });
    const { loaded } = await afterCrash(disk);
    expect(loaded.rows).toEqual(keys.map((key) => `node:${key}=v`));
  });

  test('a removed row is gone, and of several changes the last counts', async () => {
    const disk = new MemoryDisk();
    const store = await initialised(disk);
    await store.write({ rows: [row('node', '/a', '1'), row('node', '/b', '1')], entries: [command(1, 1)], applied: 1 });
    await store.write({
      rows: [row('node', '/a', undefined), row('node', '/b', '2'), row('node', '/b', '3')],
      entries: [command(2, 1)],
      applied: 2,
    });
    expect((await afterCrash(disk)).loaded.rows).toEqual(['node:/b=3']);
  });

  test.each([
    ['entries', { entries: [command(2, 1)] }, true],
    ['hard state', { hardState: { term: 2, votedFor: undefined, commit: 1 } }, true],
    ['start', { start: { index: 1, term: 1, configuration: THREE } }, true],
    ['rows', { rows: [row('node', '/a', '2')], applied: 1 }, false],
    ['compaction', { compactTo: 1 }, false],
  ])('is one batch; with %s it is synced or not as it must be', async (_name, write, sync) => {
    const disk = new MemoryDisk();
    const batches: { operations: readonly KvOperation[]; sync: boolean }[] = [];
    const kv = disk.open();
    const watched: Kv = {
      batch: (operations, options) => {
        batches.push({ operations, sync: options.sync });
        return kv.batch(operations, options);
      },
      get: (key) => kv.get(key),
      scan: (range, options) => kv.scan(range, options),
      scanText: (range, options) => kv.scanText(range, options),
      clear: (range) => kv.clear(range),
      close: () => kv.close(),
    };
    const store = await MemberStore.open(watched);
    await store.initialise(BOOTSTRAP);
    await store.write({ entries: [command(1, 1)], applied: 1, rows: [] });
    batches.length = 0;
    await store.write(write);
    expect(batches.map((batch) => batch.sync)).toEqual([sync]);
    await store.write({ entries: [], rows: [] });
    expect(batches.length).toBe(1);
  });

  test('rows without entries may be lost by a crash, but only with their applied index', async () => {
    const disk = new MemoryDisk();
    const store = await initialised(disk);
    await store.write({ entries: commands(1, 3, 1), rows: [row('node', '/a', '1')], applied: 1 });
    await store.write({ rows: [row('node', '/a', '3')], applied: 3 });
    const { loaded } = await afterCrash(disk);
    expect(loaded.applied).toBe(1);
    expect(loaded.rows).toEqual(['node:/a=1']);
    expect(indexes(loaded.entries)).toEqual([1, 2, 3]);
  });

  test('entries that overlap stored ones replace them and everything after', async () => {
    const disk = new MemoryDisk();
    const store = await initialised(disk);
    await store.write({ entries: commands(1, 10, 1) });
    await store.write({ entries: [command(4, 2, 'new')] });
    expect(store.lastIndex).toBe(4);
    const { store: restarted, loaded } = await afterCrash(disk);
    expect(loaded.entries).toEqual([...commands(1, 3, 1), command(4, 2, 'new')]);
    await restarted.write({ entries: commands(4, 6, 3) });
    expect((await afterCrash(disk)).loaded.entries).toEqual([...commands(1, 3, 1), ...commands(4, 6, 3)]);
  });

  test('a hole, an entry before the start, and an applied index out of place are refused', async () => {
    const store = await initialised(new MemoryDisk());
    await store.write({ entries: commands(1, 5, 1), applied: 3 });
    await expect(store.write({ entries: [command(7, 1)] })).rejects.toThrow(RangeError);
    await expect(store.write({ applied: 2 })).rejects.toThrow('cannot go back');
    await expect(store.write({ applied: 6 })).rejects.toThrow(RangeError);
    await store.write({ compactTo: 3 });
    await expect(store.write({ entries: [command(3, 2)] })).rejects.toThrow(RangeError);
    await expect(store.write({ start: { index: 9, term: 1, configuration: THREE } })).rejects.toThrow(
      'the rows are at 3',
    );
  });

  test('a start replaces the whole log', async () => {
    const disk = new MemoryDisk();
    const store = await initialised(disk);
    await store.write({ entries: commands(1, 9, 1), applied: 5 });
    await store.write({ start: { index: 5, term: 1, configuration: THREE }, entries: [command(6, 4)] });
    const { loaded } = await afterCrash(disk);
    expect(loaded.start.index).toBe(5);
    expect(loaded.entries).toEqual([command(6, 4)]);
  });
});

describe('compaction', () => {
  test('never goes beyond the applied index, and keeps term and configuration of the place', async () => {
    const disk = new MemoryDisk();
    const store = await initialised(disk);
    const changed = { voters: ['2a'], learners: ['1'] };
    await store.write({
      entries: [
        ...commands(1, 2, 1),
        { kind: 'configuration', index: 3, term: 2, configuration: changed, data: Buffer.alloc(0) },
      ],
    });
    await store.write({ entries: commands(4, 8, 3), applied: 5 });
    await store.write({ compactTo: 100 });
    expect(store.start).toEqual({ index: 5, term: 3, configuration: changed });
    await store.write({ entries: [command(9, 3)] });
    const { loaded } = await afterCrash(disk);
    expect(loaded.start).toEqual({ index: 5, term: 3, configuration: changed });
    expect(indexes(loaded.entries)).toEqual([6, 7, 8, 9]);
  });

  test('removes old entries in slices, going on after a restart', async () => {
    const disk = new MemoryDisk();
    const kv = disk.open();
    const store = await MemberStore.open(kv);
    await store.initialise(BOOTSTRAP);
    await store.write({ entries: commands(1, 3500, 1), applied: 3500 });
    await store.write({ compactTo: 3499, hardState: { term: 1, votedFor: undefined, commit: 1 } });
    expect((await storedIndexes(kv))[0]).toBe(1001);
    disk.crash();
    const again = disk.open();
    const restarted = await MemberStore.open(again);
    expect(indexes((await load(restarted)).entries)).toEqual([3500]);
    await restarted.write({ rows: [row('node', '/a', '1')] });
    expect((await storedIndexes(again))[0]).toBe(2001);
    await restarted.write({ rows: [row('node', '/a', '1')] });
    await restarted.write({ rows: [row('node', '/a', '1')] });
    expect(await storedIndexes(again)).toEqual([3500]);
  });
});

describe('load finds damage', () => {
  async function damaged(operations: readonly KvOperation[]): Promise<MemberStore> {
    const disk = new MemoryDisk();
    const kv = disk.open();
    const store = await MemberStore.open(kv);
    await store.initialise(BOOTSTRAP);
    await store.write({ entries: commands(1, 5, 2), rows: [row('node', '/a', '1')], applied: 4 });
    await kv.batch(operations, { sync: true });
    await kv.close();
    return MemberStore.open(disk.open());
  }
  const del = (key: Uint8Array): KvOperation => ({ type: 'del', key });
  const put = (key: Uint8Array, value: Uint8Array): KvOperation => ({ type: 'put', key, value });
  const stateKey = (rest: string): Buffer => Buffer.from(`r\0\0\0\x01${rest}`);

  test.each<[string, readonly KvOperation[], RegExp]>([
    ['a hole in the log', [del(logKey(3))], /log entry 3 is missing/],
    [
      'a log that ends before the applied index',
      [del(logKey(4)), del(logKey(5))],
      /the rows are at 4, but the log ends at 3/,
    ],
    ['a row that was changed', [put(stateKey('n/a'), Buffer.from('12345'))], /a row has a wrong checksum/],
    ['a row that is cut short', [put(stateKey('n/a'), Buffer.from([1]))], /a row has a wrong checksum/],
    ['a row of no table', [put(stateKey('q/a'), Buffer.from('12345'))], /no known table/],
    ['an entry that was changed', [put(logKey(2), Buffer.alloc(40))], /log entry 2 has a wrong checksum/],
    ['no hard state', [del(Buffer.from('h'))], /hard state or the log start is missing/],
    ['no applied record', [del(stateKey('a'))], /applied record is missing/],
  ])('%s', async (_name, operations, message) => {
    const loading = load(await damaged(operations));
    await expect(loading).rejects.toMatchObject({ kind: 'corrupt' });
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow(/delete its data directory and add it again/);
  });

  test('a row of a table that a newer version made, once the row that says so was heard', async () => {
    const disk = new MemoryDisk();
    const kv = disk.open();
    const store = await MemberStore.open(kv);
    await store.initialise(BOOTSTRAP);
    await store.write({ rows: [row('meta', '', '1'), row('node', '/a', '1')], applied: 0 });
    await kv.batch([put(stateKey('q/a'), Buffer.from('12345')), put(stateKey('z'), Buffer.from('1'))], { sync: true });
    await kv.close();
    const tables: string[] = [];
    const again = await MemberStore.open(disk.open());
    await expect(again.load(({ table }) => tables.push(table))).rejects.toThrow(/no known table/);
    expect(tables).toEqual(['node', 'meta']);
    const tooOld = new Error('too old');
    const refuse = (): never => {
      throw tooOld;
    };
    await expect(again.load(({ table }) => table === 'meta' && refuse())).rejects.toBe(tooOld);
  });

  test('a row that lies under another row’s key', async () => {
    const disk = new MemoryDisk();
    const kv = disk.open();
    const store = await MemberStore.open(kv);
    await store.initialise(BOOTSTRAP);
    await store.write({ rows: [row('member', 'a', '1')] });
    const value = await kv.get(stateKey('ma'));
    await kv.batch([put(stateKey('mb'), value!)], { sync: true });
    await expect(load(store)).rejects.toThrow(/a row has a wrong checksum/);
  });

  test('a node’s row comes with the checksum that is stored, for the member to compare later', async () => {
    const kv = new MemoryDisk().open();
    const store = await MemberStore.open(kv);
    await store.initialise(BOOTSTRAP);
    await store.write({ rows: [row('node', '/a', '1')] });
    await kv.batch([put(stateKey('n/b'), (await kv.get(stateKey('n/a')))!)], { sync: true });
    const found: StoredRows[] = [];
    await store.load((rows) => found.push(rows));
    const checksum = rowChecksum('node', '/a', '1');
    expect(found).toEqual([{ table: 'node', keys: ['/a', '/b'], values: ['1', '1'], checksums: [checksum, checksum] }]);
  });
});

describe('the number of a run', () => {
  const half = (): number => 0.5;

  it('grows with every run of one directory, and is durable before it is used', async () => {
    const disk = new MemoryDisk();
    const first = await (await MemberStore.open(disk.open())).nextRun(half);
    disk.crash();
    const second = await (await MemberStore.open(disk.open())).nextRun(half);
    expect(second).toBeGreaterThan(first);
    expect(Number.isSafeInteger(second)).toBe(true);
  });

  it('is another one on a copy of the directory than the directory itself went on with', async () => {
    const before: number[] = [];
    const after: number[] = [];
    for (const drawn of [0.25, 0.75]) {
      const disk = new MemoryDisk();
      const store = await MemberStore.open(disk.open());
      before.push(await store.nextRun(half));
      after.push(await store.nextRun(() => drawn));
    }
    expect(before[1]).toBe(before[0]);
    expect(after[1]).not.toBe(after[0]);
  });

  it('is another one on another disk, also after as many runs', async () => {
    const runs = new Set<number>();
    for (const drawn of [0.1, 0.2, 0.999_999_999]) {
      const store = await MemberStore.open(new MemoryDisk().open());
      for (let start = 0; start < 5; start++) runs.add(await store.nextRun(() => drawn));
    }
    expect(runs.size).toBe(15);
    expect(Math.max(...runs)).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });
});
