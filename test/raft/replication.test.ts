import { alive, appended, FIVE, flush, leader, ofType, propose, refused, settledLeader, tick } from './core';

describe('appends', () => {
  test('proposals of one turn share a message', () => {
    const raft = settledLeader();
    for (const value of ['a', 'b', 'c']) propose(raft, value);
    const appends = ofType(raft.ready().messages, 'appendRequest');
    expect(appends.map(({ to, entries }) => [to, entries.length])).toEqual([
      ['2', 3],
      ['3', 3],
    ]);
    expect(raft.ready().messages).toEqual([]);
  });

  test('a message holds appendBytesMax, and one entry at least', () => {
    const raft = settledLeader({ options: { appendBytesMax: 4 } });
    for (const value of ['ab', 'cd', 'efghij', 'k']) propose(raft, value);
    const sizes = ofType(raft.ready().messages, 'appendRequest').filter(({ to }) => to === '2');
    expect(sizes.map(({ entries }) => entries.map(({ index }) => index))).toEqual([[2, 3], [4], [5]]);
  });

  test('they leave before the own write is durable, and do not wait for answers', () => {
    const raft = settledLeader();
    propose(raft, 'a');
    expect(ofType(raft.ready().messages, 'appendRequest')).toHaveLength(2);
    propose(raft, 'b');
    expect(ofType(raft.ready().messages, 'appendRequest')).toMatchObject([{ prevLogIndex: 2 }, { prevLogIndex: 2 }]);
    expect(raft.status()).toMatchObject({ persisted: 1, lastIndex: 3 });
  });

  test.each([
    ['messages', { inflightMessagesMax: 2 }],
    ['bytes', { inflightBytesMax: 2 }],
  ])('the window is limited in %s', (_what, options) => {
    const raft = settledLeader({ options });
    for (const value of ['a', 'b', 'c']) {
      propose(raft, value);
      raft.ready();
    }
    expect(raft.status().progress[0]?.nextIndex).toBe(4);
    raft.step(appended(raft, '2', 2));
    expect(ofType(raft.ready().messages, 'appendRequest')).toMatchObject([{ to: '2', entries: [{ index: 4 }] }]);
  });

  test('followers hear of a commit at once, with the next entries if there are any', () => {
    const raft = settledLeader();
    propose(raft, 'a');
    flush(raft);
    raft.step(appended(raft, '2', 2));
    expect(ofType(raft.ready().messages, 'appendRequest')).toMatchObject([
      { to: '2', entries: [], commit: 2 },
      { to: '3', entries: [], commit: 2 },
    ]);
    propose(raft, 'b');
    flush(raft);
    raft.step(appended(raft, '2', 3));
    propose(raft, 'c');
    expect(ofType(raft.ready().messages, 'appendRequest')).toMatchObject([
      { to: '2', entries: [{ index: 4 }], commit: 3 },
      { to: '3', entries: [{ index: 4 }], commit: 3 },
    ]);
  });

  test('a new leader probes with one message until it is answered', () => {
    const raft = leader({ terms: [1, 1] });
    propose(raft);
    expect(ofType(raft.ready().messages, 'appendRequest')).toEqual([]);
    raft.step(appended(raft, '3', 3));
    expect(ofType(raft.ready().messages, 'appendRequest').map(({ to }) => to)).toContain('3');
  });

  test('an unanswered probe is repeated after a sign of life', () => {
    const raft = leader();
    raft.step(alive(raft, '2'));
    expect(ofType(raft.ready().messages, 'appendRequest').map(({ to }) => to)).toEqual(['2']);
  });

  test('a broken link means probing from what is known to match', () => {
    const raft = settledLeader();
    propose(raft);
    flush(raft);
    raft.reportUnreachable('3');
    expect(ofType(raft.ready().messages, 'appendRequest')).toMatchObject([{ to: '3', prevLogIndex: 1 }]);
    expect(raft.status().progress[1]).toMatchObject({ id: '3', state: 'probe', nextIndex: 2 });
  });

  test('answers of strangers are ignored', () => {
    const raft = settledLeader();
    propose(raft);
    flush(raft);
    raft.step(appended(raft, '9', 2));
    raft.step(alive(raft, '9'));
    expect(raft.status().commit).toBe(1);
  });
});

