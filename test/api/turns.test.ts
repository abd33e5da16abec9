import { Turns } from '../../src/api/turns';

/** A clock that only work moves. */
function setUp(): { turns: Turns; spend: (ms: number) => void; nowMs: () => number } {
  let now = 0;
  const nowMs = (): number => now;
  return {
    turns: new Turns(nowMs),
    nowMs,
    spend: (ms) => {
      now += ms;
    },
  };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('many pieces of work share a turn, each for a slice', async () => {
  const { turns, spend, nowMs } = setUp();
  const slices: string[] = [];
  for (const name of 'abcdefgh') {
    let leftMs = 6;
    turns.add((isOver) => {
      slices.push(name);
      while (leftMs > 0 && !isOver()) {
        spend(1);
        leftMs -= 1;
      }
      return leftMs > 0;
    });
  }
  expect(slices).toEqual([]);
  const lengths: number[] = [];
  for (let left = 48; left > 0;) {
    const startMs = nowMs();
    await nextTurn();
    lengths.push(nowMs() - startMs);
    left -= nowMs() - startMs;
  }
  expect(Math.max(...lengths)).toBe(10);
  expect(slices.join('')).toBe('abcdefgh'.repeat(3));
});

test('work without an end leaves time for other things', async () => {
  const { turns, spend } = setUp();
  let slices = 0;
  turns.add(() => {
    spend(100);
    slices += 1;
    return slices < 50;
  });
  await nextTurn();
  expect(slices).toBe(1);
  await nextTurn();
  expect(slices).toBe(2);
});
