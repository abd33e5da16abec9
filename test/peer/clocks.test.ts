import { durationText } from '../../src/peer/durationText';
import { BackOff } from '../../src/peer/backOff';
import { LogLines } from '../../src/peer/logLines';
import { clockWithOffset, connected, LogRecorder, startNode, stopAll, until } from './harness';

afterEach(stopAll);

describe('clocks that differ', () => {
  it('are measured, and warned about above one second', async () => {
    const a = await startNode('a1', { probeIntervalMs: 20 });
    const b = await startNode('b2', { probeIntervalMs: 20, clock: clockWithOffset(2004) });
    const c = await startNode('c3', { probeIntervalMs: 20, clock: clockWithOffset(-800) });
    await connected(a, b, c);
    await until(() => a.log.texts('clock difference').length > 0 && b.log.texts('clock difference').length > 1);
    await until(() => a.network.status().peers.every(({ clockDifferenceMs }) => clockDifferenceMs !== undefined));
    const [toB, toC] = a.network.status().peers;
    expect(toB!.clockDifferenceMs).toBeGreaterThan(1900);
    expect(toB!.clockDifferenceMs).toBeLessThan(2100);
    expect(toC!.clockDifferenceMs).toBeLessThan(-700);
    expect(a.log.texts('clock difference')).toHaveLength(1);
    expect(a.log.texts('clock difference')[0]).toMatch(
      /^the clock difference against peer b2 is too high \[(2\.00\d*|1\.9\d*)s > 1s\]$/,
    );
    expect(b.log.texts('against peer a1 is too high')).toHaveLength(1);
    expect(b.log.texts('against peer c3 is too high [2.')).toHaveLength(1);
  });
});

describe('log lines', () => {
  it('come once in 30 seconds for a kind and peer, with a count of those left out', () => {
    const recorder = new LogRecorder();
    let nowMs = 0;
    const log = new LogLines(recorder, () => nowMs);
    for (nowMs = 0; nowMs <= 30_000; nowMs += 1000) {
      log.write('warn', 'dial', 'a1', `dial at ${nowMs}`);
      if (nowMs < 2000) log.write('error', 'health', 'a1', 'another kind');
      if (nowMs < 2000) log.write('info', 'dial', 'b2', 'another peer');
    }
    expect(recorder.lines).toEqual([
      { level: 'warn', text: 'dial at 0', fields: { peer: 'a1' } },
      { level: 'error', text: 'another kind', fields: { peer: 'a1' } },
      { level: 'info', text: 'another peer', fields: { peer: 'b2' } },
      { level: 'warn', text: 'dial at 30000', fields: { peer: 'a1', suppressed: 29 } },
    ]);
  });

  it('about ever new strangers do not grow memory', () => {
    const log = new LogLines(new LogRecorder(), () => 0);
    for (let stranger = 0; stranger < 5000; stranger += 1) log.write('warn', 'dial', String(stranger), 'x');
    expect(log.remembered).toBeLessThanOrEqual(1000);
  });
});

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

describe('back-off', () => {
  it('doubles from 100 ms to 2 s, jittered down to half, and starts over', () => {
    const full = new BackOff(() => 0);
    expect(Array.from({ length: 7 }, () => full.nextMs())).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
    full.reset();
    expect(full.nextMs()).toBe(100);
    const shortest = new BackOff(() => 0.999999);
    expect(shortest.nextMs()).toBeCloseTo(50, 1);
    expect(shortest.longestMs()).toBeCloseTo(1000, 1);
  });
});