describe('commitment', () => {
  test('the own log counts as far as it is durable', () => {
    const raft = settledLeader();
    propose(raft);
    raft.ready();
    raft.step(appended(raft, '2', 2));
    expect(raft.status().commit).toBe(1);
    raft.takeWrite();
    expect(raft.status().commit).toBe(1);
    raft.persisted();
    expect(raft.status().commit).toBe(2);
  });

  test('a majority of others is enough, but the leader applies only what it has on disk', () => {
    const raft = settledLeader();
    propose(raft);
    raft.ready();
    raft.step(appended(raft, '2', 2));
    raft.step(appended(raft, '3', 2));
    expect(raft.status().commit).toBe(2);
    expect(raft.ready().committed).toEqual([]);
    raft.takeWrite();
    raft.persisted();
    expect(raft.ready().committed.map(({ index }) => index)).toEqual([2]);
  });

  test('learners do not count', () => {
    const raft = settledLeader({ configuration: { voters: ['1', '2'], learners: ['3', '4'] } });
    propose(raft);
    flush(raft);
    raft.step(appended(raft, '3', 2));
    raft.step(appended(raft, '4', 2));
    expect(raft.status().commit).toBe(1);
    raft.step(appended(raft, '2', 2));
    expect(raft.status().commit).toBe(2);
  });

  test('a lone voter commits by its own write', () => {
    const raft = settledLeader({ configuration: { voters: ['1'], learners: [] } });
    propose(raft);
    expect(raft.ready().committed).toEqual([]);
    raft.takeWrite();
    raft.persisted();
    expect(raft.ready().committed.map(({ index }) => index)).toEqual([2]);
  });
});

describe('heartbeats', () => {
  test('they name no more than what the follower is known to hold', () => {
    const raft = settledLeader({ configuration: FIVE });
    propose(raft);
    flush(raft);
    for (const from of ['2', '3']) raft.step(appended(raft, from, 2));
    raft.tick();
    expect(ofType(raft.ready().messages, 'heartbeat').map(({ to, commit }) => [to, commit])).toEqual([
      ['2', 2],
      ['3', 2],
      ['4', 1],
      ['5', 1],
    ]);
  });
});

describe('state streaming', () => {
  function streaming(): ReturnType<typeof leader> {
    const raft = leader({ terms: [1, 1, 1], commit: 3 });
    raft.appliedTo(3);
    raft.compact(3);
    raft.step(refused(raft, '2', 3, 0, 0));
    expect(ofType(raft.ready().messages, 'snapshotRequest')).toHaveLength(1);
    return raft;
  }

  test('it is announced once, and nothing else is sent but heartbeats', () => {
    const raft = streaming();
    raft.step(alive(raft, '2'));
    propose(raft);
    raft.tick();
    expect(
      raft
        .ready()
        .messages.filter(({ to }) => to === '2')
        .map(({ type }) => type),
    ).toEqual(['heartbeat']);
  });

  test('after it, replication goes on where it ended', () => {
    const raft = streaming();
    raft.snapshotSent('2', 3, true);
    expect(ofType(raft.ready().messages, 'appendRequest')).toMatchObject([{ to: '2', prevLogIndex: 3 }]);
  });

  test('if it failed, it is announced again after a sign of life', () => {
    const raft = streaming();
    raft.snapshotSent('2', 3, false);
    expect(raft.ready().messages).toEqual([]);
    raft.step(alive(raft, '2'));
    expect(ofType(raft.ready().messages, 'snapshotRequest')).toHaveLength(1);
  });

  test('an acknowledgement that reaches the log ends it, an earlier one does not', () => {
    const raft = streaming();
    raft.step(appended(raft, '2', 2));
    expect(raft.status().progress[0]?.state).toBe('snapshot');
    raft.step(appended(raft, '2', 3));
    expect(raft.status().progress[0]).toMatchObject({ state: 'replicate', matchIndex: 3 });
  });

  test('a report about a follower that needs none is ignored', () => {
    const raft = settledLeader();
    raft.snapshotSent('2', 9, true);
    raft.snapshotSent('7', 9, true);
    expect(raft.status().progress[0]).toMatchObject({ state: 'replicate', nextIndex: 2 });
  });
});

test('a lost append is found by the answer to a heartbeat', () => {
  const raft = settledLeader();
  propose(raft);
  flush(raft);
  raft.step(appended(raft, '3', 2));
  flush(raft);
  tick(raft, 1);
  flush(raft);
  raft.step(alive(raft, '2'));
  raft.step(alive(raft, '3'));
  expect(ofType(raft.ready().messages, 'appendRequest')).toMatchObject([{ to: '2', prevLogIndex: 2, entries: [] }]);
});
