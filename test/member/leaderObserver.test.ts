import { LeaderObserver } from '../../src/member/leaderObserver';
import { heartbeat, core } from '../raft/core';
import { LogRecorder } from '../peer/harness';

test('who leads and since when is noted, counted and said once a change, not once a turn', () => {
  const raft = core();
  const log = new LogRecorder();
  const clock = { nowMs: 100, now: () => clock.nowMs };
  const note = new LeaderObserver(raft, clock, log);
  note.check();
  expect([note.current, note.changes, log.lines]).toEqual([undefined, 0, []]);

  raft.step(heartbeat(3, 0, '2'));
  note.check();
  clock.nowMs = 200;
  note.check();
  expect(note.current).toEqual({ id: '2', sinceMs: 100 });
  expect(log.lines).toEqual([
    { level: 'info', text: 'the cluster has a leader', fields: { leader: '2', term: 3, self: false } },
  ]);

  // The next term has no leader yet.
  raft.step({ type: 'voteResponse', from: '3', to: '1', term: 4, pre: false, granted: false });
  note.check();
  note.check();
  expect(note.current).toBeUndefined();
  expect(log.lines.slice(1)).toEqual([{ level: 'warn', text: 'there is no leader', fields: { term: 4 } }]);

  raft.step(heartbeat(4, 0, '3'));
  note.check();
  expect(note.current).toEqual({ id: '3', sinceMs: 200 });
  expect(note.changes).toBe(2);
});

test('a member that leads says so itself', () => {
  const raft = core({ configuration: { voters: ['1'], learners: [] } });
  const log = new LogRecorder();
  const note = new LeaderObserver(raft, { now: () => 5 }, log);
  raft.campaign();
  while (raft.takeWrite() !== undefined) raft.persisted();
  note.check();
  expect(note.current).toEqual({ id: '1', sinceMs: 5 });
  expect(log.lines).toEqual([
    { level: 'info', text: 'the cluster has a leader', fields: { leader: '1', term: raft.term, self: true } },
  ]);
});
