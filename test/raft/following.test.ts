import { RaftInvariantError } from '../../src/raft/errors';
import type { Message } from '../../src/raft/types';
import { append, core, FIVE, flush, heartbeat, ofType, settledLeader, termsOf, THREE } from './core';

describe('appends while a write is in flight', () => {
  test('they go into the next write, with one acknowledgement', () => {
    const raft = core();
    raft.step(append(1, 0, 0, [1]));
    const first = raft.takeWrite();
    raft.step(append(1, 1, 1, [1]));
    raft.step(append(1, 2, 1, [1]));
    expect(raft.takeWrite()).toBeUndefined();
    expect(first?.messagesAfter).toMatchObject([{ index: 1 }]);
    raft.persisted();
    expect(raft.ready().messages).toEqual([]);
    const second = raft.takeWrite();
    expect(second?.entries.map(({ index }) => index)).toEqual([2, 3]);
    expect(second?.messagesAfter).toMatchObject([{ type: 'appendResponse', success: true, index: 3 }]);
  });

  test('a repeated append is acknowledged when the write in flight is durable', () => {
    const raft = core();
    raft.step(append(1, 0, 0, [1]));
    raft.takeWrite();
    raft.step(append(1, 0, 0, [1]));
    expect(raft.ready().messages).toEqual([]);
    raft.persisted();
    expect(raft.ready().messages).toMatchObject([{ success: true, index: 1 }]);
  });

  test('entries replaced meanwhile are not durable when the write is (ABA)', () => {
    const raft = core({ terms: [1] });
    raft.step(append(1, 1, 1, [1, 1]));
    raft.takeWrite();
    raft.step(append(2, 1, 1, [2, 2], 0, '3'));
    raft.persisted();
    expect(raft.status()).toMatchObject({ persisted: 1, lastIndex: 3 });
    expect(raft.ready().messages).toEqual([]);
    const write = raft.takeWrite();
    expect(write?.entries.map(({ index, term }) => [index, term])).toEqual([
      [2, 2],
      [3, 2],
    ]);
    raft.persisted();
    expect(raft.status().persisted).toBe(3);
  });

  test('what waits for the leader of an earlier term is never said', () => {
    const raft = core();
    raft.step(append(1, 0, 0, [1]));
    raft.step(append(2, 0, 0, [2], 0, '3'));
    expect(flush(raft)).toMatchObject([{ type: 'appendResponse', to: '3', term: 2, index: 1 }]);
  });

  test('committed entries are handed out when they are durable', () => {
    const raft = core();
    raft.step(append(1, 0, 0, [1, 1], 2));
    expect(raft.ready().committed).toEqual([]);
    raft.takeWrite();
    raft.persisted();
    expect(raft.ready().committed.map(({ index }) => index)).toEqual([1, 2]);
  });
});

describe('appends around the commit index', () => {
  test('what is committed is skipped, what follows is taken', () => {
    const raft = core({ terms: [1, 1, 1], commit: 3 });
    flush(raft);
    raft.appliedTo(3);
    raft.compact(3);
    raft.step(append(1, 1, 1, [1, 1, 1, 1], 4));
    expect(flush(raft)).toMatchObject([{ success: true, index: 5 }]);
    expect(raft.status()).toMatchObject({ lastIndex: 5, commit: 4 });
  });

  test('an append that ends before it is answered with the commit index', () => {
    const raft = core({ terms: [1, 1, 1], commit: 3 });
    raft.step(append(1, 0, 0, [1]));
    expect(flush(raft)).toMatchObject([{ success: true, index: 3 }]);
  });
});

describe('heartbeats', () => {
  test('they move the commit index and are answered with their round', () => {
    const raft = core({ terms: [1, 1] });
    const message: Message = { type: 'heartbeat', from: '2', to: '1', term: 1, commit: 2, readRound: 8 };
    raft.step(message);
    expect(raft.ready().messages).toEqual([{ type: 'heartbeatResponse', from: '1', to: '2', term: 1, readRound: 8 }]);
    expect(raft.status().commit).toBe(2);
  });

  test('the answer does not wait for entries that are being written', () => {
    const raft = core({ terms: [1] });
    raft.step(append(1, 1, 1, [1]));
    raft.takeWrite();
    raft.step(heartbeat(1));
    expect(raft.ready().messages.map(({ type }) => type)).toEqual(['heartbeatResponse']);
  });

  test('the answer waits for a new term', () => {
    const raft = core();
    raft.step(heartbeat(4));
    expect(raft.ready().messages).toEqual([]);
    expect(raft.takeWrite()?.messagesAfter.map(({ type }) => type)).toEqual(['heartbeatResponse']);
  });
});

