import { encodeChange } from '../../src/machine/cluster/clusterRows';
import type { ClusterChange } from '../../src/machine/cluster/clusterState';
import { encodeBatch } from '../../src/machine/commandCodec';
import { foundCluster, restoreMember, type Restored } from '../../src/member/bootstrap';
import { forceNewCluster, ForceNewClusterError, forgetForced } from '../../src/member/forceNewCluster';
import { configurationAfter } from '../../src/member/membershipRules';
import { RaftLog } from '../../src/raft/log';
import type { Configuration, Entry } from '../../src/raft/types';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';
import { set } from '../machine/keyspace/writer';

const FOUNDERS = ['a', 'b', 'c'].map((name) => ({ name, peerURLs: [`http://${name}:2380`] }));
const lines: string[] = [];
const note = (_fields: object, text: string): void => void lines.push(text);
const logger = { info: note, warn: note, error: note };

interface Survivor {
  readonly disk: MemoryDisk;
  readonly store: MemberStore;
  readonly restored: Restored;
}

/** As it is found after a crash. */
async function open(disk: MemoryDisk): Promise<Survivor> {
  disk.crash();
  const store = await MemberStore.open(disk.open());
  const restored = await restoreMember(store, 100);
  if (restored === undefined) throw new Error('nothing stored');
  return { disk, store, restored };
}

/** Member `a` of three, which knows of two commands; that the second is committed it has not heard. */
async function survivor(...changes: ((ids: readonly string[]) => ClusterChange)[]): Promise<Survivor> {
  lines.length = 0;
  const disk = new MemoryDisk();
  await foundCluster(await MemberStore.open(disk.open()), FOUNDERS, 'a', 'token', 100);
  const { restored, store } = await open(disk);
  const own = restored.identity.memberId;
  const ids = [
    own,
    ...restored.machine.cluster
      .members()
      .map(({ id }) => id)
      .filter((id) => id !== own),
  ];
  const commands = ['known', 'unknown'].map((value, at): Entry => {
    const data = encodeBatch({ origin: own, run: 1, sequence: at, commands: [set(`/${value}`, { value })] });
    return { kind: 'command', index: 2 + at, term: 3, data };
  });
  let { configuration } = restored.raft.start;
  const configurations = changes.map((make, at): Entry => {
    const change = make(ids);
    configuration = configurationAfter(configuration, change);
    const data = encodeChange({ origin: own, run: 1, sequence: 9 + at, change });
    return { kind: 'configuration', index: 4 + at, term: 3, configuration, data };
  });
  await store.write({ hardState: { term: 4, votedFor: ids[1], commit: 2 }, entries: [...commands, ...configurations] });
  return open(disk);
}

/** What a member that starts with it comes to, by its own log alone. */
function after({ identity, machine, raft }: Restored): {
  own: string;
  members: string[];
  configuration: Configuration;
} {
  const log = new RaftLog(raft);
  expect(log.commit).toBe(log.lastIndex);
  for (const entry of raft.entries) {
    if (entry.index <= raft.applied) continue;
    if (entry.kind === 'command') machine.apply(entry.data);
    if (entry.kind === 'configuration') machine.applyConfiguration(entry.data);
  }
  return {
    own: identity.memberId,
    members: machine.cluster.members().map(({ id }) => id),
    configuration: log.configuration,
  };
}

test('one survivor is a cluster of one with all it had, and the others are removed for good', async () => {
  const { store, restored } = await survivor();
  const others = restored.machine.cluster.members().map(({ id }) => id);
  const indexBefore = restored.machine.keySpace.index;
  const forced = await forceNewCluster(store, restored, logger);
  const { own, members, configuration } = after(forced);
  expect(members).toEqual([own]);
  expect(configuration).toEqual({ voters: [own], learners: [] });
  const { keySpace, cluster } = forced.machine;
  for (const key of ['/known', '/unknown']) expect(keySpace.get(key, false, false, 0)).toMatchObject({ ok: true });
  expect(keySpace.index).toBeGreaterThan(indexBefore);
  for (const id of others) expect(cluster.wasRemoved(id)).toBe(id !== own);
  expect(forced.raft.hardState.term).toBe(5);
  expect(lines).toEqual([expect.stringContaining('is a cluster of one now')]);
});

