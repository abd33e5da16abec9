import { durationText, timestampText } from '../../../src/api/http/timeText';

test.each([
  ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678Z'],
  ['2026-01-02T03:04:05.670Z', '2026-01-02T03:04:05.67Z'],
  ['2026-01-02T03:04:05.600Z', '2026-01-02T03:04:05.6Z'],
  ['2026-01-02T03:04:05.006Z', '2026-01-02T03:04:05.006Z'],
  ['2026-01-02T03:04:05.000Z', '2026-01-02T03:04:05Z'],
])('timestampText of %s', (time, text) => {
  expect(timestampText(Date.parse(time))).toBe(text);
});

test.each([
  [0, '0s'],
  [-5, '0s'],
  [1, '1ms'],
  [750, '750ms'],
  [1000, '1s'],
  [2513, '2.513s'],
  [60_000, '1m0s'],
  [61_500, '1m1.5s'],
  [3_600_000, '1h0m0s'],
  [90_061_001, '25h1m1.001s'],
])('durationText(%d)', (durationMs, text) => {
  expect(durationText(durationMs)).toBe(text);
});
