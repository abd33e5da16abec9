import { durationText } from '../../src/peer/durationText';

describe('durations', () => {
  it.each([
    [0, '0ms'],
    [0.25, '0.25ms'],
    [750, '750ms'],
    [1000, '1s'],
    [2004.05135, '2.004051s'],
    [60_000, '1m0s'],
    [28_798_924.003, '7h59m58.924003s'],
  ])('of %p ms read %p', (durationMs, text) => {
    expect(durationText(durationMs)).toBe(text);
  });
});
