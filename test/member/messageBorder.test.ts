import { encodeChange } from '../../src/machine/cluster/clusterRows';
import type { ClusterChange } from '../../src/machine/cluster/clusterState';
import { encodeBatch } from '../../src/machine/commandCodec';
import { MessageBorder } from '../../src/member/messageBorder';
import { OutdatedDataError } from '../../src/member/outdatedData';
import type { Raft } from '../../src/raft/raft';
import type { Configuration, Entry, Message } from '../../src/raft/types';
import { set } from '../machine/keyspace/writer';
import { append, appended, core, heartbeat, settledLeader, THREE } from '../raft/core';
import { NOBODY, noop } from '../raft/harness';

const AT_ONCE = 2 ** 24;
const A_TICK = 256;

const batch = (index: number, term: number): Entry => {
  const data = encodeBatch({ origin: '2', run: 1, sequence: index, commands: [set('/a')] });
  return { kind: 'command', index, term, data };
};
const configured = (index: number, change: ClusterChange, voters: string, learners = ''): Entry => {
  const configuration: Configuration = {
    voters: voters.split(' '),
    learners: learners === '' ? [] : learners.split(' '),
  };
  const data = encodeChange({ origin: '2', run: 1, sequence: index, change });
  return { kind: 'configuration', index, term: 2, configuration, data };
};
const learner = (id: string): ClusterChange => ({ type: 'addMember', id, peerURLs: ['http://x:1'], learner: true });
const from2 = (...entries: readonly Entry[]): Message => ({ ...append(2, 1, 1, []), entries }) as Message;

/** A follower with one entry of term 1. */
function follower(): { raft: Raft; border: MessageBorder } {
  const raft = core({ terms: [1] });
  return { raft, border: new MessageBorder(raft) };
}

test('what a sound leader appends goes through, and is in the log', () => {
  const { raft, border } = follower();
  const message = from2(
    noop(2, 2),
    batch(3, 2),
    configured(4, learner('4'), '1 2 3', '4'),
    configured(5, { type: 'promoteMember', id: '4' }, '1 2 3 4'),
    configured(6, { type: 'removeMember', id: '3' }, '1 2 4'),
  );
  expect(border.judge(message)).toBeUndefined();
  border.step(message);
  expect(raft.status()).toMatchObject({ lastIndex: 6, leader: '2', configuration: { voters: ['1', '2', '4'] } });
});

test('the state machine’s bytes: an entry that is no batch costs the link, and is not in the log', () => {
  const { raft, border } = follower();
  for (const data of [Buffer.alloc(0), Buffer.from('garbage that is long enough to be a batch')]) {
    expect(border.judge(from2(noop(2, 2), { kind: 'command', index: 3, term: 2, data }))).toEqual({
      offence: 'entry 3 is no batch of commands',
    });
  }
  expect(raft.status().lastIndex).toBe(1);
});

const unreadable = (data: string): Entry =>
  ({ ...configured(2, learner('4'), '1 2 3', '4'), data: Buffer.from(data) }) as Entry;

test.each<[string, readonly Entry[]]>([
  ['a change that cannot be read', [unreadable('{')]],
  ['a change without what it changes', [unreadable('{"origin":"2","run":1,"sequence":1,"change":null}')]],
  ['a learner that gets a vote', [configured(2, learner('4'), '1 2 3 4')]],
  ['a learner that is not there', [configured(2, learner('4'), '1 2 3')]],
  ['a promotion to what it was', [configured(2, { type: 'promoteMember', id: '4' }, '1 2 3', '4')]],
  ['a removal of one that stays', [configured(2, { type: 'removeMember', id: '3' }, '1 2 3')]],
  ['a removal of another one', [configured(2, { type: 'removeMember', id: '3' }, '1 3')]],
  [
    'a change that is said to be another, after one in order',
    [configured(2, learner('4'), '1 2 3', '4'), configured(3, { type: 'promoteMember', id: '3' }, '1 2 3', '4 5')],
  ],
])('a configuration that its change does not lead to costs the link: %s', (_, entries) => {
  const { border } = follower();
  expect(border.judge(from2(...entries))).toEqual({ offence: expect.stringMatching(/^entry [23]: /) });
});

