import { UnfinishedFrames } from '../../src/peer/unfinishedFrames';

const MIB = 1024 * 1024;

describe('unfinished frames', () => {
  it('of all streams together have a bound: the one that is unfinished longest is cut', () => {
    const unfinished = new UnfinishedFrames(() => 0);
    const cut: number[] = [];
    const streams = Array.from({ length: 25 }, (_, number) => ({ number }));
    for (const stream of streams) {
      unfinished.read(stream, 39 * MIB, false, () => cut.push(stream.number));
      expect(unfinished.heldBytes).toBeLessThanOrEqual(128 * MIB);
    }
    expect(cut).toEqual(Array.from({ length: 22 }, (_, number) => number));
  });

  it('that are finished, or whose stream is closed, hold nothing', () => {
    const unfinished = new UnfinishedFrames(() => 0);
    const [a, b] = [{}, {}];
    const never = (): never => {
      throw new Error('cut');
    };
    unfinished.read(a, 100, false, never);
    unfinished.read(b, 50, false, never);
    unfinished.read(a, 10, true, never);
    expect(unfinished.heldBytes).toBe(60);
    unfinished.forget(a);
    unfinished.read(b, 0, true, never);
    expect(unfinished.heldBytes).toBe(0);
  });

  it('have a minute', () => {
    let nowMs = 0;
    const unfinished = new UnfinishedFrames(() => nowMs);
    const reasons: string[] = [];
    const stream = {};
    for (nowMs = 0; nowMs <= 61_000; nowMs += 1000)
      unfinished.read(stream, 100, false, (reason) => reasons.push(reason));
    expect(reasons).toEqual(['a frame was not finished within 60000 ms']);
  });
});
