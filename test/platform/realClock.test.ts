import { TTL_MAX_SECONDS } from '../../src/machine/commandRules';
import { presentMs, RealClock } from '../../src/platform/realClock';

const NOW = Date.UTC(2026, 0, 1);
const END = Date.UTC(10_000, 0, 1) - 1;

afterEach(() => jest.restoreAllMocks());

it.each([
  [NOW, NOW],
  [-1, 0],
  [-62_000_000_000_000, 0],
  [END, END],
  [Date.UTC(12_000, 0, 1), END],
  [8_640_000_000_000_000, END],
])('a clock at %d says %d', (at, said) => {
  jest.spyOn(Date, 'now').mockReturnValue(at);
  expect([new RealClock().now(), presentMs()]).toEqual([said, said]);
});

it('the longest TTL from the last moment on can be stored', () => {
  expect(END + TTL_MAX_SECONDS * 1000).toBeLessThan(2 ** 48);
});
