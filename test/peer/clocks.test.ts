import { clockWithOffset, connected, startNode, stopAll, until } from './harness';

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
      /^the clock difference against peer b2 is too high \[(2\.0\d*|1\.9\d*)s > 1s\]$/,
    );
    expect(b.log.texts('against peer a1 is too high')).toHaveLength(1);
    expect(b.log.texts('against peer c3 is too high [2.')).toHaveLength(1);
  });
});
