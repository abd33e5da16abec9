import { RaftInvariantError } from '../../src/raft/errors';
import { appended, core, flush, heartbeat, leader, propose, settledLeader, tick } from './core';
import { bytes, emptyState, optionsOf, TestMember } from './harness';

describe('proposals', () => {
  test('refused by everybody but a leader', () => {
    const raft = core();
    expect(raft.propose(bytes('x'))).toEqual({ ok: false, reason: 'noLeader' });
    raft.step(heartbeat(1));
    expect(raft.propose(bytes('x'))).toEqual({ ok: false, reason: 'notLeader' });
    tick(raft, 9);
    expect(raft.propose(bytes('x'))).toEqual({ ok: false, reason: 'noLeader' });
  });

  test('refused when too large, and when too much is not committed', () => {
    const raft = settledLeader({ options: { entryBytesMax: 4, uncommittedBytesMax: 6 } });
    expect(raft.propose(bytes('12345'))).toEqual({ ok: false, reason: 'tooLarge' });
    expect(raft.propose(bytes('1234'))).toEqual({ ok: true, index: 2, term: 1 });
    expect(raft.propose(bytes('123'))).toEqual({ ok: false, reason: 'tooMuchUncommitted' });
    expect(raft.propose(bytes('12'))).toEqual({ ok: true, index: 3, term: 1 });
    flush(raft);
    raft.step(appended(raft, '2', 2));
    expect(raft.propose(bytes('1234'))).toMatchObject({ ok: true });
  });

  test('one is always let through', () => {
    const raft = settledLeader({ options: { uncommittedBytesMax: 1 } });
    expect(raft.propose(bytes('1234'))).toMatchObject({ ok: true });
    expect(raft.propose(bytes('1'))).toMatchObject({ ok: false });
  });

  test('what an earlier leader left uncommitted counts', () => {
    const raft = leader({ terms: [1, 1], options: { uncommittedBytesMax: 5 } });
    expect(raft.propose(bytes('12'))).toEqual({ ok: false, reason: 'tooMuchUncommitted' });
    raft.step(appended(raft, '2', 3));
    expect(raft.propose(bytes('12'))).toMatchObject({ ok: true });
  });
});

describe('ready', () => {
  test('everything is handed out once', () => {
    const raft = settledLeader({ configuration: { voters: ['1'], learners: ['2'] } });
    raft.step(appended(raft, '2', 1));
    raft.ready();
    propose(raft);
    raft.readIndex(3);
    raft.takeWrite();
    raft.persisted();
    const first = raft.ready();
    expect([first.messages.length, first.committed.length, first.reads.length]).toEqual([1, 1, 1]);
    expect(raft.ready()).toEqual({ messages: [], committed: [], reads: [] });
  });

  test('messages to somebody else, and from oneself, are ignored', () => {
    const raft = core();
    raft.step({ type: 'heartbeat', from: '2', to: '3', term: 4, commit: 0, readRound: 0 });
    raft.step({ type: 'heartbeat', from: '1', to: '1', term: 4, commit: 0, readRound: 0 });
    expect(raft.status()).toMatchObject({ term: 0, leader: undefined });
  });
});

describe('the log from outside', () => {
  test('entries and starts', () => {
    const raft = core({ terms: [1, 2, 2], commit: 2 });
    expect(raft.entries(2, 3).map(({ term }) => term)).toEqual([2, 2]);
    expect(raft.logStartAt(2)).toMatchObject({ index: 2, term: 2 });
    expect(() => raft.entries(3, 4)).toThrow(RaftInvariantError);
  });

  test('compaction only after applying', () => {
    const raft = core({ terms: [1, 2, 2], commit: 2 });
    expect(() => raft.compact(1)).toThrow(RaftInvariantError);
    raft.ready();
    raft.appliedTo(2);
    raft.compact(2);
    expect(raft.status()).toMatchObject({ firstIndex: 3, lastIndex: 3, applied: 2 });
  });

  test('persisted without a write is a mistake of the caller', () => {
    expect(() => core().persisted()).toThrow(RaftInvariantError);
  });
});

test('calls that only a leader can follow are harmless elsewhere', () => {
  const raft = core();
  raft.reportUnreachable('2');
  raft.reportReachable('2');
  raft.snapshotSent('2', 3, true);
  expect(raft.transferLeadership('2')).toBe(false);
  expect(raft.status().progress).toEqual([]);
});

describe('a single voter, as a driver sees it', () => {
  test('elects itself, commits, survives a crash', () => {
    const member = new TestMember(optionsOf('1'), emptyState({ voters: ['1'], learners: [] }));
    tick(member.raft, 9);
    const turn = (): void => {
      member.ready();
      while (member.startWrite() !== undefined) {
        member.finishWrite();
        member.ready();
      }
    };
    turn();
    expect(member.raft.status()).toMatchObject({ role: 'leader', term: 1, commit: 1 });
    for (const value of ['a', 'b', 'c']) propose(member.raft, value);
    turn();
    expect(member.machine.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
    propose(member.raft, 'lost');
    member.startWrite();
    member.restart();
    expect(member.raft.status()).toMatchObject({ role: 'follower', term: 1, lastIndex: 4 });
    member.raft.campaign();
    turn();
    expect(member.machine.map(({ index, term }) => `${index}@${term}`)).toEqual(['1@1', '2@1', '3@1', '4@1', '5@2']);
  });
});
