import { encodeBatch } from '../../src/machine/commandCodec';
import { Machine } from '../../src/machine/machine';
import { restoreMember } from '../../src/member/bootstrap';
import type { Loop } from '../../src/member/loop';
import { receiveState } from '../../src/member/stateReception';
import type { LogStart } from '../../src/raft/types';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';
import { encodeEndChunk, encodeRowsChunk, type StoredRow } from '../../src/storage/stateChunk';
import { set } from '../machine/keyspace/writer';

const CONFIGURATION = { voters: ['a1', 'b2'], learners: [] };
const START: LogStart = { index: 50, term: 2, configuration: CONFIGURATION };

function rowsOf(ids: readonly string[], value: string): StoredRow[] {
  const machine = new Machine(100);
  machine.bootstrap(ids.map((id) => ({ id, peerURLs: [`http://${id}:2380`] })));
  machine.apply(encodeBatch({ origin: 'a1', run: 1, sequence: 1, commands: [set('/key', { value })] }));
  return machine.takeRows().map(({ table, key, value: stored }) => ({ table, key, value: String(stored) }));
}

async function* chunksOf(rows: readonly StoredRow[]): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield encodeRowsChunk(0, rows);
  yield encodeEndChunk(1, rows.length);
}

/** A follower with a state of its own, and a loop that takes whatever it is given. */
async function follower(): Promise<{ readonly disk: MemoryDisk; readonly store: MemberStore; readonly loop: Loop }> {
  const disk = new MemoryDisk();
  const store = await MemberStore.open(disk.open());
  await store.initialise({
    identity: { memberId: 'b2', clusterId: 'cafe' },
    configuration: CONFIGURATION,
    position: { index: 3, term: 1 },
    rows: rowsOf(['a1', 'b2'], 'own'),
  });
  const loop = { replaceState: (_start: LogStart, adopt: () => Promise<Machine>) => adopt() } as unknown as Loop;
  return { disk, store, loop };
}

async function valueAfterRestart(disk: MemoryDisk): Promise<string | undefined> {
  disk.crash();
  const restored = await restoreMember(await MemberStore.open(disk.open()), 100);
  const result = restored?.machine.keySpace.get('/key', false, false, 0);
  return result?.ok === true ? result.node.value : undefined;
}

const good = (): StoredRow[] => rowsOf(['a1', 'b2'], 'new');
const spoiled = (table: StoredRow['table'], value: string): StoredRow[] =>
  good().map((row) => (row.table === table ? { ...row, value } : row));

test.each<[string, StoredRow[], RegExp]>([
  ['a node that is none', spoiled('node', '\x09'), /cannot be loaded/],
  ['a history that is none', spoiled('event', '\x07'), /cannot be loaded/],
  ['a member that is no JSON', spoiled('member', '{'), /cannot be loaded/],
  ['a member that is null', spoiled('member', 'null'), /cannot be loaded/],
  ['a member without URLs', spoiled('member', '{"removed":false,"name":"x"}'), /cannot be loaded/],
  [
    'a member of a level that is no number',
    spoiled(
      'member',
      '{"removed":false,"name":"x","version":"","peerURLs":[],"clientURLs":[],"learner":false,"level":"1"}',
    ),
    /cannot be loaded: a member row is not a member/,
  ],
  ['a newer format', spoiled('meta', '\x63'), /cannot be loaded/],
  ['nothing at all', [], /it has no members/],
  ['the members of another moment', rowsOf(['a1'], 'new'), /not those of its configuration/],
])('a state with %s costs the transfer, and another can come', async (_what, rows, reason) => {
  const { disk, store, loop } = await follower();
  await expect(receiveState(loop, store, 100, START, chunksOf(rows))).rejects.toThrow(reason);
  await receiveState(loop, store, 100, START, chunksOf(good()));
  expect(await valueAfterRestart(disk)).toBe('new');
});

test('after a bad state a restart finds the own one', async () => {
  const { disk, store, loop } = await follower();
  await expect(receiveState(loop, store, 100, START, chunksOf(spoiled('node', 'x')))).rejects.toThrow();
  expect(await valueAfterRestart(disk)).toBe('own');
});

test('a stream that breaks leaves the own state', async () => {
  const { disk, store, loop } = await follower();
  async function* broken(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield encodeRowsChunk(0, good());
    throw new Error('the stream broke');
  }
  await expect(receiveState(loop, store, 100, START, broken())).rejects.toThrow('the stream broke');
  expect(await valueAfterRestart(disk)).toBe('own');
});

test('what is whole and right is in use, with what was loaded before the change', async () => {
  const { disk, store } = await follower();
  let adopted: Machine | undefined;
  const watching = {
    replaceState: async (_start: LogStart, adopt: () => Promise<Machine>) => {
      adopted = await adopt();
    },
  } as unknown as Loop;
  await receiveState(watching, store, 100, START, chunksOf(good()));
  expect(adopted?.keySpace.get('/key', false, false, 0)).toMatchObject({ ok: true, node: { value: 'new' } });
  expect([store.applied, store.start.index]).toEqual([50, 50]);
  expect(await valueAfterRestart(disk)).toBe('new');
});
