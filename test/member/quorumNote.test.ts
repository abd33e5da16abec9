import { QuorumNote, type QuorumNoteParts } from '../../src/member/quorumNote';
import { LogRecorder } from '../peer/harness';

const NAMES: Readonly<Record<string, string>> = { '1': 'a', '2': 'b', '3': '' };

function scene(voters: readonly string[] = ['1', '2', '3']) {
  const raft = { id: '1', leader: undefined as string | undefined, configuration: { voters, learners: [] } };
  const linked: string[] = [];
  const sayingRemoved: string[] = [];
  const log = new LogRecorder();
  const parts: QuorumNoteParts = {
    raft,
    linked: () => linked,
    sayingRemoved: () => sayingRemoved,
    logger: log,
    electionTimeoutMs: 1000,
    members: () =>
      Object.entries(NAMES).map(([id, name]) => ({
        ...{ id, name, clientURLs: [], learner: false },
        peerURLs: [`http://127.0.0.1:${id}`],
      })),
  };
  const note = new QuorumNote(parts);
  return {
    raft,
    linked,
    sayingRemoved,
    log,
    note,
    texts: () => log.lines.map(({ level, text }) => `${level}: ${text}`),
  };
}

test('a member without a leader for some seconds says once whom it waits for', () => {
  const { note, texts, log } = scene();
  note.check(10_000);
  note.check(13_999);
  expect(texts()).toEqual([]);
  for (let nowMs = 14_000; nowMs < 100_000; nowMs += 100) note.check(nowMs);
  expect(texts()).toEqual(['warn: no quorum: waiting for b (http://127.0.0.1:2), 3 (http://127.0.0.1:3)']);
  expect(log.lines[0]?.fields).toEqual({ voters: 3, answering: 1, leaderlessMs: 4000 });
});

test('once there was a leader it says so again the next time, and an election is no such time', () => {
  const { note, raft, texts, linked } = scene();
  note.check(0);
  note.check(4000);
  raft.leader = '2';
  note.check(4100);
  raft.leader = undefined;
  note.check(5000);
  note.check(8900);
  raft.leader = '1';
  note.check(9000);
  expect(texts()).toHaveLength(1);
  raft.leader = undefined;
  note.check(9100);
  note.check(13_100);
  expect(texts()).toHaveLength(2);
  expect(linked).toEqual([]);
});

test('who is connected is not waited for; where that is a quorum, another cause is looked for', () => {
  const four = scene(['1', '2', '3', '4']);
  four.linked.push('2');
  four.note.check(0);
  four.note.check(4000);
  expect(four.texts()).toEqual(['warn: no quorum: waiting for 3 (http://127.0.0.1:3), 4']);
  const three = scene();
  three.linked.push('2');
  three.note.check(0);
  three.note.check(4000);
  expect(three.texts()).toEqual([
    'warn: no leader, though a quorum is connected: see the logs of b (http://127.0.0.1:2)',
  ]);
});

test('a learner waits for voters, and does not count itself', () => {
  const { note, texts } = scene(['2', '3']);
  note.check(0);
  note.check(4000);
  expect(texts()).toEqual(['warn: no quorum: waiting for b (http://127.0.0.1:2), 3 (http://127.0.0.1:3)']);
});

test('who says that this member was removed is not waited for', () => {
  const told =
    'which counts once a majority of the other voters says so: if `member list` there does not show this one, stop it and move its data directory aside';
  const one = scene();
  one.sayingRemoved.push('3');
  one.note.check(0);
  one.note.check(4000);
  expect(one.texts()).toEqual([
    `warn: no quorum: waiting for b (http://127.0.0.1:2); told that this member was removed at 3 (http://127.0.0.1:3), ${told}`,
  ]);
  const both = scene();
  both.sayingRemoved.push('2', '3');
  both.note.check(0);
  both.note.check(4000);
  expect(both.texts()).toEqual([
    `warn: no quorum: told that this member was removed at b (http://127.0.0.1:2), 3 (http://127.0.0.1:3), ${told}`,
  ]);
});
