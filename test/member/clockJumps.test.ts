import { PendingRequests } from '../../src/member/pendingRequests';
import type { Clock } from '../../src/platform/clock';
import { handOver } from '../../src/member/handover';
import type { Raft } from '../../src/raft/raft';

const DAY_MS = 86_400_000;

/** A clock of which the time of day can be set. */
class SettableClock implements Clock {
  wallMs = 1_700_000_000_000;
  ranMs = 50;

  now(): number {
    return this.wallMs;
  }

  monotonicMs(): number {
    return this.ranMs;
  }

  every(): () => void {
    return () => undefined;
  }

  after(delayMs: number, run: () => void): () => void {
    this.ranMs += delayMs;
    queueMicrotask(run);
    return () => undefined;
  }

  soon(run: () => void): void {
    queueMicrotask(run);
  }
}

test.each([DAY_MS, -DAY_MS])('a clock that is set by %i ms neither ends a wait nor makes it long', async (jumpMs) => {
  const clock = new SettableClock();
  const requests = new PendingRequests('a', 1, clock, 1000, () => undefined);
  const outcomes: string[] = [];
  const note = (name: string, wait: Promise<unknown>): void => {
    wait.then(
      () => outcomes.push(`${name} answered`),
      () => outcomes.push(`${name} timed out`),
    );
  };
  note('command', requests.propose({ type: 'sync', nowMs: 0, expireMax: 1 }));
  note('read', requests.readBarrier());
  clock.wallMs += jumpMs;
  clock.ranMs += 999;
  requests.expire(clock.monotonicMs());
  await Promise.resolve();
  expect([outcomes, requests.pending]).toEqual([[], 2]);
  clock.ranMs += 2;
  requests.expire(clock.monotonicMs());
  await Promise.resolve();
  expect([outcomes.sort(), requests.pending]).toEqual([['command timed out', 'read timed out'], 0]);
});

test.each([DAY_MS, -DAY_MS])('handing over takes its time whatever the clock is set to (%i ms)', async (jumpMs) => {
  const clock = new SettableClock();
  const raft = {
    id: 'a',
    leader: 'a',
    status: () => ({ progress: [{ id: 'b', learner: false, recentlyActive: true, matchIndex: 1 }] }),
    transferLeadership: () => true,
  };
  const beganMs = clock.ranMs;
  await handOver(raft as unknown as Raft, clock, 500, () => {
    clock.wallMs += jumpMs;
  });
  expect(clock.ranMs - beganMs).toBe(500);
});
