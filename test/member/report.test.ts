import { Tally } from '../../src/member/report';
import type { Raft } from '../../src/raft/raft';

const HEARTBEAT_MS = 100;

function scene() {
  const raft = { id: 'a', leader: 'a' as string | undefined };
  return { raft, tally: new Tally(raft as unknown as Raft, HEARTBEAT_MS) };
}

test('a leader whose ticks come late counts them, a follower does not', () => {
  const { raft, tally } = scene();
  for (const nowMs of [0, 100, 300, 501]) tally.tick(nowMs);
  expect(tally.heartbeatsLate).toBe(1);
  raft.leader = 'b';
  tally.tick(5000);
  expect(tally.heartbeatsLate).toBe(1);
});

test('a state that comes in is counted until it is there, or is not', async () => {
  const { tally } = scene();
  const good = tally.receiving(Promise.resolve());
  const bad = expect(tally.receiving(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(tally.statesComingIn).toBe(2);
  await good;
  await bad;
  expect(tally.statesComingIn).toBe(0);
});
