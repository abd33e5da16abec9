import { AppendLatency } from '../../src/peer/latency';
import { RateWindow } from '../../src/peer/traffic';

describe('rates', () => {
  it('are taken over the last 200 samples', () => {
    const window = new RateWindow();
    for (let position = 0; position < 300; position += 1) window.add(5000, position);
    for (let position = 0; position < 200; position += 1) window.add(100, 1000 + position * 10);
    const { packages, bytes } = window.rates(3000);
    expect(packages).toBeCloseTo(200 / 1.99, 6);
    expect(bytes).toBeCloseTo((200 * 100) / 1.99, 6);
    expect(window.count).toBe(500);
  });

  it('are zero without two samples, without time between them, and after a second of nothing', () => {
    const window = new RateWindow();
    expect(window.rates(0)).toEqual({ packages: 0, bytes: 0 });
    window.add(1, 5);
    expect(window.rates(5)).toEqual({ packages: 0, bytes: 0 });
    window.add(1, 5);
    expect(window.rates(5)).toEqual({ packages: 0, bytes: 0 });
    window.add(1, 15);
    expect(window.rates(1015).packages).toBeCloseTo(300, 6);
    expect(window.rates(1016)).toEqual({ packages: 0, bytes: 0 });
    window.add(1, 1020);
    expect(window.rates(1020)).toEqual({ packages: 0, bytes: 0 });
  });
});

describe('the latency of a follower', () => {
  it('is from request to answer, one answer may cover many', () => {
    const latency = new AppendLatency();
    latency.sent(1, 100);
    latency.sent(2, 102);
    latency.sent(3, 110);
    latency.acknowledged(2, 104);
    expect(latency.status('b2')).toEqual({
      id: 'b2',
      currentMs: 2,
      averageMs: 3,
      standardDeviationMs: 1,
      minimumMs: 2,
      maximumMs: 4,
      successCount: 2,
      failCount: 0,
    });
  });

  it('counts what was dropped or lost, not what was refused', () => {
    const latency = new AppendLatency();
    latency.sent(1, 0);
    latency.refused();
    latency.sent(2, 0);
    latency.sent(3, 0);
    latency.lost();
    latency.dropped();
    latency.acknowledged(3, 9);
    expect(latency.status('b2')).toMatchObject({ successCount: 0, failCount: 3, averageMs: 0, minimumMs: 2 ** 63 });
  });

  it('times no more than so many at once', () => {
    const latency = new AppendLatency();
    for (let index = 1; index <= 5000; index += 1) latency.sent(index, 0);
    latency.acknowledged(5000, 1);
    expect(latency.status('b2').successCount).toBe(1024);
  });
});