test('what raft itself would stumble over is kept from it', () => {
  const raft = settledLeader();
  const border = new MessageBorder(raft);
  const { term, lastIndex } = raft.status();
  for (const message of [heartbeat(term), appended(raft, '2', lastIndex + 1), { ...heartbeat(term), to: '2' }]) {
    expect(border.judge(message)).toEqual({ offence: expect.any(String) });
  }
  // Perhaps it was removed meanwhile: no offence.
  expect(border.judge(appended(raft, '9', lastIndex))).toBe('ignored');
  expect(border.judge(appended(raft, '2', lastIndex))).toBeUndefined();
});

test('terms rise by so much at once and so much in each tick, so that nobody can use them up', () => {
  const { raft, border } = follower();
  const isFar = (term: number): boolean => border.judge(heartbeat(term)) !== undefined;
  expect(isFar(1 + AT_ONCE + 1)).toBe(true);
  expect(border.judge(heartbeat(1 + AT_ONCE))).toBeUndefined();
  border.step(heartbeat(1 + AT_ONCE));
  expect(raft.term).toBe(1 + AT_ONCE);
  // The same term goes on; the next has to wait for a tick.
  expect(isFar(raft.term)).toBe(false);
  expect(isFar(raft.term + 1)).toBe(true);
  border.tick();
  expect(isFar(raft.term + A_TICK)).toBe(false);
  expect(isFar(raft.term + A_TICK + 1)).toBe(true);
});

test('ticks save up no more than what may rise at once', () => {
  const { border } = follower();
  for (let tick = 0; tick < 10; tick++) border.tick();
  expect(border.judge(heartbeat(1 + AT_ONCE + 1))).toEqual({ offence: expect.stringContaining('far beyond') });
});

test('whoever joins takes the term of a cluster that is old, and it costs nothing', () => {
  const raft = core({ configuration: NOBODY });
  const border = new MessageBorder(raft);
  const old = 3 * AT_ONCE;
  expect(border.judge(heartbeat(old))).toBeUndefined();
  border.step(heartbeat(old));
  expect(raft.term).toBe(old);
  expect(border.judge({ ...heartbeat(old + AT_ONCE), from: '3' })).toBeUndefined();
});

test('a member whose data are older than its word must not go on', () => {
  const { raft, border } = follower();
  expect(raft.status().configuration).toEqual(THREE);
  const beyond = heartbeat(2, 5);
  for (let time = 0; time < 2; time++) expect(border.judge(beyond)).toEqual({ offence: expect.any(String) });
  expect(() => border.judge(beyond)).toThrow(OutdatedDataError);
});

test.each<[string, Message]>([
  ['heard a leader', heartbeat(2, 1)],
  ['refused what does not fit', append(2, 5, 2, [2])],
])('one that was just started and only %s may still find out that its data are old', (_, first) => {
  const { border } = follower();
  border.step(first);
  const beyond = heartbeat(2, 5);
  for (let time = 0; time < 2; time++) expect(border.judge(beyond)).toEqual({ offence: expect.any(String) });
  expect(() => border.judge(beyond)).toThrow(OutdatedDataError);
});

test('one whose log fitted that of a leader since it was started, or that led, is told by nobody that its data are old', () => {
  const followed = follower();
  followed.border.step(append(2, 1, 1, [2]));
  const led = settledLeader();
  for (const border of [followed.border, new MessageBorder(led)]) {
    for (let time = 0; time < 9; time++) {
      expect(border.judge(heartbeat(led.term + 1, 500))).toEqual({ offence: expect.any(String) });
    }
  }
});
