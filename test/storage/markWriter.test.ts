/** How often the mark of the last synced write is written, and how far it may be behind. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MarkWriter, WRITE_DELAY_MS } from '../../src/storage/markWriter';
import { readMark } from '../../src/storage/syncedMark';

let directory: string;
let writer: MarkWriter;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mark-'));
  writer = await MarkWriter.open(directory, 0, 0, (error) => {
    throw error;
  });
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
});

afterEach(async () => {
  jest.useRealTimers();
  await writer.close(true);
  rmSync(directory, { recursive: true, force: true });
});

/** The counter of the mark counts its writes. */
async function mark(): Promise<{ counter: number; synced: number; written: number }> {
  // A write that was begun is done by a thread, in real time, and what follows from it some promises later.
  await (writer as unknown as { writing: Promise<void> }).writing;
  await new Promise((resolve) => setImmediate(resolve));
  const found = await readMark(directory);
  if (typeof found === 'string') throw new Error(`the mark is ${found}`);
  return found;
}

async function pass(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
  await mark();
}

test('a batch is marked 100 ms later', async () => {
  const before = await mark();
  writer.wrote(7, true);
  await pass(99);
  expect(await mark()).toEqual(before);
  await pass(1);
  expect(await mark()).toMatchObject({ synced: 7, written: 7, counter: before.counter + 1 });
  writer.wrote(9, false);
  await pass(100);
  expect(await mark()).toMatchObject({ synced: 7, written: 9, counter: before.counter + 2 });
});

test('of batches that come one after the other, those of 100 ms share a write, and the mark is not further behind', async () => {
  const before = await mark();
  let sequence = 0;
  for (let ms = 0; ms < 1000; ms += 10) {
    sequence += 1;
    writer.wrote(sequence, true);
    await pass(10);
    expect((await mark()).synced).toBeGreaterThan(sequence - 100 / 10);
  }
  const { counter } = await mark();
  expect(counter - before.counter).toBeLessThanOrEqual(10);
  await pass(100);
  expect((await mark()).synced).toBe(sequence);
});

test('docs/reliability.md says how much a killed process may leave unmarked', () => {
  const text = readFileSync(join(__dirname, '../../docs/reliability.md'), 'utf8');
  expect(text).toContain(`but for the writes of its last ${WRITE_DELAY_MS} ms or so`);
});
