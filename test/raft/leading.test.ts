import { bytes } from './harness';
import { alive, appended, FIVE, flush, heartbeat, leader, ofType, propose, settledLeader, tick } from './core';

describe('quorum check (thesis section 6.2)', () => {
  test('a leader that nobody answers steps down', () => {
    const raft = leader();
    tick(raft, 4);
    expect(raft.status().role).toBe('leader');
    raft.tick();
    expect(raft.status()).toMatchObject({ role: 'follower', term: 1, leader: undefined });
  });

  test('a majority has to answer in every election timeout', () => {
    const raft = settledLeader({ configuration: FIVE });
    tick(raft, 5);
    for (let round = 0; round < 6; round += 1) {
      raft.step(alive(raft, '2'));
      raft.step(alive(raft, '5'));
      tick(raft, 5);
    }
    expect(raft.status().role).toBe('leader');
    raft.step(alive(raft, '2'));
    tick(raft, 5);
    expect(raft.status().role).toBe('follower');
  });

  test('a member that joins is not taken for lost', () => {
    const raft = settledLeader({ configuration: { voters: ['1'], learners: [] } });
    tick(raft, 4);
    raft.proposeConfiguration({ voters: ['1', '2'], learners: [] }, bytes(''));
    raft.tick();
    expect(raft.status().role).toBe('leader');
    tick(raft, 5);
    expect(raft.status().role).toBe('follower');
  });

  test('a lone voter leads for ever', () => {
    const raft = settledLeader({ configuration: { voters: ['1'], learners: ['2'] } });
    tick(raft, 100);
    expect(raft.status().role).toBe('leader');
  });
});

describe('transfer (thesis section 3.10)', () => {
  const timeoutNow = (raft: ReturnType<typeof leader>): string[] =>
    ofType(raft.ready().messages, 'timeoutNow').map(({ to }) => to);

  test('the target is told once it has everything', () => {
    const raft = settledLeader();
    propose(raft);
    flush(raft);
    expect(raft.transferLeadership('3')).toBe(true);
    expect(timeoutNow(raft)).toEqual([]);
    raft.step(appended(raft, '2', 2));
    expect(timeoutNow(raft)).toEqual([]);
    raft.step(appended(raft, '3', 2));
    expect(timeoutNow(raft)).toEqual(['3']);
    expect(timeoutNow(raft)).toEqual([]);
  });

  test('no proposals meanwhile; after an election timeout it is given up', () => {
    const raft = settledLeader();
    raft.transferLeadership('3');
    tick(raft, 4);
    raft.step(alive(raft, '2'));
    expect(raft.propose(bytes('a'))).toEqual({ ok: false, reason: 'transferring' });
    expect(raft.proposeConfiguration(FIVE, bytes(''))).toEqual({ ok: false, reason: 'transferring' });
    raft.tick();
    expect(raft.propose(bytes('a'))).toMatchObject({ ok: true });
  });

  test('another target takes the place of the first, the same one changes nothing', () => {
    const raft = settledLeader();
    expect(raft.transferLeadership('3')).toBe(true);
    expect(timeoutNow(raft)).toEqual(['3']);
    expect(raft.transferLeadership('3')).toBe(true);
    expect(timeoutNow(raft)).toEqual([]);
    expect(raft.transferLeadership('2')).toBe(true);
    expect(timeoutNow(raft)).toEqual(['2']);
  });

  test('only to another voter, only by a leader', () => {
    const raft = settledLeader({ configuration: { voters: ['1', '2'], learners: ['3'] } });
    expect(['1', '3', '4'].map((id) => raft.transferLeadership(id))).toEqual([false, false, false]);
    raft.step(heartbeat(2));
    expect(raft.transferLeadership('2')).toBe(false);
  });
});

describe('reads (thesis section 6.4)', () => {
  test('many share a round; the next takes what came meanwhile', () => {
    const raft = settledLeader();
    raft.readIndex(1);
    raft.readIndex(2);
    expect(ofType(raft.ready().messages, 'heartbeat').map(({ readRound }) => readRound)).toEqual([1, 1]);
    raft.readIndex(3);
    expect(raft.ready().messages).toEqual([]);
    raft.step(alive(raft, '3', 1));
    const ready = raft.ready();
    expect(ready.reads).toEqual([
      { context: 1, index: 1 },
      { context: 2, index: 1 },
    ]);
    expect(ofType(ready.messages, 'heartbeat').map(({ readRound }) => readRound)).toEqual([2, 2]);
  });

  test('a lost round is repeated by the next heartbeat', () => {
    const raft = settledLeader();
    raft.readIndex(1);
    raft.ready();
    raft.tick();
    expect(ofType(raft.ready().messages, 'heartbeat')).toMatchObject([{ readRound: 1 }, { readRound: 1 }]);
  });

  test('the index is the one from the beginning of the round', () => {
    const raft = settledLeader();
    raft.readIndex(1);
    raft.ready();
    propose(raft);
    flush(raft);
    raft.step(appended(raft, '2', 2));
    expect(raft.status().commit).toBe(2);
    raft.step(alive(raft, '2', 1));
    expect(raft.ready().reads).toEqual([{ context: 1, index: 1 }]);
  });

  test('answers of learners confirm nothing', () => {
    const raft = settledLeader({ configuration: { voters: ['1', '2'], learners: ['3'] } });
    raft.readIndex(1);
    raft.ready();
    raft.step(alive(raft, '3', 1));
    expect(raft.ready().reads).toEqual([]);
  });

  test('when the leader steps down, they are answered with nothing', () => {
    const raft = settledLeader();
    raft.readIndex(1);
    raft.ready();
    raft.readIndex(2);
    raft.step(heartbeat(2));
    expect(raft.ready().reads).toEqual([
      { context: 1, index: undefined },
      { context: 2, index: undefined },
    ]);
  });

  test('a lone voter answers at once', () => {
    const raft = settledLeader({ configuration: { voters: ['1'], learners: ['2'] } });
    raft.readIndex(5);
    expect(raft.ready().reads).toEqual([{ context: 5, index: 1 }]);
  });

  test('a round that a smaller cluster no longer needs is answered', () => {
    const raft = settledLeader({ configuration: { voters: ['1', '2'], learners: [] } });
    raft.readIndex(5);
    expect(raft.ready().reads).toEqual([]);
    raft.proposeConfiguration({ voters: ['1'], learners: [] }, bytes(''));
    expect(raft.ready().reads).toEqual([{ context: 5, index: 1 }]);
  });
});