test('what a restart finds is what was made', async () => {
  const { disk, store, restored } = await survivor();
  const forced = await forceNewCluster(store, restored, logger);
  const again = await open(disk);
  expect(again.restored.raft).toEqual(forced.raft);
  expect(after(again.restored).members).toEqual([again.restored.identity.memberId]);
});

test('a crash before it is durable leaves it undone, and the next start does it', async () => {
  const { disk, store, restored } = await survivor();
  // Never answered: the disk is gone before the batch is durable.
  void forceNewCluster(store, restored, logger);
  const again = await open(disk);
  expect([again.restored.raft.hardState.commit, again.restored.raft.entries.length]).toEqual([2, 2]);
  expect(after(await forceNewCluster(again.store, again.restored, logger)).members).toHaveLength(1);
});

test('it is done once: members that were added since stay, until a start without the flag', async () => {
  const { disk, store, restored } = await survivor();
  const { raft } = await forceNewCluster(store, restored, logger);
  const change: ClusterChange = { type: 'addMember', id: 'd4', peerURLs: ['http://d:2380'], learner: true };
  const index = raft.start.index + raft.entries.length + 1;
  const voters = [restored.identity.memberId];
  const data = encodeChange({ origin: voters[0]!, run: 2, sequence: 1, change });
  await store.write({
    entries: [{ kind: 'configuration', index, term: 6, configuration: { voters, learners: ['d4'] }, data }],
  });
  const second = await open(disk);
  const ignored = await forceNewCluster(second.store, second.restored, logger);
  expect(ignored.raft.entries.at(-1)?.index).toBe(index);
  expect(lines.at(-1)).toContain('was carried out at an earlier start and is ignored');
  expect(lines.at(-1)).toContain('start this member once without it, and then with it');

  await forgetForced(second.store);
  const third = await open(disk);
  const forced = await forceNewCluster(third.store, third.restored, logger);
  expect(forced.raft.entries.at(-1)).toMatchObject({ index: index + 1, configuration: { voters, learners: [] } });
});

test('a learner that survives votes from then on', async () => {
  const { store, restored } = await survivor(
    (ids) => ({ type: 'removeMember', id: ids[1]! }),
    () => ({ type: 'addMember', id: 'e5', peerURLs: ['http://e:2380'], learner: true }),
  );
  const learner: Restored = { ...restored, identity: { memberId: 'e5', clusterId: 'cafe' } };
  const { members, configuration } = after(await forceNewCluster(store, learner, logger));
  expect(members).toEqual(['e5']);
  expect(configuration).toEqual({ voters: ['e5'], learners: [] });
});

test('changes at the end of the log that were not known to be committed count', async () => {
  const { store, restored } = await survivor(() => ({
    type: 'addMember',
    id: 'f6',
    peerURLs: ['http://f:2380'],
    learner: true,
  }));
  expect(after(await forceNewCluster(store, restored, logger)).members).toEqual([restored.identity.memberId]);
});

test('a member that its log says was removed is refused, and nothing is written', async () => {
  const { disk, store, restored } = await survivor((ids) => ({ type: 'removeMember', id: ids[0]! }));
  await expect(forceNewCluster(store, restored, logger)).rejects.toThrow('was removed from its cluster');
  expect((await open(disk)).restored.raft).toEqual(restored.raft);
});

test('a cluster that has a leader is not forced, and nothing is written', async () => {
  const { disk, store, restored } = await survivor();
  const own = restored.identity.memberId;
  const led = forceNewCluster(store, restored, logger, ({ clusterId, ownId, members }) => {
    expect([clusterId, ownId, members.length]).toEqual([restored.identity.clusterId, own, 3]);
    return Promise.resolve({ server: 'http://b:2379', leaderId: 'b2' });
  });
  await expect(led).rejects.toThrow(/has the leader b2, as http:\/\/b:2379 says; remove --force-new-cluster and start/);
  await expect(led).rejects.toThrow(ForceNewClusterError);
  expect((await open(disk)).restored.raft).toEqual(restored.raft);
});

test('without data there is nothing to force', async () => {
  const store = await MemberStore.open(new MemoryDisk().open());
  await expect(forceNewCluster(store, undefined, logger)).rejects.toThrow('this data directory has none');
});
