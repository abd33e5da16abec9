import { RaftInvariantError } from '../../src/raft/errors';
import { RaftLog } from '../../src/raft/log';
import { Persistence } from '../../src/raft/persistence';
import type { AppendResponse, Message } from '../../src/raft/types';
import { restored } from './core';
import { command } from './harness';

const OLD = { term: 1, votedFor: undefined };
const NEW = { term: 2, votedFor: '3' };

function acknowledgement(index: number): AppendResponse {
  return { type: 'appendResponse', from: '1', to: '2', term: 2, success: true, index, hintIndex: 0, hintTerm: 0 };
}

const vote: Message = { type: 'voteResponse', from: '1', to: '3', term: 2, pre: false, granted: true };

function setup(): { persistence: Persistence; log: RaftLog } {
  const state = restored({ term: 1, terms: [1, 1] });
  return { persistence: new Persistence(state.hardState), log: new RaftLog(state) };
}

test('nothing to write, nothing to wait for', () => {
  const { persistence, log } = setup();
  expect(persistence.take(OLD, log)).toBeUndefined();
  persistence.sendAfterVote(vote, OLD);
  expect(persistence.drainOutgoing()).toEqual([vote]);
  expect(persistence.drainOutgoing()).toEqual([]);
});

test('one write at a time', () => {
  const { persistence, log } = setup();
  expect(persistence.take(NEW, log)?.hardState).toEqual({ term: 2, votedFor: '3', commit: 0 });
  log.append(command(3, 2));
  expect(persistence.take(NEW, log)).toBeUndefined();
  persistence.confirm(log);
  const write = persistence.take(NEW, log);
  expect(write).toMatchObject({ hardState: undefined, start: undefined });
  expect(write?.entries.map((entry) => entry.index)).toEqual([3]);
});

test('a commit index is no reason for a write, but goes along', () => {
  const { persistence, log } = setup();
  log.commitTo(2);
  expect(persistence.take(OLD, log)).toBeUndefined();
  log.append(command(3, 1));
  expect(persistence.take(OLD, log)?.hardState).toEqual({ term: 1, votedFor: undefined, commit: 2 });
});

test('a vote waits for the write that has it', () => {
  const { persistence, log } = setup();
  persistence.sendAfterVote(vote, NEW);
  expect(persistence.drainOutgoing()).toEqual([]);
  expect(persistence.take(NEW, log)?.messagesAfter).toEqual([vote]);
  expect(persistence.hasDurableVote(NEW)).toBe(false);
  persistence.confirm(log);
  expect(persistence.hasDurableVote(NEW)).toBe(true);
});

test('a message about the write in flight leaves when that is durable', () => {
  const { persistence, log } = setup();
  log.append(command(3, 2));
  persistence.take(NEW, log);
  persistence.sendAfterVote(vote, NEW);
  persistence.sendAfterEntries(acknowledgement(3), NEW, log);
  expect(persistence.drainOutgoing()).toEqual([]);
  persistence.confirm(log);
  expect(persistence.drainOutgoing()).toEqual([vote, acknowledgement(3)]);
});

test('a message about later state waits for the next write', () => {
  const { persistence, log } = setup();
  log.append(command(3, 1));
  persistence.take(OLD, log);
  log.append(command(4, 2));
  persistence.sendAfterVote(vote, NEW);
  persistence.sendAfterEntries(acknowledgement(4), NEW, log);
  persistence.confirm(log);
  expect(persistence.drainOutgoing()).toEqual([]);
  expect(persistence.take(NEW, log)?.messagesAfter).toEqual([vote, acknowledgement(4)]);
});

test('of several acknowledgements the furthest is enough', () => {
  const { persistence, log } = setup();
  log.append(command(3, 1));
  log.append(command(4, 1));
  persistence.sendAfterEntries(acknowledgement(3), OLD, log);
  persistence.sendAfterEntries(acknowledgement(4), OLD, log);
  persistence.sendAfterEntries(acknowledgement(3), OLD, log);
  expect(persistence.take(OLD, log)?.messagesAfter).toEqual([acknowledgement(4)]);
});

test('an acknowledgement of what is durable leaves at once', () => {
  const { persistence, log } = setup();
  log.append(command(3, 1));
  persistence.take(OLD, log);
  persistence.sendAfterEntries(acknowledgement(2), OLD, log);
  expect(persistence.drainOutgoing()).toEqual([acknowledgement(2)]);
});

test('a new term voids what waits', () => {
  const { persistence, log } = setup();
  log.append(command(3, 1));
  persistence.take(OLD, log);
  persistence.sendAfterEntries(acknowledgement(3), OLD, log);
  log.append(command(4, 1));
  persistence.sendAfterEntries(acknowledgement(4), OLD, log);
  persistence.dropWaiting();
  persistence.confirm(log);
  expect(persistence.drainOutgoing()).toEqual([]);
  expect(persistence.take(NEW, log)?.messagesAfter).toEqual([]);
});

test('a new start is written with what follows it, and acknowledgements wait for that', () => {
  const { persistence, log } = setup();
  const start = { index: 1, term: 1, configuration: log.configuration };
  log.jumpTo(start);
  persistence.startChanged(start);
  persistence.sendAfterEntries(acknowledgement(1), OLD, log);
  expect(persistence.drainOutgoing()).toEqual([]);
  const write = persistence.take(OLD, log);
  expect(write?.start).toEqual(start);
  expect(write?.entries.map((entry) => entry.index)).toEqual([2]);
  expect(write?.messagesAfter).toEqual([acknowledgement(1)]);
  // Until it is durable, even what was durable before waits.
  persistence.sendAfterEntries(acknowledgement(2), OLD, log);
  expect(persistence.drainOutgoing()).toEqual([]);
  persistence.confirm(log);
  expect(persistence.drainOutgoing()).toEqual([acknowledgement(2)]);
});

test('nothing can be confirmed that is not in flight', () => {
  const { persistence, log } = setup();
  expect(() => persistence.confirm(log)).toThrow(RaftInvariantError);
});
