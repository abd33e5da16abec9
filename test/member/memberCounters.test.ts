import { MemberCounters } from '../../src/member/memberCounters';
import type { Raft } from '../../src/raft/raft';

const HEARTBEAT_MS = 100;

function scene() {
  const raft = { id: 'a', leader: 'a' as string | undefined };
  return { raft, counters: new MemberCounters(raft as unknown as Raft, HEARTBEAT_MS) };
}

test('a leader whose ticks come late counts them, a follower does not', () => {
  const { raft, counters } = scene();
  for (const nowMs of [0, 100, 300, 501]) counters.tick(nowMs);
  expect(counters.heartbeatsLate).toBe(1);
  raft.leader = 'b';
  counters.tick(5000);
  expect(counters.heartbeatsLate).toBe(1);
});

test('a state that comes in is counted until it is there, or is not', async () => {
  const { counters } = scene();
  const good = counters.receiving(Promise.resolve());
  const bad = expect(counters.receiving(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(counters.statesComingIn).toBe(2);
  await good;
  await bad;
  expect(counters.statesComingIn).toBe(0);
});
