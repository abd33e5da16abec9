import { encodeBatch } from '../../src/machine/commandCodec';
import { Machine } from '../../src/machine/machine';
import { BatchWriter, type BatchWriterParts } from '../../src/member/batchWriter';
import type { Entry } from '../../src/raft/types';
import type { StoreWrite } from '../../src/storage/memberStore';
import { PreparedRows } from '../../src/storage/preparedRows';
import { set } from '../machine/keyspace/writer';

const APPLIED = 100;

interface Scene {
  readonly writer: BatchWriter;
  /** What each batch has in it. */
  readonly batches: string[][];
  readonly failures: unknown[];
  nowMs: number;
  /** The next batch of the store is refused with this. */
  failure: Error | undefined;
}

function makeScene(value = 'short'): Scene {
  const machine = new Machine(10);
  machine.apply(encodeBatch({ origin: 'a1', run: 1, sequence: 1, commands: [set('/a', { value })] }));
  const scene: Scene = {
    ...{ writer: undefined as unknown as BatchWriter, batches: [], failures: [] },
    nowMs: 1_000_000,
    failure: undefined,
  };
  const parts = {
    raft: { applied: APPLIED, compact: () => undefined },
    state: { machine },
    store: {
      applied: 40,
      prepareRows: () => new PreparedRows(''),
      write: ({ rows, applied, entries = [], start }: StoreWrite) => {
        const [hasRows, hasEntries] = [rows !== undefined, entries.length > 0];
        scene.batches.push([
          ...(start === undefined ? [] : ['start']),
          ...(hasRows ? [`rows up to ${applied}`] : []),
          ...(hasEntries ? ['entries'] : []),
        ]);
        return scene.failure === undefined ? Promise.resolve() : Promise.reject(scene.failure);
      },
    },
    clock: { monotonicMs: () => scene.nowMs, soon: setImmediate, after: () => () => undefined },
    compaction: { due: () => undefined },
    compactionLimit: () => 0,
    isBusy: () => false,
    isInEntry: () => false,
    onCollected: () => undefined,
    onDone: (next: () => void) => {
      try {
        next();
      } catch (error) {
        scene.failures.push(error);
      }
    },
    guarded: (run: () => void) => run(),
  };
  return Object.assign(scene, { writer: new BatchWriter(parts as unknown as BatchWriterParts) });
}

const entry = (length: number): Entry => ({ kind: 'command', index: 101, term: 1, data: Buffer.alloc(length) });
const start = { index: 90, term: 1, configuration: { voters: ['1'], learners: [] } };

async function saved(scene: Scene, write: StoreWrite): Promise<boolean> {
  let isDone = false;
  scene.writer.rowsChanged();
  scene.writer.save(write, () => (isDone = true));
  expect(scene.writer.busy).toBe(true);
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  expect(scene.writer.busy).toBe(false);
  return isDone;
}

test.each([
  ['short entries share a batch with rows', { entries: [entry(100)] }, [['rows up to 100', 'entries']]],
  ['long ones go behind them, in one of their own', { entries: [entry(2_000_000)] }, [['rows up to 100'], ['entries']]],
  [
    'a log that is replaced goes with its rows',
    { entries: [entry(2_000_000)], start },
    [['start', 'rows up to 100', 'entries']],
  ],
])('%s', async (_what, write, expected) => {
  const scene = makeScene();
  expect(await saved(scene, write)).toBe(true);
  expect(scene.batches).toEqual(expected);
  expect(scene.failures).toEqual([]);
});

test('entries are not written behind rows that could not be, and that is told once', async () => {
  const scene = makeScene();
  scene.failure = new Error('full');
  expect(await saved(scene, { entries: [entry(2_000_000)] })).toBe(false);
  expect(scene.batches).toEqual([['rows up to 100']]);
  expect(scene.failures).toEqual([scene.failure]);
});

test('the more rows a batch took, the later are the next ones: entries get the disk', async () => {
  const short = { entries: [entry(100)] };
  const hasRows = async (scene: Scene): Promise<boolean> => {
    scene.batches.length = 0;
    expect(await saved(scene, short)).toBe(true);
    return scene.batches[0]?.[0] !== 'entries';
  };
  const scene = makeScene();
  expect(await hasRows(scene)).toBe(true);
  scene.nowMs += 9;
  expect(await hasRows(scene)).toBe(false);
  scene.nowMs += 1;
  expect(await hasRows(scene)).toBe(true);
  const long = makeScene('x'.repeat(4 * 1024 * 1024));
  expect(await hasRows(long)).toBe(true);
  long.nowMs += 400;
  expect(await hasRows(long)).toBe(false);
  long.nowMs += 200;
  expect(await hasRows(long)).toBe(true);
});
