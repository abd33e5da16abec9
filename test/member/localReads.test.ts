import { Machine } from '../../src/machine/machine';
import { LocalReads } from '../../src/member/localReads';
import type { WatchListener } from '../../src/member/types';
import type { Raft } from '../../src/raft/raft';
import { NOW_MS, set } from '../machine/keyspace/writer';

const OPTIONS = { recursive: false, sorted: false };
const NEXT = { recursive: true, stream: false, sinceIndex: 0 };

function scene() {
  const state = { machine: new Machine(10) };
  const raft = { commit: 9, term: 3 } as unknown as Raft;
  const clock = { nowMs: NOW_MS, now: () => clock.nowMs };
  const barriers: string[] = [];
  const requests = { readBarrier: () => Promise.resolve(void barriers.push('asked')) };
  return { state, clock, barriers, reads: new LocalReads('cafe', raft, state, clock, requests) };
}

test('a read is of the state in use, also after that was replaced, and by the time it is', () => {
  const { state, clock, reads } = scene();
  state.machine.keySpace.apply(set('/a', { value: '1' }));
  expect(reads.get('/a', OPTIONS)).toMatchObject({ ok: true, nowMs: NOW_MS, node: { value: '1' } });
  clock.nowMs += 3000;
  expect(reads.get('/a', OPTIONS)).toMatchObject({ ok: true, nowMs: NOW_MS + 3000 });
  // Of the program's own looks nothing is counted.
  expect(reads.look('/a', OPTIONS)).toMatchObject({ ok: true, nowMs: NOW_MS + 3000, node: { value: '1' } });
  state.machine = new Machine(10);
  expect(reads.get('/a', OPTIONS)).toMatchObject({ ok: false, code: 100 });
  expect(reads.gets()).toEqual({ getsSuccess: 2, getsFail: 1 });
});

test('the indexes are those of the key space and of raft', () => {
  const { state, reads } = scene();
  state.machine.keySpace.apply(set('/a'));
  expect(reads.indexes()).toEqual({ etcdIndex: state.machine.keySpace.index, raftIndex: 9, raftTerm: 3 });
});

test('watches are counted when they are asked for, also those that cannot be', () => {
  const { state, reads } = scene();
  for (let change = 0; change < 30; change++) state.machine.keySpace.apply(set('/a'));
  const heard: unknown[] = [];
  const listener: WatchListener = (event) => void heard.push(event?.node.key);
  expect(reads.watch('/', NEXT, listener)).toMatchObject({ ok: true, past: [] });
  expect(reads.watch('/', { ...NEXT, sinceIndex: 1 }, listener)).toMatchObject({ ok: false, code: 401 });
  expect(reads.watchRequests).toBe(2);
  state.machine.keySpace.apply(set('/b'));
  for (const { watcher, event } of state.machine.keySpace.takeNotifications()) watcher.deliver(event);
  expect(heard).toEqual(['/b']);
});

test('a barrier is the affair of those who wait', async () => {
  const { barriers, reads } = scene();
  await reads.readBarrier();
  expect(barriers).toEqual(['asked']);
});

test('a member that must not go on shows nothing of its state any more, and its watches end', () => {
  const { state, reads } = scene();
  state.machine.keySpace.apply(set('/a', { value: 'wrong' }));
  const heard: unknown[] = [];
  reads.watch('/', { ...NEXT, stream: true }, (event) => void heard.push(event));
  reads.end();
  expect(heard).toEqual([undefined]);
  const shown = [
    () => reads.get('/a', OPTIONS),
    () => reads.watch('/', NEXT, () => undefined),
    () => reads.past('/', 1),
    () => reads.isUnchanged('/a', 1),
  ];
  for (const show of shown) expect(show).toThrow(expect.objectContaining({ reason: 'stopped' }));
});
