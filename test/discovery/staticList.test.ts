import type { ListedCluster, ListedMember } from '../../src/discovery/beginning';
import { beginFromStaticList, type StaticListOptions } from '../../src/discovery/staticList';

const url = (name: string): string => `http://${name}:2380`;
const founders = ['a', 'b', 'c'].map((name) => ({ name, peerURLs: [url(name)] }));

function listed(id: string, host: string, name = host): ListedMember {
  return { id, name, peerURLs: [url(host)], clientURLs: [`http://${host}:2379`] };
}

function options(cluster: ListedCluster | undefined, rest: Partial<StaticListOptions> = {}): StaticListOptions {
  return {
    name: 'a',
    peerURLs: [url('a')],
    founders,
    state: 'new',
    token: 'token',
    foundingId: '1',
    foundingClusterId: 'cc',
    unfinishedId: undefined,
    autoRejoin: true,
    fetchMembers: () => (cluster === undefined ? Promise.reject(new Error('refused')) : Promise.resolve(cluster)),
    replaceMember: () => Promise.resolve('new1'),
    log: () => undefined,
    ...rest,
  };
}

const cluster = (...members: ListedMember[]): ListedCluster => ({ clusterId: 'cc', members });

describe('state new', () => {
  it('founds the cluster when nobody answers, or alone', async () => {
    expect(await beginFromStaticList(options(undefined))).toEqual({ kind: 'found', founders, token: 'token' });
    const alone = [{ name: 'a', peerURLs: [url('a')] }];
    expect(await beginFromStaticList(options(undefined, { founders: alone }))).toMatchObject({ kind: 'found' });
  });

  it('founds it while the others do too, and this member was never started', async () => {
    const forming = cluster(listed('1', 'a', ''), listed('2', 'b'), listed('3', 'c', ''));
    expect(await beginFromStaticList(options(forming))).toMatchObject({ kind: 'found' });
  });

  it('comes back as a new member when it was started before and its data is gone', async () => {
    const running = cluster(listed('1', 'a'), listed('2', 'b'), listed('3', 'c'));
    expect(await beginFromStaticList(options(running))).toEqual({
      kind: 'join',
      memberId: 'new1',
      clusterId: 'cc',
      peers: [listed('2', 'b'), listed('3', 'c')],
    });
  });

  it('joins when its place was already taken for it', async () => {
    const waiting = cluster(listed('9', 'a', ''), listed('2', 'b'), listed('3', 'c'), listed('4', 'd'));
    expect(await beginFromStaticList(options(waiting))).toMatchObject({ kind: 'join', memberId: '9' });
  });

  it('joins, and does not found again, when its place among the founders was taken for it', async () => {
    const waiting = cluster(listed('9', 'a', ''), listed('2', 'b'), listed('3', 'c'));
    expect(await beginFromStaticList(options(waiting))).toMatchObject({ kind: 'join', memberId: '9' });
  });

  it('goes on with a join that ended before the state had come, although its name is known by now', async () => {
    const joining = cluster(listed('9', 'a'), listed('2', 'b'), listed('3', 'c'));
    const replaceMember = (): Promise<string> => Promise.reject(new Error('there is nothing to replace'));
    const rest = { unfinishedId: '9', autoRejoin: false, replaceMember };
    expect(await beginFromStaticList(options(joining, rest))).toMatchObject({ kind: 'join', memberId: '9' });
  });

  it('comes back, and does not found again, when the cluster it founded no longer lists it', async () => {
    const without = cluster(listed('2', 'b'), listed('3', 'c'));
    expect(await beginFromStaticList(options(without))).toEqual({
      kind: 'join',
      memberId: 'new1',
      clusterId: 'cc',
      peers: without.members,
    });
    await expect(beginFromStaticList(options(without, { autoRejoin: false }))).rejects.toThrow(/no longer lists/);
  });

  it('leaves a cluster alone that is another one', async () => {
    const other = { ...cluster(listed('2', 'b')), clusterId: 'dd' };
    expect(await beginFromStaticList(options(other))).toMatchObject({ kind: 'found' });
  });

  it('refuses without --auto-rejoin', async () => {
    const running = cluster(listed('1', 'a'), listed('2', 'b'));
    await expect(beginFromStaticList(options(running, { autoRejoin: false }))).rejects.toThrow(
      /member 1 \(a\) was started before, but its data directory is empty/,
    );
  });
});

describe('state existing', () => {
  it('joins as the member that has its URL', async () => {
    const running = cluster(listed('7', 'a', ''), listed('2', 'b'));
    expect(await beginFromStaticList(options(running, { state: 'existing' }))).toEqual({
      kind: 'join',
      memberId: '7',
      clusterId: 'cc',
      peers: [listed('2', 'b')],
    });
  });

  it('refuses a URL the cluster does not know', async () => {
    const running = cluster(listed('2', 'b'));
    await expect(beginFromStaticList(options(running, { state: 'existing' }))).rejects.toThrow(
      /has no member with the peer URL http:\/\/a:2380; add it first/,
    );
  });

  it('refuses when nobody answers, or nobody could', async () => {
    await expect(beginFromStaticList(options(undefined, { state: 'existing' }))).rejects.toThrow(/none of .* answers/);
    const alone = [{ name: 'a', peerURLs: [url('a')] }];
    await expect(beginFromStaticList(options(undefined, { state: 'existing', founders: alone }))).rejects.toThrow(
      /needs somebody to ask/,
    );
  });

  it('asks all and takes the first answer', async () => {
    const running = cluster(listed('7', 'a', ''), listed('3', 'c'));
    const fetchMembers = (peer: string): Promise<ListedCluster> =>
      peer === url('c') ? Promise.resolve(running) : Promise.reject(new Error('refused'));
    expect(await beginFromStaticList(options(undefined, { state: 'existing', fetchMembers }))).toMatchObject({
      kind: 'join',
    });
  });
});
