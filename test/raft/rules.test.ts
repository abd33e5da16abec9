/** The rules of the Raft paper's figure 2, one test each, by the paper's own wording. The rest: rulesSections.test.ts. */
import { Raft } from '../../src/raft/raft';
import {
  append,
  appended,
  core,
  FIVE,
  flush,
  heartbeat,
  leader,
  ofType,
  propose,
  refused,
  settledLeader,
  termsOf,
  tick,
  voteRequest,
} from './core';
import { optionsOf } from './harness';

describe('figure 2, state', () => {
  test('current term and vote are on stable storage before a vote is answered', () => {
    const raft = core();
    raft.step(voteRequest(3, 0, 0));
    expect(raft.ready().messages).toEqual([]);
    const write = raft.takeWrite();
    expect(write?.hardState).toEqual({ term: 3, votedFor: '2', commit: 0 });
    expect(write?.messagesAfter).toEqual([
      { type: 'voteResponse', from: '1', to: '2', term: 3, pre: false, granted: true },
    ]);
  });

  test('entries are on stable storage before they are acknowledged', () => {
    const raft = core();
    raft.step(append(1, 0, 0, [1, 1]));
    expect(raft.ready().messages).toEqual([]);
    const write = raft.takeWrite();
    expect(write?.entries.map((entry) => entry.index)).toEqual([1, 2]);
    expect(ofType(write?.messagesAfter ?? [], 'appendResponse')).toMatchObject([{ success: true, index: 2 }]);
  });

  test('the first index is 1, and commitIndex starts at 0', () => {
    expect(core().status()).toMatchObject({ commit: 0, applied: 0, firstIndex: 1, lastIndex: 0 });
  });

  test('a new leader sets nextIndex to its last index plus one and matchIndex to 0', () => {
    const raft = leader({ terms: [1, 1, 1] });
    // The no-op, index 4, is what the leader appended after it was elected.
    expect(raft.status().progress.map(({ matchIndex, nextIndex }) => [matchIndex, nextIndex])).toEqual([
      [0, 4],
      [0, 4],
    ]);
  });
});

describe('figure 2, AppendEntries', () => {
  test('1. reply false if term < currentTerm', () => {
    const raft = core({ term: 5 });
    raft.step(append(4, 0, 0, [4]));
    expect(flush(raft)).toMatchObject([{ type: 'appendResponse', success: false, term: 5 }]);
    expect(raft.status()).toMatchObject({ lastIndex: 0, leader: undefined });
  });

  test('2. reply false if the log has no entry at prevLogIndex', () => {
    const raft = core({ terms: [1] });
    raft.step(append(1, 5, 1, [1]));
    expect(flush(raft)).toMatchObject([{ success: false, index: 5, hintIndex: 1, hintTerm: 1 }]);
  });

  test('2. reply false if the entry at prevLogIndex has another term', () => {
    const raft = core({ terms: [1, 1, 2] });
    raft.step(append(3, 3, 3, [3]));
    expect(flush(raft)).toMatchObject([{ success: false, index: 3 }]);
    expect(termsOf(raft)).toEqual([1, 1, 2]);
  });

  test('3. a conflicting entry and all that follow it are deleted', () => {
    const raft = core({ terms: [1, 2, 2, 2] });
    raft.step(append(3, 1, 1, [3]));
    expect(termsOf(raft)).toEqual([1, 3]);
  });

  test('3. without a conflict nothing is deleted, even if the message is shorter than the log', () => {
    const raft = core({ terms: [1, 1, 1, 1] });
    raft.step(append(1, 1, 1, [1]));
    expect(termsOf(raft)).toEqual([1, 1, 1, 1]);
  });

  test('4. entries that are not in the log are appended', () => {
    const raft = core({ terms: [1, 1] });
    raft.step(append(2, 1, 1, [1, 2, 2]));
    expect(termsOf(raft)).toEqual([1, 1, 2, 2]);
  });

  test('5. commitIndex = min(leaderCommit, index of last new entry)', () => {
    const raft = core({ terms: [1, 1, 1] });
    raft.step(append(1, 0, 0, [1], 3));
    expect(raft.status().commit).toBe(1);
    raft.step(append(1, 1, 1, [1, 1], 2));
    expect(raft.status().commit).toBe(2);
  });
});

