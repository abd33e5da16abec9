import { foundCluster, restoreMember, type FoundingMember, type Restored } from '../../src/member/bootstrap';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';

const FOUNDERS: readonly FoundingMember[] = [
  { name: 'a', peerURLs: ['http://h1:2380', 'http://h1:7001'] },
  { name: 'b', peerURLs: ['http://h2:2380'] },
  { name: '名', peerURLs: ['http://h3:7001', 'http://h3:2380'] },
];

async function founded(founders: readonly FoundingMember[], own: string, history = 100): Promise<Restored> {
  const disk = new MemoryDisk();
  await foundCluster(await MemberStore.open(disk.open()), founders, own, 'token', history);
  // What is durable, as the next start finds it.
  disk.crash();
  const restored = await restoreMember(await MemberStore.open(disk.open()), history);
  if (restored === undefined) throw new Error('nothing was stored');
  return restored;
}

/** What a member shows of it, and what it compares with others. */
function stateOf({ identity, machine }: Restored): object {
  const { clusterId, foundation } = identity;
  const keys = machine.keySpace.get('/_etcd', true, true, 0);
  return { clusterId, foundation, members: machine.cluster.members(), digest: machine.digest(), keys };
}

test('the order in which members and their URLs are written down does not show in the first state', async () => {
  const expected = stateOf(await founded(FOUNDERS, 'a'));
  const turned = FOUNDERS.map(({ name, peerURLs }) => ({ name, peerURLs: peerURLs.toReversed() })).toReversed();
  expect(stateOf(await founded(turned, 'a'))).toEqual(expected);
  expect(stateOf(await founded(turned, '名'))).toEqual(expected);
  expect(expected).toMatchObject({ foundation: expect.stringMatching(/^[0-9a-f]{1,16}$/) });
});

test('members show their URLs in order, as etcd does', async () => {
  const { machine } = await founded(FOUNDERS, 'b');
  for (const { peerURLs } of machine.cluster.members()) expect(peerURLs).toEqual([...peerURLs].sort());
});

test('another list of members is another foundation, another length of the history is not', async () => {
  const { foundation } = (await founded(FOUNDERS, 'a')).identity;
  expect((await founded(FOUNDERS.slice(0, 2), 'a')).identity.foundation).not.toBe(foundation);
  expect((await founded(FOUNDERS, 'a', 1)).identity.foundation).toBe(foundation);
});

test('a member that is not among the founders cannot found', async () => {
  await expect(founded(FOUNDERS, 'c')).rejects.toThrow('the member c is not among the founders');
});
