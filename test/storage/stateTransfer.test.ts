import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Kv } from '../../src/storage/kv';
import { generationRange } from '../../src/storage/layout';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';
import { openRocks } from '../../src/storage/rocks';
import { decodeChunk } from '../../src/storage/stateChunk';
import type { Row } from '../../src/machine/rows';
import type { LogStart } from '../../src/raft/types';
import { BOOTSTRAP, command, commands, indexes, load, row, THREE } from './support/memberRows';
import { listed } from './support/kvSuite';
import { temporaryDirectory } from './support/temporaryDirectory';
import { turnsDuring } from '../support/turns';

const ROWS = 5000;

async function sender(kv: Kv): Promise<MemberStore> {
  const store = await MemberStore.open(kv);
  await store.initialise(BOOTSTRAP);
  const rows = Array.from({ length: ROWS }, (_, at) =>
    row('node', `/n/${String(at).padStart(5, '0')}`, `value \xff ${at} `.repeat(20)),
  );
  await store.write({ entries: commands(1, 50, 1), rows: [...rows, row('meta', '', 'm')], applied: 50 });
  await store.write({ entries: commands(51, 60, 2), applied: 55 });
  return store;
}

async function chunksOf(store: MemberStore): Promise<{ start: LogStart; chunks: Uint8Array[] }> {
  const state = await store.exportState();
  const chunks: Uint8Array[] = [];
  for await (const chunk of state.chunks) chunks.push(chunk);
  return { start: state.start, chunks };
}

async function receiver(disk: MemoryDisk): Promise<MemberStore> {
  const store = await MemberStore.open(disk.open());
  await store.initialise({ ...BOOTSTRAP, identity: { memberId: '1', clusterId: 'cafe' } });
  await store.write({ entries: commands(1, 70, 1), rows: [row('node', '/old', 'x')], applied: 3 });
  return store;
}

async function reopened(disk: MemoryDisk, keptBatches = 0): Promise<{ kv: Kv; store: MemberStore }> {
  disk.crash(keptBatches);
  const kv = disk.open();
  return { kv, store: await MemberStore.open(kv) };
}

describe.each(['memory', 'RocksDB'])('a state exported from %s', (engine) => {
  const home = temporaryDirectory();
  let kv: Kv;

  beforeEach(async () => {
    kv =
      engine === 'memory'
        ? new MemoryDisk().open()
        : await openRocks({ path: mkdtempSync(join(home, 'x')), createIfMissing: true });
  });
  afterEach(() => kv.close());

  test('arrives whole, and replaces rows and log', async () => {
    const source = await sender(kv);
    const { start, chunks } = await chunksOf(source);
    expect(start).toEqual({ index: 55, term: 2, configuration: THREE });
    expect(chunks.length).toBeGreaterThan(3);
    const disk = new MemoryDisk();
    const target = await receiver(disk);
    const receiving = await target.receiveState();
    for (const chunk of chunks) await receiving.add(chunk);
    expect(receiving.rows).toBe(ROWS + 1);
    await receiving.finish(start);
    expect([target.start.index, target.lastIndex, target.applied]).toEqual([55, 55, 55]);
    await target.write({ entries: [command(56, 2)], rows: [row('node', '/new', '1')], applied: 56 });

    const again = await reopened(disk);
    const loaded = await load(again.store);
    expect(loaded.identity?.memberId).toBe('1');
    expect(loaded.start).toEqual(start);
    expect(indexes(loaded.entries)).toEqual([56]);
    expect(loaded.rows.length).toBe(ROWS + 2);
    expect(loaded.rows).not.toContain('node:/old=x');
    expect((await load(source)).rows).toEqual(loaded.rows.filter((text) => text !== 'node:/new=1'));
  });

  test('is as it was when the export began', async () => {
    const source = await sender(kv);
    const before = (await load(source)).rows;
    const state = await source.exportState();
    const target = await receiver(new MemoryDisk());
    const receiving = await target.receiveState();
    let chunks = 0;
    for await (const chunk of state.chunks) {
      await source.write({
        rows: [row('node', '/n/04999', undefined), row('node', `/z${chunks}`, 'late')],
        applied: 56,
      });
      await receiving.add(chunk);
      chunks += 1;
    }
    await receiving.finish(state.start);
    expect(state.start.index).toBe(55);
    expect((await load(target)).rows).toEqual(before);
  });

  test('may be let go of unread', async () => {
    const state = await (await sender(kv)).exportState();
    await state.close();
    await state.close();
  });
});

