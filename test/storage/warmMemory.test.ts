/** New memory of a program is found and cleared page by page, when it is touched first; how many that were, the system counts. */
import { warmMemory } from '../../src/storage/warmMemory';

const MEBIBYTE = 1024 * 1024;
const LENGTH = 19.8 * MEBIBYTE;
const PAGES = LENGTH / 4096;
const isGlibc = (process.report?.getReport() as { header: { glibcVersionRuntime?: string } }).header
  .glibcVersionRuntime;

const newPages = (): number => process.resourceUsage().minorPageFault;

/** The most new pages of one turn until it is done. */
function warmed(bytes: number): Promise<number> {
  let most = 0;
  let before = newPages();
  const inLaterTurn = (run: () => void): void => {
    most = Math.max(most, newPages() - before);
    setImmediate(() => {
      before = newPages();
      run();
    });
  };
  return new Promise((resolve) => {
    warmMemory(bytes, inLaterTurn, () => {
      resolve(most);
    });
  });
}

(isGlibc === undefined ? test.skip : test)(
  'what is allocated next is no new memory, and no turn finds much of it',
  async () => {
    const most = await warmed(LENGTH);
    const before = newPages();
    Buffer.allocUnsafeSlow(LENGTH).fill(1);
    expect(newPages() - before).toBeLessThan(PAGES / 4);
    expect(most).toBeLessThan(PAGES / 4);
  },
);

test('what is short, or longer than can be kept, takes no turn', () => {
  for (const bytes of [100, MEBIBYTE, 64 * MEBIBYTE]) {
    let isDone = false;
    warmMemory(
      bytes,
      () => undefined,
      () => {
        isDone = true;
      },
    );
    expect([bytes, isDone]).toEqual([bytes, true]);
  }
});
