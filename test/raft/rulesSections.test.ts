/** The rules of the Raft paper, sections 5.3 to 8 and figure 3, one test each. Figure 2 is in rules.test.ts. */
import { RaftInvariantError } from '../../src/raft/errors';
import {
  alive,
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
  voteRequest,
} from './core';
import { bytes } from './harness';

describe('section 5.3, log matching', () => {
  test('the refused follower names the last entry whose term may agree, skipping the rest', () => {
    const raft = core({ terms: [1, 1, 4, 4, 4] });
    raft.step(append(5, 5, 2, []));
    expect(flush(raft)).toMatchObject([{ success: false, index: 5, hintIndex: 2, hintTerm: 1 }]);
  });

  test('the leader skips its own entries of terms that are later than the hint', () => {
    const raft = leader({ terms: [1, 1, 3, 3, 3] });
    raft.step(refused(raft, '2', 5, 5, 2));
    expect(ofType(raft.ready().messages, 'appendRequest')).toMatchObject([{ prevLogIndex: 2, prevLogTerm: 1 }]);
  });

  test('leader append-only: an old refusal or acknowledgement never changes the leader log', () => {
    const raft = settledLeader();
    propose(raft);
    const before = termsOf(raft);
    raft.step(refused(raft, '2', 1, 0, 0));
    raft.step(appended(raft, '2', 1));
    expect(termsOf(raft)).toEqual(before);
  });
});

describe('figure 3, guarantees that must not break', () => {
  test('election safety: another leader in the own term is proof of a fault', () => {
    const raft = leader();
    expect(() => raft.step(heartbeat(1))).toThrow(RaftInvariantError);
  });

  test('state machine safety: a committed entry is never replaced', () => {
    const raft = core({ terms: [1, 1, 1] });
    raft.step(append(1, 3, 1, [], 3));
    // A leader without the committed entries could only come from lost data.
    expect(() => raft.step(append(2, 3, 2, [2], 3, '3'))).not.toThrow();
    expect(raft.status()).toMatchObject({ commit: 3, lastIndex: 3 });
    raft.step(append(2, 1, 1, [2, 2], 3, '3'));
    expect(termsOf(raft)).toEqual([1, 1, 1]);
  });

  test('a commit index beyond the log is proof of lost data', () => {
    const raft = core({ terms: [1] });
    expect(() => raft.step(heartbeat(1, 7))).toThrow(RaftInvariantError);
  });

  test('an acknowledgement beyond the leader log is proof of a fault', () => {
    const raft = leader();
    expect(() => raft.step(appended(raft, '2', 9))).toThrow(RaftInvariantError);
  });
});

describe('section 5.5, crashes', () => {
  test('the same append twice leaves the log as it was and is acknowledged twice', () => {
    const raft = core();
    raft.step(append(1, 0, 0, [1, 1]));
    flush(raft);
    raft.step(append(1, 0, 0, [1, 1]));
    expect(raft.takeWrite()).toBeUndefined();
    expect(raft.ready().messages).toMatchObject([{ success: true, index: 2 }]);
  });

  test('term, vote and log are what they were after a restart', () => {
    const raft = core({ term: 4, votedFor: '3', terms: [1, 2], commit: 1 });
    expect(raft.status()).toMatchObject({ role: 'follower', term: 4, votedFor: '3', lastIndex: 2, commit: 1 });
  });
});