describe('a state that does not arrive whole', () => {
  let chunks: Uint8Array[];
  let start: LogStart;

  beforeAll(async () => {
    ({ chunks, start } = await chunksOf(await sender(new MemoryDisk().open())));
  });

  test('is dropped at the next start, and another can then be received', async () => {
    const disk = new MemoryDisk();
    const target = await receiver(disk);
    const receiving = await target.receiveState();
    for (const chunk of chunks.slice(0, 2)) await receiving.add(chunk);
    const { kv, store } = await reopened(disk, 2);
    expect((await load(store)).rows).toEqual(['node:/old=x']);
    await store.settled();
    expect(await listed(kv, generationRange(2))).toEqual([]);

    const second = await store.receiveState();
    for (const chunk of chunks) await second.add(chunk);
    await second.finish(start);
    expect((await load(store)).rows.length).toBe(ROWS + 1);
    await store.settled();
    expect(await listed(kv, generationRange(1))).toEqual([]);
  });

  test('a crash after the last part but before the flip leaves the old state', async () => {
    const disk = new MemoryDisk();
    const target = await receiver(disk);
    const receiving = await target.receiveState();
    for (const chunk of chunks) await receiving.add(chunk);
    const { store } = await reopened(disk, chunks.length);
    const loaded = await load(store);
    expect(loaded.rows).toEqual(['node:/old=x']);
    expect(loaded.entries.length).toBe(70);
  });

  test('parts missing, doubled, damaged or after the end are refused', async () => {
    const target = await receiver(new MemoryDisk());
    const [first, second, ...rest] = chunks;
    const damaged = Buffer.from(first!);
    damaged[1000] = damaged[1000]! ^ 1;
    const last = rest.at(-1)!;

    const attempts: (readonly Uint8Array[])[] = [
      [second!],
      [first!, first!],
      [damaged],
      [last],
      [...chunks, last],
      [Buffer.from([1, 2])],
    ];
    for (const attempt of attempts) {
      const receiving = await target.receiveState();
      const adding = (async () => {
        for (const chunk of attempt) await receiving.add(chunk);
      })();
      await expect(adding).rejects.toMatchObject({ kind: 'corrupt' });
      await receiving.abort();
    }
    const cut = await target.receiveState();
    for (const chunk of chunks.slice(0, -1)) await cut.add(chunk);
    await expect(cut.finish(start)).rejects.toThrow('not whole');
    expect((await load(target)).rows).toEqual(['node:/old=x']);
  });

  test('beginning anew drops what was received before', async () => {
    const disk = new MemoryDisk();
    const kv = disk.open();
    const store = await MemberStore.open(kv);
    await store.initialise(BOOTSTRAP);
    const first = await store.receiveState();
    void first.add(chunks[0]!);
    const second = await store.receiveState();
    expect(await listed(kv, generationRange(2))).toEqual([]);
    await expect(first.add(chunks[1]!)).rejects.toThrow('already finished or aborted');
    for (const chunk of chunks) await second.add(chunk);
    await second.finish(start);
    await second.abort();
    expect((await load(store)).rows.length).toBe(ROWS + 1);
    await expect(second.finish(start)).rejects.toThrow('already finished or aborted');
  });
});