describe('figure 2, RequestVote', () => {
  test('1. reply false if term < currentTerm', () => {
    const raft = core({ term: 5 });
    raft.step(voteRequest(4, 9, 4));
    expect(flush(raft)).toMatchObject([{ type: 'voteResponse', granted: false, term: 5 }]);
  });

  test('2. grant if votedFor is null and the candidate is up to date', () => {
    const raft = core({ terms: [1] });
    raft.step(voteRequest(2, 1, 1));
    expect(flush(raft)).toMatchObject([{ granted: true, term: 2 }]);
  });

  test('2. grant again to the same candidate, refuse another in the same term', () => {
    const raft = core({ term: 2, votedFor: '2' });
    raft.step(voteRequest(2, 0, 0));
    raft.step(voteRequest(2, 7, 1, { from: '3' }));
    expect(flush(raft)).toMatchObject([
      { to: '2', granted: true },
      { to: '3', granted: false },
    ]);
  });

  test.each([
    ['an earlier last term', 9, 1],
    ['the same last term and a shorter log', 2, 2],
  ])('2. refuse a candidate with %s (section 5.4.1)', (_case, lastLogIndex, lastLogTerm) => {
    const raft = core({ terms: [1, 2, 2] });
    raft.step(voteRequest(3, lastLogIndex, lastLogTerm));
    expect(flush(raft)).toMatchObject([{ granted: false, term: 3 }]);
    expect(raft.status()).toMatchObject({ term: 3, votedFor: undefined });
  });
});

describe('figure 2, rules for all servers', () => {
  test('what is committed is applied, in order and once', () => {
    const raft = core();
    raft.step(append(1, 0, 0, [1, 1, 1], 2));
    flush(raft);
    raft.step(append(1, 3, 1, [], 3));
    expect(raft.ready().committed.map((entry) => entry.index)).toEqual([3]);
    expect(raft.ready().committed).toEqual([]);
  });

  test.each(['follower', 'candidate', 'leader'])('a %s that sees a higher term becomes a follower in it', (role) => {
    const raft = role === 'leader' ? leader() : core();
    if (role === 'candidate') {
      raft.campaign();
      raft.step({ type: 'voteResponse', from: '2', to: '1', term: 1, pre: true, granted: true });
    }
    expect(raft.status().role).toBe(role);
    raft.step(heartbeat(9));
    expect(raft.status()).toMatchObject({ role: 'follower', term: 9, votedFor: undefined, leader: '2' });
  });
});

describe('figure 2, rules for followers and candidates (section 5.2)', () => {
  test('a follower that hears nobody for an election timeout starts an election', () => {
    const raft = core();
    tick(raft, 8);
    expect(raft.status().role).toBe('follower');
    raft.tick();
    expect(raft.status().role).toBe('preCandidate');
  });

  test('hearing from the leader restarts the timeout', () => {
    const raft = core();
    for (let round = 0; round < 5; round += 1) {
      tick(raft, 8);
      raft.step(heartbeat(1));
    }
    expect(raft.status().role).toBe('follower');
  });

  test('granting a vote restarts the timeout', () => {
    const raft = core();
    tick(raft, 8);
    raft.step(voteRequest(1, 0, 0));
    tick(raft, 8);
    expect(raft.status().role).toBe('follower');
  });

  test('a candidate increments its term, votes for itself and asks all others', () => {
    const raft = core({ terms: [1, 1] });
    raft.campaign();
    flush(raft);
    raft.step({ type: 'voteResponse', from: '3', to: '1', term: 2, pre: true, granted: true });
    expect(raft.status()).toMatchObject({ role: 'candidate', term: 2, votedFor: '1' });
    expect(ofType(flush(raft), 'voteRequest')).toMatchObject([
      { to: '2', term: 2, pre: false, lastLogIndex: 2, lastLogTerm: 1 },
      { to: '3', term: 2, pre: false, lastLogIndex: 2, lastLogTerm: 1 },
    ]);
  });

  test('votes of a majority make a leader, not one less', () => {
    const raft = core({ configuration: FIVE });
    raft.campaign();
    for (const from of ['2', '3'])
      raft.step({ type: 'voteResponse', from, to: '1', term: 1, pre: true, granted: true });
    flush(raft);
    raft.step({ type: 'voteResponse', from: '2', to: '1', term: 1, pre: false, granted: true });
    raft.step({ type: 'voteResponse', from: '2', to: '1', term: 1, pre: false, granted: true });
    expect(raft.status().role).toBe('candidate');
    raft.step({ type: 'voteResponse', from: '5', to: '1', term: 1, pre: false, granted: true });
    expect(raft.status().role).toBe('leader');
  });

  test('a candidate that hears from a leader of its own term follows it', () => {
    const raft = core();
    raft.campaign();
    raft.step({ type: 'voteResponse', from: '2', to: '1', term: 1, pre: true, granted: true });
    raft.step(append(1, 0, 0, [1], 0, '3'));
    expect(raft.status()).toMatchObject({ role: 'follower', term: 1, leader: '3' });
  });

  test('an election without a winner is followed by another in a later term', () => {
    const raft = core();
    raft.campaign();
    raft.step({ type: 'voteResponse', from: '2', to: '1', term: 1, pre: true, granted: true });
    tick(raft, 9);
    expect(raft.status().role).toBe('preCandidate');
    flush(raft);
    raft.step({ type: 'voteResponse', from: '2', to: '1', term: 2, pre: true, granted: true });
    expect(raft.status()).toMatchObject({ role: 'candidate', term: 2 });
  });

  test('election timeouts are drawn anew from a fixed interval', () => {
    const chances = [0.5, 0, 0.5, 0.999, 0.2];
    const raft = new Raft(optionsOf('1', { random: () => chances.shift() ?? 0 }), {
      hardState: { term: 0, votedFor: undefined, commit: 0 },
      start: { index: 0, term: 0, configuration: FIVE },
      entries: [],
      applied: 0,
    });
    const elections: number[] = [];
    for (let now = 1; now <= 30; now += 1) {
      raft.tick();
      if (ofType(raft.ready().messages, 'voteRequest').length > 0) elections.push(now);
    }
    expect(elections).toEqual([5, 12, 21, 27]);
  });
});