describe('section 6, membership', () => {
  test('a configuration is in force as soon as it is in the log', () => {
    const raft = settledLeader();
    raft.proposeConfiguration({ voters: ['1', '2', '3', '4'], learners: [] }, bytes(''));
    flush(raft);
    raft.step(appended(raft, '2', 2));
    // Two of three would have been enough before.
    expect(raft.status().commit).toBe(1);
    raft.step(appended(raft, '4', 2));
    expect(raft.status().commit).toBe(2);
  });

  test('a new member does not vote before it is promoted', () => {
    const raft = settledLeader({ configuration: { voters: ['1'], learners: [] } });
    raft.proposeConfiguration({ voters: ['1'], learners: ['2'] }, bytes(''));
    flush(raft);
    expect(raft.status().commit).toBe(2);
  });

  test('a leader that is not in the new configuration steps down when it is committed, and does not count itself', () => {
    const raft = settledLeader();
    raft.proposeConfiguration({ voters: ['2', '3'], learners: [] }, bytes(''));
    flush(raft);
    raft.step(appended(raft, '2', 2));
    expect(raft.status()).toMatchObject({ role: 'leader', commit: 1 });
    raft.step(appended(raft, '3', 2));
    expect(raft.status()).toMatchObject({ role: 'follower', commit: 2 });
  });

  test('votes are disregarded while a leader is known to be there', () => {
    const raft = core();
    raft.step(heartbeat(1));
    flush(raft);
    raft.step(voteRequest(7, 9, 6));
    expect(flush(raft)).toEqual([]);
    expect(raft.status().term).toBe(1);
  });
});

describe('section 7, compaction', () => {
  test('the last included index and term answer the consistency check of the next append', () => {
    const raft = core({ terms: [1, 1, 2] });
    raft.step(append(2, 3, 2, [], 3));
    flush(raft);
    raft.appliedTo(3);
    raft.compact(3);
    raft.step(append(2, 3, 2, [2], 3));
    expect(flush(raft)).toMatchObject([{ success: true, index: 4 }]);
    expect(raft.status()).toMatchObject({ firstIndex: 4, lastIndex: 4 });
  });

  test('a follower that needs discarded entries is sent the state instead', () => {
    const raft = leader({ terms: [1, 1, 1], commit: 3 });
    raft.appliedTo(3);
    raft.compact(3);
    raft.step(refused(raft, '2', 3, 0, 0));
    expect(ofType(raft.ready().messages, 'snapshotRequest').map(({ to }) => to)).toEqual(['2']);
    expect(raft.status().progress[0]?.state).toBe('snapshot');
  });

  test('a received state replaces a log that it does not continue', () => {
    const raft = core({ terms: [1, 1] });
    raft.step(heartbeat(3));
    flush(raft);
    expect(raft.installSnapshot({ index: 9, term: 2, configuration: FIVE })).toBe(true);
    expect(raft.status()).toMatchObject({ firstIndex: 10, lastIndex: 9, commit: 9, applied: 9, configuration: FIVE });
  });

  test('entries that follow a received state are retained', () => {
    const raft = core({ terms: [1, 1, 1, 1] });
    expect(raft.installSnapshot({ index: 2, term: 1, configuration: FIVE })).toBe(true);
    expect(raft.status()).toMatchObject({ firstIndex: 3, lastIndex: 4, commit: 2 });
  });
});

describe('section 8, clients', () => {
  test('a leader commits a no-op at the start of its term', () => {
    const raft = leader({ terms: [1] });
    expect(raft.entries(2, 2)).toEqual([{ kind: 'noop', index: 2, term: 2 }]);
  });

  test('a read is answered only after a majority has answered a heartbeat', () => {
    const raft = settledLeader({ configuration: FIVE });
    raft.readIndex(7);
    const [first] = ofType(raft.ready().messages, 'heartbeat');
    raft.step(alive(raft, '2', first?.readRound));
    expect(raft.ready().reads).toEqual([]);
    raft.step(alive(raft, '3', first?.readRound));
    expect(raft.ready().reads).toEqual([{ context: 7, index: 1 }]);
  });

  test('a leader that has not committed an entry of its term answers no read', () => {
    const raft = leader({ terms: [1] });
    raft.readIndex(7);
    expect(ofType(raft.ready().messages, 'heartbeat')).toEqual([]);
    raft.step(appended(raft, '2', 2));
    expect(ofType(raft.ready().messages, 'heartbeat')).toHaveLength(2);
  });

  test('a follower refuses commands and names no leader it does not know', () => {
    const raft = core();
    expect(raft.propose(bytes('x'))).toEqual({ ok: false, reason: 'noLeader' });
    raft.step(heartbeat(1));
    expect(raft.propose(bytes('x'))).toEqual({ ok: false, reason: 'notLeader' });
  });
});
