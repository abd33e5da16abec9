import { Machine } from '../../src/machine/machine';
import { Loop } from '../../src/member/loop';
import type { LoopParts } from '../../src/member/loopParts';
import { MessageBorder } from '../../src/member/messageBorder';
import type { Raft } from '../../src/raft/raft';
import type { Entry, Message } from '../../src/raft/types';
import { append, core, heartbeat, termsOf } from '../raft/core';
import { encodeBatch } from '../../src/machine/commandCodec';

const START = { index: 10, term: 2, configuration: { voters: ['a'], learners: [] } };

interface Scene {
  readonly loop: Loop;
  readonly writes: object[];
  readonly failures: unknown[];
  /** What read barriers were told. */
  readonly releases: number[];
  readonly jumps: number[];
  readonly state: { machine: Machine };
}

/** A loop around a raft that has applied 3 entries, with nothing else to do. */
function sceneOf(
  installSnapshot: () => boolean,
  faultOfStart = (): string | undefined => undefined,
  { leader = 'b' } = {},
  stepped: string[] = [],
): Scene {
  const writes: object[] = [];
  const failures: unknown[] = [];
  const releases: number[] = [];
  const jumps: number[] = [];
  const state = { machine: new Machine(10) };
  const raft = {
    ...{ id: 'a', leader },
    applied: 3,
    installSnapshot,
    faultOfStart,
    ready: () => ({ messages: [], committed: [], reads: [] }),
    takeWrite: () => undefined,
    entries: () => [],
    status: () => ({ lastIndex: 10 }),
  };
  const store = {
    write: (write: object) => {
      writes.push(write);
      return Promise.resolve();
    },
  };
  const parts = {
    replica: { raft, state, store },
    peers: {
      forwarder: { hasQueued: false },
      border: { judge: () => undefined, step: ({ type }: Message) => void stepped.push(type) },
    },
    waiting: { reads: { release: (applied: number) => releases.push(applied) } },
    retention: { compaction: { restart: () => undefined } },
    events: {
      onStateReplaced: () => jumps.push(1),
      onMembersChanged: () => undefined,
      onTurn: () => undefined,
      onFailure: (error: unknown) => failures.push(error),
    },
  };
  return { loop: new Loop(parts as unknown as LoopParts), writes, failures, state, releases, jumps };
}

it('a state that comes in while the member stops is not overwritten by what was there before, nor taken into use', async () => {
  const { loop, writes, failures, state } = sceneOf(() => true);
  const before = state.machine;
  const received = new Machine(10);
  let adopted = (_machine: Machine): void => undefined;
  const replacing = loop.replaceState(START, () => new Promise<Machine>((resolve) => (adopted = resolve)));
  const stopping = loop.stop();
  adopted(received);
  await Promise.all([replacing, stopping]);
  await loop.flush();
  expect(state.machine).toBe(before);
  expect(writes).toEqual([]);
  expect(failures).toEqual([]);
});

it('a state that is whole takes the place of the one before', async () => {
  const { loop, failures, state } = sceneOf(() => true);
  const received = new Machine(10);
  await loop.replaceState(START, () => Promise.resolve(received));
  expect(state.machine).toBe(received);
  expect(failures).toEqual([]);
});

it('a state that raft does not take ends the member, since it is in use already', async () => {
  const { loop, failures } = sceneOf(() => false);
  await loop.replaceState(START, () => Promise.resolve(new Machine(10)));
  expect(failures).toEqual([new Error('the state at 10 came too late')]);
});

it('a state that is not newer is refused before anything is changed', async () => {
  const { loop, failures } = sceneOf(() => true);
  const adopt = jest.fn();
  await expect(loop.replaceState({ ...START, index: 3 }, adopt)).rejects.toThrow(/older than this member/);
  expect(adopt).not.toHaveBeenCalled();
  expect(failures).toEqual([]);
});

it('a member that leads by now takes no state, and nothing is changed on the disk', async () => {
  const { loop, failures } = sceneOf(() => false, undefined, { leader: 'a' });
  const adopt = jest.fn();
  await expect(loop.replaceState(START, adopt)).rejects.toThrow('this member leads now');
  expect(adopt).not.toHaveBeenCalled();
  expect(failures).toEqual([]);
});

