/** What the engine is told, without an engine: that a batch which has to be on the disk says so. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { generationRange } from '../../src/storage/layout';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';
import { openRocks } from '../../src/storage/rocks';
import { BOOTSTRAP, commands, load, row } from './support/memberRows';
import { put } from './support/kvSuite';
import { temporaryDirectory } from './support/temporaryDirectory';

const home = temporaryDirectory();

/** The first generation after the one that a member begins with. */
const ABANDONED = 2;

type Callback = (error?: Error | null) => void;

interface Told {
  readonly keys: readonly string[];
  readonly sync: boolean;
}

interface Operation {
  readonly type: 'put' | 'del';
  readonly key: Buffer | string;
  readonly value: Buffer | string;
}

/** Keeps pairs in a map, and what it was told; as slow as a disk, so that batches would overtake each other if they could. */
class RecordingEngine {
  readonly told: Told[] = [];
  inFlight = 0;
  mostInFlight = 0;
  /** How long a page takes of a scan for keys alone, which is what a sweep is. */
  sweepMs = 0;
  private readonly pairs = new Map<string, Buffer>();

  readonly open = (_options: object, callback: Callback): void => void setImmediate(callback);
  readonly close = (callback: Callback): void => void setImmediate(callback);
  readonly getProperty = (): string => '0';

  /** How many keys there are. */
  count({ gte, lt }: { readonly gte: Uint8Array; readonly lt: Uint8Array }): number {
    const [first, end] = [textOf(Buffer.from(gte)), textOf(Buffer.from(lt))];
    return [...this.pairs.keys()].filter((key) => key >= first && key < end).length;
  }

  batch(operations: readonly Operation[], options: { readonly sync: boolean }, callback: Callback): void {
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    for (const { type, key, value } of operations) {
      if (type === 'put') this.pairs.set(textOf(key), Buffer.from(value));
      else this.pairs.delete(textOf(key));
    }
    this.told.push({ keys: operations.map(({ key }) => textOf(key)), sync: options.sync });
    setImmediate(() => {
      this.inFlight -= 1;
      callback();
    });
  }

  get(key: Buffer, callback: (error: Error | null | undefined, value: Buffer) => void): void {
    const value = this.pairs.get(textOf(key));
    setImmediate(() => {
      if (value === undefined) callback(new Error('NotFound: '), Buffer.alloc(0));
      else callback(undefined, value);
    });
  }

  iterator(options: {
    readonly gte: Buffer;
    readonly lt: Buffer;
    readonly keyAsBuffer: boolean;
    readonly values: boolean;
  }): unknown {
    const pairs = [...this.pairs]
      .filter(([key]) => key >= textOf(options.gte) && key < textOf(options.lt))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const waitMs = options.values ? 0 : this.sweepMs;
    const shown = (bytes: Buffer): Buffer | string => (options.keyAsBuffer ? bytes : bytes.toString('utf8'));
    const page = pairs.map(([key, value]) => [shown(Buffer.from(key, 'latin1')), shown(value)] as const);
    return {
      nextPage: (callback: (error: null, page?: readonly unknown[]) => void) => {
        const next = page.splice(0);
        setTimeout(() => callback(null, next.length > 0 ? next : undefined), waitMs);
      },
      seek: () => undefined,
      end: (callback: Callback) => void setImmediate(callback),
    };
  }
}

function textOf(key: Buffer | string): string {
  return (typeof key === 'string' ? Buffer.from(key) : key).toString('latin1');
}

async function opened() {
  const engine = new RecordingEngine();
  const path = mkdtempSync(join(home, 'told-'));
  const kv = await openRocks({ path, createIfMissing: true, engine: () => engine });
  return { engine, kv };
}

test('a batch is synced if and only if it was asked for, in the order of the calls and one at a time', async () => {
  const { engine, kv } = await opened();
  const wanted = [true, false, true, true, false];
  await Promise.all(wanted.map((sync, at) => kv.batch([put(`k${at}`, 'v')], { sync })));
  expect(engine.told).toEqual(wanted.map((sync, at) => ({ keys: [`k${at}`], sync })));
  expect(engine.mostInFlight).toBe(1);
  await kv.close();
});

test('what a member has to keep is synced: its beginning, the number of its run, entries and hard state; rows are not', async () => {
  const { engine, kv } = await opened();
  const store = await MemberStore.open(kv);
  await store.settled();
  const told = async (write: () => Promise<unknown>): Promise<readonly boolean[]> => {
    engine.told.splice(0);
    await write();
    return engine.told.map(({ sync }) => sync);
  };
  expect(await told(() => store.initialise(BOOTSTRAP))).toEqual([true]);
  expect(await told(() => store.nextRun(() => 0.5))).toEqual([true]);
  expect(await told(() => store.write({ entries: commands(1, 2, 1) }))).toEqual([true]);
  expect(await told(() => store.write({ hardState: { term: 2, votedFor: undefined, commit: 1 } }))).toEqual([true]);
  expect(await told(() => store.write({ rows: [row('node', '/a', '1')], applied: 1 }))).toEqual([false]);
  await kv.close();
});

test('a state that comes in waits until what is left of an earlier one has been swept away', async () => {
  const { engine, kv } = await opened();
  const from = await MemberStore.open(new MemoryDisk().open());
  const rows = Array.from({ length: 50 }, (_, at) => row('node', `/k${at}`, String(at)));
  await from.initialise({ ...BOOTSTRAP, position: { index: 9, term: 2 }, rows });
  const half = await MemberStore.open(kv);
  await half.initialise(BOOTSTRAP);
  const first = await from.exportState();
  const abandoned = await half.receiveState();
  for await (const chunk of first.chunks) await abandoned.add(chunk);
  expect(engine.count(generationRange(ABANDONED))).toBeGreaterThan(0);
  // As after a crash: nobody aborted the first reception.
  engine.sweepMs = 100;
  const store = await MemberStore.open(kv);
  const receiver = await store.receiveState();
  // At once, for a scan would give the sweep its time.
  expect(engine.count(generationRange(ABANDONED))).toBe(0);
  const second = await from.exportState();
  for await (const chunk of second.chunks) await receiver.add(chunk);
  await store.settled();
  await load(store);
  await receiver.finish(second.start);
  await store.settled();
  expect((await load(store)).rows.length).toBe(50);
  await kv.close();
});

test('every run has a number of its own', async () => {
  const { kv } = await opened();
  const store = await MemberStore.open(kv);
  await store.initialise(BOOTSTRAP);
  const runs = [await store.nextRun(() => 0.5), await store.nextRun(() => 0.5)];
  expect(new Set(runs).size).toBe(2);
  await kv.close();
});
