import type { Command } from '../../src/machine/command';
import { decodeBatch, encodeBatch } from '../../src/machine/commandCodec';
import { foundCluster, restoreMember } from '../../src/member/bootstrap';
import { clusterIdOf, memberIdOf } from '../../src/member/identity';
import type { LocalMember } from '../../src/member/localMember';
import { openMember, type MemberBeginning, type OpenMemberOptions } from '../../src/member/openMember';
import type { Transport } from '../../src/member/transport';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';
import { set } from '../machine/keyspace/writer';
import { HISTORY, NO_LINKS, optionsOf } from './memberOfOne';

const TOKEN = 'token';
const founder = (name: string) => ({ name, peerURLs: [`http://${name}:2380`] });
const idOf = (name: string): string => memberIdOf(founder(name).peerURLs, TOKEN);
const found = (...names: readonly string[]): MemberBeginning => ({
  kind: 'found',
  founders: names.map(founder),
  token: TOKEN,
});
const JOIN = {
  kind: 'join',
  memberId: 'c3',
  clusterId: 'cafe',
  peers: [{ id: 'a1', peerURLs: ['http://a:2380'] }],
} as const satisfies MemberBeginning;

interface Scene {
  readonly disk: MemoryDisk;
  /** How often it was asked how to begin, and with which unfinished id. */
  readonly asked: (string | undefined)[];
  /** Whom the links were told to dial. */
  readonly peers: unknown[];
  open(beginning: MemberBeginning | Error, options?: Partial<OpenMemberOptions>): Promise<LocalMember>;
  /** As the process of the member that was opened last is killed. */
  crash(): Promise<void>;
}

function scene(name = 'a'): Scene {
  const disk = new MemoryDisk();
  const asked: Scene['asked'] = [];
  const peers: unknown[] = [];
  let running: LocalMember | undefined;
  const transport: Transport = { ...NO_LINKS, setPeers: (told) => void peers.push(told) };
  const crash = async (): Promise<void> => {
    await running?.stop(0);
    running = undefined;
    disk.crash();
  };
  scenes.push(crash);
  return {
    ...{ disk, asked, peers, crash },
    async open(beginning, options = {}) {
      const usual = await optionsOf(name, disk, (unfinishedId) => {
        asked.push(unfinishedId);
        return beginning instanceof Error ? Promise.reject(beginning) : Promise.resolve(beginning);
      });
      running = await openMember({ ...usual, transport, ...options });
      return running;
    },
  };
}

const scenes: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(scenes.splice(0).map((crash) => crash()));
});

const valueOf = (member: LocalMember, path: string): string | undefined => {
  const result = member.get(path, { recursive: false, sorted: false });
  return result.ok ? result.node.value : undefined;
};

test('an empty store: the member founds its cluster, with the ids that etcd gives', async () => {
  const { open, asked } = scene('b');
  const member = await open(found('a', 'b', 'c'));
  expect(asked).toEqual([undefined]);
  expect(member).toMatchObject({ id: idOf('b'), name: 'b', clusterId: clusterIdOf(['a', 'b', 'c'].map(idOf)) });
  expect(member.members().map(({ id }) => id)).toEqual(expect.arrayContaining(['a', 'b', 'c'].map(idOf)));
  expect(member.status().raft.configuration.voters).toHaveLength(3);
  expect(member.foundation).toMatch(/^[0-9a-f]+$/);
});

test('a restart: nobody is asked how to begin, it is the same member, and what was acknowledged is there', async () => {
  const { open, crash, asked } = scene();
  const first = await open(found('a'));
  first.start();
  expect(await first.propose(set('/kept', { value: 'yes' }))).toMatchObject({ ok: true });
  await crash();
  const second = await open(new Error('this must not be asked'));
  expect(asked).toHaveLength(1);
  expect([second.id, second.clusterId, second.foundation]).toEqual([first.id, first.clusterId, first.foundation]);
  second.start();
  await second.readBarrier();
  expect(valueOf(second, '/kept')).toBe('yes');
});

test('each run signs with a number of its own, so that it takes no answer to an earlier one for its own', async () => {
  const { disk, open, crash } = scene();
  for (let time = 0; time < 3; time++) {
    const member = await open(found('a'));
    member.start();
    await member.propose(set('/a'));
    await crash();
  }
  const { raft } = (await restoreMember(await MemberStore.open(disk.open()), HISTORY))!;
  const batches = raft.entries.flatMap((entry) => (entry.kind === 'command' ? [decodeBatch(entry.data)] : []));
  const runs = [...new Set(batches.map(({ run }) => run))];
  expect(runs).toHaveLength(3);
  expect([...runs].sort((a, b) => a - b)).toEqual(runs);
});

test('who joins knows nothing, stands for no election, and talks to whom it was told of', async () => {
  const { open, peers } = scene('c');
  const member = await open(JOIN);
  member.start();
  expect([member.id, member.clusterId, member.members()]).toEqual(['c3', 'cafe', []]);
  expect(peers).toEqual([[{ id: 'a1', urls: ['http://a:2380'] }]]);
  expect(member.status()).toMatchObject({ ready: false, raft: { role: 'follower', term: 0 } });
});

