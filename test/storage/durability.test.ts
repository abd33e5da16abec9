import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { openRocks } from '../../src/storage/rocks';
import { start, writerCommand } from './support/children';
import { listed } from './support/kvSuite';
import { temporaryDirectory } from './support/temporaryDirectory';

const home = temporaryDirectory();

// With large values the engine is in the middle of writing tables and merging them most of the time. These are few kills;
// where it was acknowledged before it was written, or a batch was written in two, they were enough to show it.
test.each([
  [10, 'small', 50],
  [3, 'large', 200_000],
])(
  'nothing acknowledged is missing after %i kills among %s writes, and no batch is cut in two',
  async (kills, _size, valueBytes) => {
    const path = mkdtempSync(join(home, 'kill-'));
    let next = 0;
    let lastAcknowledged = -1;
    for (let kill = 0; kill < kills; kill += 1) {
      const { child, ended, printed, errors } = start(writerCommand(path, next, 0, valueBytes));
      await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()) ?? resolve());
      await new Promise((resolve) => setTimeout(resolve, Math.random() * (valueBytes > 1000 ? 500 : 60)));
      child.kill('SIGKILL');
      await ended;
      expect(errors()).toBe('');
      expect(child.signalCode).toBe('SIGKILL');
      // The last line may be cut in two, as the writer may have been.
      const acknowledged = printed().split('\n').slice(0, -1).map(Number);
      lastAcknowledged = acknowledged.at(-1) ?? lastAcknowledged;
      next = await checkNumbers(path, lastAcknowledged);
    }
    expect(lastAcknowledged).toBeGreaterThan(kills);
  },
);

/** Every batch up to the last is there, whole; answers the first number that is not. */
async function checkNumbers(path: string, lastAcknowledged: number): Promise<number> {
  const kv = await openRocks({ path, createIfMissing: false });
  const found = await listed(kv);
  await kv.close();
  const firstHalves = found.filter((pair) => pair.startsWith('a')).map((pair) => pair.slice(1));
  const secondHalves = found.filter((pair) => pair.startsWith('z')).map((pair) => pair.slice(1));
  expect(firstHalves).toEqual(secondHalves);
  expect(firstHalves.map((pair) => parseInt(pair, 10))).toEqual(firstHalves.map((_, at) => at));
  expect(firstHalves.length).toBeGreaterThan(lastAcknowledged);
  return firstHalves.length;
}
