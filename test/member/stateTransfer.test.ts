import { StateSender } from '../../src/member/stateTransfer';
import type { Transport } from '../../src/member/transport';
import type { Raft } from '../../src/raft/raft';
import type { LogStart } from '../../src/raft/types';
import type { Kv } from '../../src/storage/kv';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';
import { LogRecorder } from '../peer/harness';
import { noop } from '../raft/harness';
import { alive, appended, flush, ofType, propose, settledLeader, THREE } from '../raft/core';

/** A leader whose follower 3 needs entries that are compacted. */
function leaderAhead(): Raft {
  const raft = settledLeader();
  for (let time = 0; time < 5; time++) propose(raft);
  flush(raft);
  raft.step(appended(raft, '2', raft.status().lastIndex));
  flush(raft);
  raft.appliedTo(raft.status().commit);
  raft.compact(raft.status().commit);
  raft.reportUnreachable('3');
  expect(ofType(flush(raft), 'snapshotRequest').map(({ to }) => to)).toEqual(['3']);
  return raft;
}

interface Stream {
  readonly to: string;
  readonly start: LogStart;
  readonly finish: () => void;
  readonly fail: (error: Error) => void;
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How many views of the storage are held. */
function countViews(kv: Kv): { readonly open: number } {
  const views = { open: 0 };
  const scan = kv.scanText.bind(kv);
  kv.scanText = async function* (range) {
    views.open++;
    try {
      yield* scan(range);
    } finally {
      views.open--;
    }
  };
  return views;
}

/** The sender of that leader, over links on which the tests end the streams. */
async function scene(hasState = true) {
  const raft = leaderAhead();
  const applied = raft.status().commit;
  const kv = new MemoryDisk().open();
  const views = countViews(kv);
  const store = await MemberStore.open(kv);
  if (hasState) {
    const position = { index: applied, term: raft.term };
    await store.initialise({
      ...{ identity: { memberId: '1', clusterId: 'cafe' }, configuration: THREE, position },
      rows: [{ table: 'node', key: '/a', value: 'x' }],
    });
  }
  const streams: Stream[] = [];
  const transport: Partial<Transport> = {
    sendSnapshot: (to, start) =>
      new Promise((finish, fail) => {
        streams.push({ to, start, finish, fail });
      }),
  };
  const log = new LogRecorder();
  const wakes: number[] = [];
  const sender: StateSender = new StateSender(raft, store, transport as Transport, log, () => {
    wakes.push(sender.compactionLimit);
  });
  const progress = () => raft.status().progress.find(({ id }) => id === '3');
  return { raft, applied, store, views, streams, log, wakes, sender, progress };
}

test('while a state is sent, the log that its receiver will need is kept, however far the leader goes on', async () => {
  const { sender, raft, store, applied, streams, wakes } = await scene();
  expect(sender.compactionLimit).toBe(Infinity);
  sender.send('3');
  const entries = Array.from({ length: 10 }, (_, at) => noop(applied + 1 + at, raft.term));
  await store.write({ entries, applied: applied + 10 });
  sender.send('2');
  await soon();
  expect(sender.compactionLimit).toBe(applied);
  streams[0]!.finish();
  await soon();
  expect(sender.compactionLimit).toBe(applied + 10);
  streams[1]!.finish();
  await soon();
  expect(sender.compactionLimit).toBe(Infinity);
  // The loop is woken after each, to compact what was held back.
  expect(wakes).toEqual([applied + 10, Infinity]);
});

test('a follower is sent one state at a time, and another once that is over', async () => {
  const { sender, streams } = await scene();
  sender.send('3');
  sender.send('3');
  await soon();
  sender.send('3');
  await soon();
  expect(streams.map(({ to }) => to)).toEqual(['3']);
  streams[0]!.finish();
  await soon();
  sender.send('3');
  await soon();
  expect(streams.map(({ to }) => to)).toEqual(['3', '3']);
});

test('a state that arrived: the follower goes on after it', async () => {
  const { sender, raft, streams, applied, progress } = await scene();
  expect(progress()?.state).toBe('snapshot');
  sender.send('3');
  await soon();
  expect(streams[0]!.start).toEqual({ index: applied, term: raft.term, configuration: THREE });
  streams[0]!.finish();
  await soon();
  expect(progress()).toMatchObject({ state: 'probe', nextIndex: applied + 1 });
  const [next] = ofType(flush(raft), 'appendRequest').filter(({ to }) => to === '3');
  expect(next).toMatchObject({ prevLogIndex: applied });
});

test('a state that was lost: it is said why, and raft asks for it again when the follower shows life', async () => {
  const { sender, raft, streams, log, progress } = await scene();
  sender.send('3');
  await soon();
  streams[0]!.fail(new Error('the link broke'));
  await soon();
  expect(log.lines.at(-1)).toEqual({
    level: 'warn',
    text: expect.stringContaining('it will be tried again'),
    fields: { to: '3', reason: 'the link broke' },
  });
  expect(progress()?.state).toBe('probe');
  expect(ofType(flush(raft), 'snapshotRequest')).toEqual([]);
  raft.step(alive(raft, '3'));
  expect(ofType(flush(raft), 'snapshotRequest').map(({ to }) => to)).toEqual(['3']);
  sender.send('3');
  await soon();
  expect(streams).toHaveLength(2);
});

test('the view of the storage is released when the receiver breaks off: it would hold back what the disk could free', async () => {
  const { sender, streams, views } = await scene();
  sender.send('3');
  await soon();
  expect(views.open).toBe(1);
  streams[0]!.fail(new Error('the link broke'));
  await soon();
  expect(views.open).toBe(0);
});

test('a storage that has no state to send ends nothing: raft hears of the failure', async () => {
  const { sender, raft, streams, log, progress } = await scene(false);
  sender.send('3');
  await soon();
  expect(streams).toEqual([]);
  expect(log.texts('it will be tried again')).toHaveLength(1);
  expect(progress()?.state).toBe('probe');
  expect(sender.compactionLimit).toBe(Infinity);
  raft.step(alive(raft, '3'));
  expect(ofType(flush(raft), 'snapshotRequest').map(({ to }) => to)).toEqual(['3']);
});