describe('figure 2, rules for leaders', () => {
  test('on election everybody hears of the new leader at once', () => {
    const raft = core();
    raft.campaign();
    raft.step({ type: 'voteResponse', from: '2', to: '1', term: 1, pre: true, granted: true });
    flush(raft);
    raft.step({ type: 'voteResponse', from: '2', to: '1', term: 1, pre: false, granted: true });
    expect(ofType(raft.ready().messages, 'appendRequest').map(({ to }) => to)).toEqual(['2', '3']);
  });

  test('idle leaders send heartbeats', () => {
    const raft = settledLeader({ options: { heartbeatTicks: 3 } });
    tick(raft, 2);
    expect(ofType(raft.ready().messages, 'heartbeat')).toEqual([]);
    raft.tick();
    expect(ofType(raft.ready().messages, 'heartbeat').map(({ to }) => to)).toEqual(['2', '3']);
  });

  test('a command is appended to the own log, and applied only once it is committed', () => {
    const raft = settledLeader();
    propose(raft);
    expect(raft.status()).toMatchObject({ lastIndex: 2, commit: 1 });
    raft.takeWrite();
    raft.persisted();
    expect(raft.ready().committed).toEqual([]);
    raft.step(appended(raft, '3', 2));
    expect(raft.ready().committed.map((entry) => entry.index)).toEqual([2]);
  });

  test('a follower whose nextIndex is not beyond the last index is sent entries from there', () => {
    const raft = settledLeader();
    propose(raft, 'a');
    propose(raft, 'b');
    expect(ofType(raft.ready().messages, 'appendRequest')).toMatchObject([
      { to: '2', prevLogIndex: 1, prevLogTerm: 1, entries: [{ index: 2 }, { index: 3 }] },
      { to: '3', prevLogIndex: 1, prevLogTerm: 1, entries: [{ index: 2 }, { index: 3 }] },
    ]);
  });

  test('on success nextIndex and matchIndex move on', () => {
    const raft = leader({ terms: [1, 1] });
    raft.step(appended(raft, '2', 3));
    expect(raft.status().progress[0]).toMatchObject({ id: '2', matchIndex: 3, nextIndex: 4 });
  });

  test('on refusal nextIndex moves back and the append is tried again', () => {
    const raft = leader({ terms: [1, 1, 1, 1] });
    raft.step(refused(raft, '2', 4, 2, 1));
    expect(ofType(raft.ready().messages, 'appendRequest')).toMatchObject([
      { to: '2', prevLogIndex: 2, entries: [{ index: 3 }, { index: 4 }, { index: 5 }] },
    ]);
  });

  test('commitIndex moves to what a majority holds, in the current term', () => {
    const raft = settledLeader({ configuration: FIVE });
    propose(raft);
    flush(raft);
    raft.step(appended(raft, '2', 2));
    expect(raft.status().commit).toBe(1);
    raft.step(appended(raft, '3', 2));
    expect(raft.status().commit).toBe(2);
  });

  test('entries of earlier terms are not committed by counting (section 5.4.2)', () => {
    const raft = leader({ terms: [1, 1] });
    raft.step(appended(raft, '2', 2));
    raft.step(appended(raft, '3', 2));
    expect(raft.status().commit).toBe(0);
    raft.step(appended(raft, '2', 3));
    expect(raft.status().commit).toBe(3);
  });
});