describe('receptions that overlap', () => {
  let chunks: Uint8Array[];
  let start: LogStart;

  beforeAll(async () => {
    ({ chunks, start } = await chunksOf(await sender(new MemoryDisk().open())));
  });

  test('two that begin at once have a place each, and the later one is whole', async () => {
    const disk = new MemoryDisk();
    const store = await receiver(disk);
    const [first, second] = await Promise.all([store.receiveState(), store.receiveState()]);
    await expect(first.add(chunks[0]!)).rejects.toThrow('already finished or aborted');
    for (const chunk of chunks) {
      await second.add(chunk);
      await first.abort();
    }
    await second.finish(start);
    await store.settled();
    expect((await load((await reopened(disk)).store)).rows.length).toBe(ROWS + 1);
  });

  test('one that begins while the other is being finished loses nothing to the sweep after it', async () => {
    const disk = new MemoryDisk();
    const store = await receiver(disk);
    const first = await store.receiveState();
    for (const chunk of chunks) await first.add(chunk);
    const finishing = first.finish(start);
    const second = await store.receiveState();
    await finishing;
    const [head, ...rest] = chunks;
    await second.add(head!);
    await store.settled();
    for (const chunk of rest) await second.add(chunk);
    await second.finish({ ...start, index: start.index + 1 });
    await store.settled();
    const { kv, store: again } = await reopened(disk);
    expect((await load(again)).rows.length).toBe(ROWS + 1);
    await again.settled();
    for (const generation of [1, 2]) expect(await listed(kv, generationRange(generation))).toEqual([]);
  });

  test('an export that begins while a state is being put into use gives that state', async () => {
    const disk = new MemoryDisk();
    const store = await receiver(disk);
    const receiving = await store.receiveState();
    for (const chunk of chunks) await receiving.add(chunk);
    disk.hold();
    const finishing = receiving.finish(start);
    const exporting = chunksOf(store);
    const turned = exporting.then(
      () => 'exported',
      (error: unknown) => String(error),
    );
    expect(await Promise.race([turned, setTimeout(20, 'waits')])).toBe('waits');
    disk.release();
    await finishing;
    expect((await exporting).start).toEqual(start);
  });

  test('a place is never used twice, also after a restart that finds halves', async () => {
    const disk = new MemoryDisk();
    const store = await receiver(disk);
    for (let attempt = 0; attempt < 3; attempt++) {
      const receiving = await store.receiveState();
      await receiving.add(chunks[0]!);
      if (attempt < 2) await receiving.abort();
    }
    const { kv, store: again } = await reopened(disk, 1000);
    expect((await listed(kv, generationRange(4))).length).toBeGreaterThan(0);
    const next = await again.receiveState();
    expect(await listed(kv, generationRange(4))).toEqual([]);
    await next.add(chunks[0]!);
    expect((await listed(kv, generationRange(5))).length).toBeGreaterThan(0);
  });

  test('what was received can be looked at before it counts', async () => {
    const store = await receiver(new MemoryDisk());
    const receiving = await store.receiveState();
    const seen: string[] = [];
    const look = (): Promise<void> => receiving.load(({ keys }) => void seen.push(...keys));
    await receiving.add(chunks[0]!);
    await expect(look()).rejects.toThrow('not whole');
    for (const chunk of chunks.slice(1)) await receiving.add(chunk);
    await look();
    expect(seen.length).toBe(ROWS + 1);
    expect((await load(store)).rows).toEqual(['node:/old=x']);
  });
});

describe('a row with a value of megabytes', () => {
  const LENGTH = 8 * 1024 * 1024;
  const long = row('node', '/long', '\xe9'.repeat(LENGTH));

  async function exported(rows: readonly Row[]): Promise<Uint8Array[]> {
    const store = await MemberStore.open(new MemoryDisk().open());
    await store.initialise(BOOTSTRAP);
    await store.write({ entries: commands(1, 5, 1), rows, applied: 5 });
    return (await chunksOf(store)).chunks;
  }

  test('is checked and packed a slice in a turn of the event loop', async () => {
    let chunks: readonly Uint8Array[] = [];
    const turns = await turnsDuring(async () => {
      chunks = await exported([row('node', '/a', 'before'), long, row('node', '/z', 'after')]);
    });
    // A quarter of a megabyte each for its checksum, and half of one to write it down.
    expect(turns).toBeGreaterThanOrEqual((LENGTH / 1024 / 1024) * 6 - 2);
    const rows = chunks.map(decodeChunk).flatMap((chunk) => (chunk.kind === 'rows' ? chunk.rows : []));
    expect(rows.map(({ key, value }) => [key, value.length])).toEqual([
      ['/a', 6],
      ['/long', LENGTH],
      ['/z', 5],
    ]);
    expect(rows[1]?.value === long.value).toBe(true);
  });

  test('is taken in a slice in a turn, and is the same there', async () => {
    const chunks = await exported([long]);
    const disk = new MemoryDisk();
    const store = await receiver(disk);
    const reception = await store.receiveState();
    const turns = await turnsDuring(async () => {
      for (const chunk of chunks) await reception.add(chunk);
    });
    expect(turns).toBeGreaterThanOrEqual((LENGTH / 1024 / 1024) * 4 - 2);
    await reception.finish({ index: 100, term: 3, configuration: THREE });
    const found: string[] = [];
    await store.load(({ values }) => found.push(...values));
    expect(found.map((value) => value === long.value)).toEqual([true]);
  });

  test('is gone with the rest when the reception is given up in the middle of it', async () => {
    const chunks = await exported([long]);
    const kv = new MemoryDisk().open();
    const store = await MemberStore.open(kv);
    await store.initialise(BOOTSTRAP);
    const reception = await store.receiveState();
    const adding = reception.add(chunks[0]!);
    await new Promise(setImmediate);
    await reception.abort();
    await adding;
    expect(await listed(kv, generationRange(2))).toEqual([]);
  });

  test('and a wrong checksum is not sent', async () => {
    await expect(exported([{ ...long, checksum: 1 }])).rejects.toMatchObject({ kind: 'corrupt' });
  });
});
