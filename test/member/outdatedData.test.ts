import { OutdatedData, OutdatedDataError } from '../../src/member/outdatedData';
import type { Message } from '../../src/raft/types';

function scene({ hasAgreed = false } = {}) {
  const configuration = { voters: ['a', 'b', 'c'], learners: [] };
  const raft = { id: 'a', term: 7, leader: undefined, hasAgreed, status: () => ({ lastIndex: 100, configuration }) };
  const outdated = new OutdatedData(raft as never);
  const heartbeat = (commit: number, more: object = {}): Message => ({
    type: 'heartbeat',
    from: 'b',
    to: 'a',
    term: 7,
    commit,
    readRound: 0,
    ...more,
  });
  return { outdated, heartbeat };
}

test('a leader that again and again has its word for more than its log holds: it must not go on, and says what to do', () => {
  const { outdated, heartbeat } = scene();
  outdated.look(heartbeat(150));
  outdated.look(heartbeat(150));
  const look = (): void => outdated.look(heartbeat(151));
  expect(look).toThrow(OutdatedDataError);
  expect(look).toThrow(
    /log ends at entry 100, and leader b has its word for entry 151\. .*restored from a copy\?.* add it again/,
  );
});

test.each([
  ['what the log holds', { commit: 100 }],
  ['an earlier term', { commit: 150, term: 6 }],
  ['another leader each time', undefined],
  ['a stranger', { from: 'd' }],
  ['somebody else', { commit: 150, to: 'c' }],
])('%s convicts nobody', (_name, fields) => {
  const { outdated, heartbeat } = scene();
  for (let at = 0; at < 10; at += 1) outdated.look(heartbeat(150, fields ?? { from: at % 2 === 0 ? 'b' : 'c' }));
});

test('one heartbeat in order takes the suspicion back', () => {
  const { outdated, heartbeat } = scene();
  for (let at = 0; at < 9; at += 1) outdated.look(heartbeat(at % 3 === 2 ? 100 : 150));
});

test('once the log fitted that of a leader nobody is believed who says so', () => {
  const { outdated, heartbeat } = scene({ hasAgreed: true });
  for (let at = 0; at < 9; at += 1) outdated.look(heartbeat(150));
});