test('a join that ended before the state came goes on under the same id', async () => {
  const { open, crash, asked, peers } = scene('c');
  await open(JOIN);
  await crash();
  const again = await open(JOIN);
  again.start();
  expect(asked).toEqual([undefined, 'c3']);
  expect(again.id).toBe('c3');
  expect(peers).toEqual([[{ id: 'a1', urls: ['http://a:2380'] }]]);
});

test.each<[string, MemberBeginning]>([
  ['another cluster', { ...JOIN, memberId: 'd4', clusterId: 'beef' }],
  ['a new cluster', found('c')],
])('the directory of an unfinished join is not used for %s', async (_, beginning) => {
  const { disk, open, crash } = scene('c');
  await open(JOIN);
  await crash();
  await expect(open(beginning)).rejects.toMatchObject({
    ...{ name: 'StorageError', kind: 'format' },
    message: expect.stringMatching(/is the one of member c3.*delete the directory and start again/),
  });
  disk.crash();
  expect((await restoreMember(await MemberStore.open(disk.open()), HISTORY))?.identity.memberId).toBe('c3');
});

test('a join that ended before the state came goes on under another id where the cluster has given up the first', async () => {
  const { disk, open, crash, asked } = scene('c');
  await open(JOIN);
  await crash();
  // What it was sent of the log before it ended, without hearing that it counts.
  const half = await MemberStore.open(disk.open());
  await restoreMember(half, HISTORY);
  const entry = { index: 1, term: 7, kind: 'noop' as const };
  await half.write({ hardState: { term: 7, votedFor: undefined, commit: 0 }, entries: [entry], rows: [] });
  disk.crash();
  const again = await open({ ...JOIN, memberId: 'd4' });
  expect([again.id, again.status().raft]).toMatchObject(['d4', { term: 0, lastIndex: 0, role: 'follower' }]);
  await crash();
  expect((await open({ ...JOIN, memberId: 'd4' })).id).toBe('d4');
  expect(asked).toEqual([undefined, 'c3', 'd4']);
});

test('a crash between giving up and joining anew leaves a directory that begins as an empty one does', async () => {
  const { disk, open, crash, asked } = scene('c');
  await open(JOIN);
  await crash();
  const store = await MemberStore.open(disk.open());
  await restoreMember(store, HISTORY);
  await store.abandon();
  disk.crash();
  expect((await open({ ...JOIN, memberId: 'd4' })).id).toBe('d4');
  expect(asked).toEqual([undefined, undefined]);
});

test('the directory of another member is refused before it does anything, and stays as it is', async () => {
  const { disk, open } = scene('b');
  const store = await MemberStore.open(disk.open());
  await foundCluster(store, ['a', 'b'].map(founder), 'a', TOKEN, HISTORY);
  const { machine } = (await restoreMember(store, HISTORY))!;
  const { level } = machine.cluster;
  for (const name of ['a', 'b']) {
    const publish: Command = { type: 'publish', memberId: idOf(name), name, clientURLs: [], version: '2.3.8', level };
    const batch = { origin: idOf(name), run: 1, sequence: 1, commands: [publish] };
    expect(machine.apply(encodeBatch(batch)).fault).toBeUndefined();
  }
  const hardState = { term: 1, votedFor: undefined, commit: 1 };
  await store.write({ hardState, entries: [], rows: machine.takeRows() });
  disk.crash();
  await expect(open(found('a', 'b'))).rejects.toMatchObject({
    ...{ name: 'StorageError', kind: 'format' },
    message: expect.stringContaining(`holds the data of member a (${idOf('a')}), but --name b is that of member b`),
  });
  disk.crash();
  const after = await restoreMember(await MemberStore.open(disk.open()), HISTORY);
  expect(after?.identity.memberId).toBe(idOf('a'));
});

test.each<[string, MemberBeginning | Error, string]>([
  ['nobody says how to begin', new Error('discovery failed'), 'discovery failed'],
  ['it is not among the founders', found('b', 'c'), 'the member a is not among the founders'],
])('%s: it does not begin, and the next start may', async (_, beginning, message) => {
  const { disk, open } = scene();
  await expect(open(beginning)).rejects.toThrow(message);
  disk.crash();
  expect((await open(found('a'))).id).toBe(idOf('a'));
});

test('--force-new-cluster without data founds nothing: a wrong --data-dir would become an empty cluster', async () => {
  const { disk, open, asked } = scene();
  await expect(open(found('a'), { forced: true })).rejects.toMatchObject({ name: 'ForceNewClusterError' });
  expect(asked).toEqual([]);
  disk.crash();
  expect(await restoreMember(await MemberStore.open(disk.open()), HISTORY)).toBeUndefined();
});

test('--force-new-cluster makes a cluster of one of a survivor, which then serves alone', async () => {
  const { open, crash } = scene();
  await open(found('a', 'b', 'c'));
  await crash();
  const survivor = await open(new Error('this must not be asked'), { forced: true });
  survivor.start();
  expect(await survivor.propose(set('/alone', { value: 'yes' }))).toMatchObject({ ok: true });
  expect(survivor.members().map(({ id }) => id)).toEqual([idOf('a')]);
});
