import { alive, append, core, flush, heartbeat, leader, ofType, settledLeader, tick, voteRequest } from './core';
import type { Message } from '../../src/raft/types';

const timeoutNow = (term: number): Message => ({ type: 'timeoutNow', from: '2', to: '1', term });

describe('pre-vote (thesis section 9.6)', () => {
  test('asking changes nothing durable', () => {
    const raft = core({ terms: [1] });
    raft.campaign();
    expect(ofType(raft.ready().messages, 'voteRequest')).toMatchObject([
      { to: '2', term: 2, pre: true },
      { to: '3', term: 2, pre: true },
    ]);
    expect(raft.takeWrite()).toBeUndefined();
    expect(raft.status()).toMatchObject({ role: 'preCandidate', term: 1, leader: undefined });
  });

  test('granting changes nothing durable either, and carries the term that was asked for', () => {
    const raft = core({ terms: [1] });
    raft.step(voteRequest(2, 1, 1, { pre: true }));
    raft.step(voteRequest(2, 1, 1, { pre: true, from: '3' }));
    expect(raft.ready().messages).toMatchObject([
      { to: '2', term: 2, granted: true },
      { to: '3', term: 2, granted: true },
    ]);
    expect(raft.takeWrite()).toBeUndefined();
  });

  test('granting does not restart the election timeout', () => {
    const raft = core();
    tick(raft, 8);
    raft.step(voteRequest(1, 0, 0, { pre: true }));
    raft.tick();
    expect(raft.status().role).toBe('preCandidate');
  });

  test('a stale log is refused with the own term', () => {
    const raft = core({ terms: [1, 2] });
    raft.step(voteRequest(3, 5, 1, { pre: true }));
    expect(raft.ready().messages).toMatchObject([{ term: 2, pre: true, granted: false }]);
  });

  test('answers to an earlier pre-election, or of the wrong kind, do not count', () => {
    const raft = core({ terms: [1] });
    raft.campaign();
    raft.step({ type: 'voteResponse', from: '2', to: '1', term: 9, pre: true, granted: true });
    raft.step({ type: 'voteResponse', from: '2', to: '1', term: 1, pre: false, granted: true });
    expect(raft.status()).toMatchObject({ role: 'preCandidate', term: 1 });
  });

  test('a majority of refusals ends it', () => {
    const raft = core({ terms: [1] });
    raft.campaign();
    raft.step({ type: 'voteResponse', from: '2', to: '1', term: 1, pre: true, granted: false });
    expect(raft.status().role).toBe('preCandidate');
    raft.step({ type: 'voteResponse', from: '3', to: '1', term: 1, pre: true, granted: false });
    expect(raft.status()).toMatchObject({ role: 'follower', term: 1 });
  });

  test('a refusal of a later term is a reason to enter it', () => {
    const raft = core({ terms: [1] });
    raft.campaign();
    raft.step({ type: 'voteResponse', from: '2', to: '1', term: 6, pre: true, granted: false });
    expect(raft.status()).toMatchObject({ role: 'follower', term: 6, votedFor: undefined });
  });
});

describe('lease (thesis section 6.2)', () => {
  test('it holds for an election timeout after the leader was heard from', () => {
    const raft = core({ terms: [1] });
    raft.step(heartbeat(1));
    flush(raft);
    tick(raft, 4);
    raft.step(voteRequest(2, 1, 1, { from: '3' }));
    raft.step(voteRequest(2, 1, 1, { from: '3', pre: true }));
    expect(flush(raft)).toEqual([]);
    raft.tick();
    raft.step(voteRequest(2, 1, 1, { from: '3' }));
    expect(flush(raft)).toMatchObject([{ to: '3', granted: true }]);
  });

  test('a leader holds its own', () => {
    const raft = settledLeader();
    tick(raft, 4);
    raft.step(alive(raft, '2'));
    tick(raft, 4);
    flush(raft);
    raft.step(voteRequest(7, 9, 6));
    expect(ofType(flush(raft), 'voteResponse')).toEqual([]);
    expect(raft.status()).toMatchObject({ role: 'leader', term: 1 });
  });

  test('it is no reason to refuse when the leader asked for the election', () => {
    const raft = settledLeader();
    raft.step(voteRequest(2, 1, 1, { transfer: true }));
    expect(ofType(flush(raft), 'voteResponse')).toMatchObject([{ granted: true, term: 2 }]);
    expect(raft.status().role).toBe('follower');
  });
});

describe('timeoutNow (thesis section 3.10)', () => {
  test('a follower campaigns at once, without asking first', () => {
    const raft = core({ terms: [1] });
    raft.step(heartbeat(1));
    flush(raft);
    raft.step(timeoutNow(1));
    expect(ofType(flush(raft), 'voteRequest')).toMatchObject([
      { term: 2, pre: false, transfer: true },
      { term: 2, pre: false, transfer: true },
    ]);
  });

  test('a learner, a leader, and whoever is in a later term do not', () => {
    const learner = core({ configuration: { voters: ['2', '3'], learners: ['1'] } });
    learner.step(timeoutNow(1));
    expect(learner.status()).toMatchObject({ role: 'follower', term: 1 });
    const old = core({ term: 5 });
    old.step(timeoutNow(4));
    expect(old.status()).toMatchObject({ role: 'follower', term: 5 });
    const raft = leader();
    raft.step(timeoutNow(1));
    expect(raft.status()).toMatchObject({ role: 'leader', term: 1 });
  });
});

describe('standing for election', () => {
  test('a lone voter needs no messages, but its vote on disk', () => {
    const raft = core({ configuration: { voters: ['1'], learners: ['2'] } });
    raft.campaign();
    expect(raft.status()).toMatchObject({ role: 'candidate', term: 1 });
    expect(raft.ready().messages).toEqual([]);
    expect(raft.takeWrite()?.hardState).toEqual({ term: 1, votedFor: '1', commit: 0 });
    expect(raft.status().role).toBe('candidate');
    raft.persisted();
    expect(raft.status().role).toBe('leader');
  });

  test('a write that was in flight before does not count as the vote', () => {
    const raft = core({ configuration: { voters: ['1'], learners: [] }, term: 3 });
    raft.step(heartbeat(4));
    raft.takeWrite();
    raft.campaign();
    raft.persisted();
    expect(raft.status()).toMatchObject({ role: 'candidate', term: 5 });
    raft.takeWrite();
    raft.persisted();
    expect(raft.status().role).toBe('leader');
  });

  test('members that do not vote never stand', () => {
    for (const configuration of [
      { voters: ['2', '3'], learners: ['1'] },
      { voters: ['2', '3'], learners: [] },
    ]) {
      const raft = core({ configuration });
      raft.step(heartbeat(1));
      tick(raft, 40);
      raft.campaign();
      expect(raft.status()).toMatchObject({ role: 'follower', term: 1, leader: undefined });
      expect(ofType(flush(raft), 'voteRequest')).toEqual([]);
    }
  });

  test('a leader that campaigns goes on leading', () => {
    const raft = settledLeader();
    raft.campaign();
    expect(raft.status()).toMatchObject({ role: 'leader', term: 1 });
  });

  test('a vote for a candidate makes no difference once a leader of the term is known', () => {
    const raft = core();
    raft.step(append(2, 0, 0, [], 0, '3'));
    raft.step(voteRequest(2, 0, 0));
    expect(ofType(flush(raft), 'voteResponse')).toMatchObject([{ granted: false }]);
  });
});
