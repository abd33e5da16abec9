import type { Message } from '../../src/raft/types';
import { alive, core, flush, heartbeat, ofType, settledLeader, tick, voteRequest } from './core';

function follower(): ReturnType<typeof core> {
  const raft = core({ terms: [1], options: { heartbeatTicks: 2 } });
  raft.step(heartbeat(1));
  flush(raft);
  return raft;
}

function answer(context: number, index: number, term = 1): Message {
  return { type: 'readIndexResponse', from: '2', to: '1', term, context, index };
}

function requests(raft: ReturnType<typeof core>): number[] {
  return ofType(raft.ready().messages, 'readIndexRequest').map(({ context }) => context);
}

test('the leader is asked once for all that waits', () => {
  const raft = follower();
  raft.readIndex(1);
  raft.readIndex(2);
  const [context = 0, ...others] = requests(raft);
  expect(others).toEqual([]);
  raft.readIndex(3);
  expect(requests(raft)).toEqual([]);
  raft.step(answer(context, 7));
  const ready = raft.ready();
  expect(ready.reads).toEqual([
    { context: 1, index: 7 },
    { context: 2, index: 7 },
  ]);
  expect(ofType(ready.messages, 'readIndexRequest').map((request) => request.context)).toEqual([context + 1]);
});

test('a refusal is passed on', () => {
  const raft = follower();
  raft.readIndex(1);
  const [context = 0] = requests(raft);
  raft.step(answer(context, 0));
  expect(raft.ready().reads).toEqual([{ context: 1, index: undefined }]);
});

test('an answer to something else is ignored', () => {
  const raft = follower();
  raft.readIndex(1);
  const [context = 0] = requests(raft);
  raft.step(answer(context - 1, 7));
  raft.step(answer(context, 7, 0));
  expect(raft.ready().reads).toEqual([]);
});

test('without an answer the request is repeated, then given up', () => {
  const raft = follower();
  raft.readIndex(1);
  const [context = 0] = requests(raft);
  tick(raft, 2);
  expect(requests(raft)).toEqual([context]);
  tick(raft, 3);
  expect(raft.ready().reads).toEqual([{ context: 1, index: undefined }]);
});

test('a new term or the loss of the leader refuses what waits', () => {
  const raft = follower();
  raft.readIndex(1);
  raft.ready();
  raft.readIndex(2);
  tick(raft, 4);
  tick(raft, 1);
  raft.step(voteRequest(2, 1, 1, { from: '3' }));
  expect(raft.ready().reads).toEqual([
    { context: 1, index: undefined },
    { context: 2, index: undefined },
  ]);
});

test('a leader answers for others when its round is confirmed', () => {
  const raft = settledLeader();
  raft.step({ type: 'readIndexRequest', from: '3', to: '1', term: 1, context: 77 });
  raft.ready();
  raft.step(alive(raft, '2', 1));
  expect(ofType(raft.ready().messages, 'readIndexResponse')).toEqual([
    { type: 'readIndexResponse', from: '1', to: '3', term: 1, context: 77, index: 1 },
  ]);
});

test('others are refused when it steps down, and by whoever does not lead', () => {
  const raft = settledLeader();
  raft.step({ type: 'readIndexRequest', from: '3', to: '1', term: 1, context: 77 });
  raft.ready();
  raft.step(heartbeat(2));
  expect(ofType(flush(raft), 'readIndexResponse')).toMatchObject([{ to: '3', context: 77, index: 0 }]);
  raft.step({ type: 'readIndexRequest', from: '3', to: '1', term: 2, context: 78 });
  raft.step({ type: 'readIndexRequest', from: '3', to: '1', term: 1, context: 79 });
  expect(ofType(flush(raft), 'readIndexResponse')).toMatchObject([
    { context: 78, index: 0, term: 2 },
    { context: 79, index: 0, term: 2 },
  ]);
});