it('nobody is elected while a state is taken into use, and what the leader says is heard', async () => {
  const stepped: string[] = [];
  const { loop } = sceneOf(() => true, undefined, { leader: 'b' }, stepped);
  let adopted = (_machine: Machine): void => undefined;
  const replacing = loop.replaceState(START, () => new Promise<Machine>((resolve) => (adopted = resolve)));
  const vote = { type: 'voteResponse', from: 'c', to: 'a', term: 3, pre: false, granted: true } as const;
  loop.received([vote, { type: 'heartbeat', from: 'b', to: 'a', term: 3, commit: 1, readRound: 0 }]);
  expect(stepped).toEqual(['heartbeat']);
  adopted(new Machine(10));
  await replacing;
  loop.received([vote]);
  expect(stepped).toEqual(['heartbeat', 'voteResponse']);
});

it('a state that contradicts what is committed here is refused before anything is changed on the disk', async () => {
  const { loop, failures, state } = sceneOf(
    () => true,
    () => 'it contradicts',
  );
  const before = state.machine;
  const adopt = jest.fn();
  await expect(loop.replaceState(START, adopt)).rejects.toThrow('it contradicts');
  expect(adopt).not.toHaveBeenCalled();
  expect(failures).toEqual([]);
  expect(state.machine).toBe(before);
});

it('whoever waits for a read inside the state is let go at once, and others hear that the state jumped', async () => {
  const { loop, releases, jumps } = sceneOf(() => true);
  await loop.replaceState(START, () => Promise.resolve(new Machine(10)));
  expect([releases, jumps]).toEqual([[3], [1]]);
});

/** A follower of 2 in term 2 with one entry of term 1, of which only raft is real. */
function followerOf2(): { loop: Loop; raft: Raft; failures: unknown[]; cutOff: string[] } {
  const nothing = { ready: () => ({ messages: [], committed: [], reads: [] }), takeWrite: () => undefined };
  const raft = Object.assign(Object.create(core({ terms: [1] })) as Raft, nothing);
  const failures: unknown[] = [];
  const cutOff: string[] = [];
  const parts = {
    replica: { raft, state: { machine: new Machine(10) }, store: {} },
    peers: {
      forwarder: { hasQueued: false },
      border: new MessageBorder(raft),
      transport: { cutOff: (_from: string, reason: string) => cutOff.push(reason) },
    },
    waiting: { reads: { release: () => undefined } },
    retention: { compaction: { restart: () => undefined } },
    events: {
      onStateReplaced: () => undefined,
      onMembersChanged: () => undefined,
      onTurn: () => undefined,
      onFailure: (error: unknown) => failures.push(error),
    },
  };
  const loop = new Loop(parts as unknown as LoopParts);
  loop.received([heartbeat(2)]);
  return { loop, raft, failures, cutOff };
}

it('what a leader that lies appends and commits meanwhile does not contradict the state that is taken into use', async () => {
  const { loop, raft, failures, cutOff } = followerOf2();
  let adopted = (_machine: Machine): void => undefined;
  const start = { ...START, index: 3, configuration: { voters: ['1', '2', '3'], learners: [] } };
  const replacing = loop.replaceState(start, () => new Promise<Machine>((resolve) => (adopted = resolve)));
  const data = encodeBatch({ origin: '2', run: 1, sequence: 1, commands: [] });
  const entries = [2, 3, 4].map((index): Entry => ({ kind: 'command', index, term: 1, data }));
  const lies = { ...append(2, 1, 1, [], 4), entries } as Message;
  loop.received([lies, heartbeat(2, 1)]);
  expect(cutOff).toEqual([]);
  expect([raft.commit, raft.leader]).toEqual([0, '2']);
  adopted(new Machine(10));
  await replacing;
  expect(failures).toEqual([]);
  expect([raft.applied, raft.commit, termsOf(raft)]).toEqual([3, 3, []]);
});