describe('received states', () => {
  const start = { index: 9, term: 2, configuration: FIVE };

  test('the write has the start, the acknowledgement follows it', () => {
    const raft = core({ terms: [1, 1] });
    raft.step(heartbeat(3));
    flush(raft);
    raft.installSnapshot(start);
    expect(raft.ready()).toEqual({ messages: [], committed: [], reads: [] });
    const write = raft.takeWrite();
    expect(write).toMatchObject({ start, entries: [] });
    expect(write?.messagesAfter).toMatchObject([{ type: 'appendResponse', to: '2', success: true, index: 9 }]);
  });

  test('the log goes on from there', () => {
    const raft = core();
    raft.step(heartbeat(3));
    raft.installSnapshot(start);
    raft.step(append(3, 9, 2, [3], 10));
    expect(flush(raft).filter(({ type }) => type === 'appendResponse')).toMatchObject([{ index: 10 }]);
    expect(raft.status()).toMatchObject({ firstIndex: 10, lastIndex: 10, commit: 10, persisted: 10 });
  });

  test('a write in flight from before does not make anything of it durable', () => {
    const raft = core();
    raft.step(append(3, 0, 0, [3, 3, 3]));
    raft.takeWrite();
    raft.installSnapshot(start);
    raft.step(append(3, 9, 2, [3]));
    raft.persisted();
    expect(raft.status()).toMatchObject({ persisted: 9, lastIndex: 10 });
  });

  test('what follows in the log is written once more, and stays acknowledged', () => {
    const raft = core({ terms: [1, 1, 1, 1] });
    raft.step(heartbeat(1));
    raft.installSnapshot({ index: 2, term: 1, configuration: THREE });
    const write = raft.takeWrite();
    expect(write).toMatchObject({ start: { index: 2 }, entries: [{ index: 3 }, { index: 4 }] });
    expect(raft.status().persisted).toBe(4);
  });

  test('one that is not news changes nothing, and is answered with what is there', () => {
    const raft = core({ terms: [1, 1, 1], commit: 3 });
    raft.step(heartbeat(1));
    flush(raft);
    expect(raft.installSnapshot({ index: 2, term: 1, configuration: FIVE })).toBe(false);
    expect(raft.takeWrite()).toBeUndefined();
    expect(raft.ready().messages).toMatchObject([{ success: true, index: 3 }]);
    expect(raft.status().configuration).toEqual(THREE);
  });

  test('a leader takes none', () => {
    const raft = settledLeader();
    expect(raft.installSnapshot({ index: 50, term: 1, configuration: FIVE })).toBe(false);
    expect(raft.status()).toMatchObject({ role: 'leader', lastIndex: 1 });
  });
});

test('the announcement of a state counts as hearing from the leader', () => {
  const raft = core();
  raft.step({ type: 'snapshotRequest', from: '3', to: '1', term: 2 });
  expect(raft.status()).toMatchObject({ leader: '3', term: 2 });
  expect(ofType(flush(raft), 'appendResponse')).toEqual([]);
});

test('another leader in the same term is proof of a fault', () => {
  const raft = core();
  raft.step(heartbeat(2));
  expect(() => raft.step(heartbeat(2, 0, '3'))).toThrow(RaftInvariantError);
});

test('a log with a configuration that is replaced goes back to the one before', () => {
  const raft = core({ terms: [1] });
  const entry = { kind: 'configuration', index: 2, term: 1, configuration: FIVE, data: new Uint8Array() } as const;
  raft.step({
    type: 'appendRequest',
    from: '2',
    to: '1',
    term: 1,
    prevLogIndex: 1,
    prevLogTerm: 1,
    entries: [entry],
    commit: 1,
  });
  expect(raft.status().configuration).toEqual(FIVE);
  raft.step(append(2, 1, 1, [2], 1, '3'));
  expect(raft.status().configuration).toEqual(THREE);
  expect(termsOf(raft)).toEqual([1, 2]);
});
