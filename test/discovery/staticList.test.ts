import { NoRoomError, type Beginning, type ListedCluster, type ListedMember } from '../../src/discovery/beginning';
import { beginFromStaticList, type StaticListOptions } from '../../src/discovery/staticList';
import { Witness, type FoundersAnswer } from '../../src/discovery/witness';
import { clusterIdOf, memberIdOf } from '../../src/member/identity';
import { TLS_CUT, TLS_FAILURE } from '../../src/platform/networkError';
import { sleep, until } from '../cluster/waiting';
import { environment, FakeWitnessNotes, founderThatBegins } from './joiner';

const url = (name: string): string => `http://${name}:2380`;
const idOf = (name: string): string => memberIdOf([url(name)], 'token');
const founders = ['a', 'b', 'c'].map((name) => ({ name, peerURLs: [url(name)] }));
const clusterId = clusterIdOf(founders.map(({ name }) => idOf(name)));

function listed(id: string, host: string, name = host): ListedMember {
  return { id, name, peerURLs: [url(host)], clientURLs: [`http://${host}:2379`] };
}

const cluster = (...members: ListedMember[]): ListedCluster => ({ clusterId, members });
const b = listed(idOf('b'), 'b');
const c = listed(idOf('c'), 'c');

/** What each host answers to a founder; those that are missing do not answer. */
type Answers = Readonly<Record<string, Partial<Extract<FoundersAnswer, { kind: 'witness' }>>>>;

interface Begun {
  readonly beginning: Promise<Beginning>;
  readonly lines: string[];
  readonly stop: AbortController;
}

function begin(answers: Answers, running?: ListedCluster, rest: Partial<StaticListOptions> = {}): Begun {
  const { lines, stop, environment: surroundings } = environment();
  const beginning = beginFromStaticList({
    name: 'a',
    peerURLs: [url('a')],
    founders,
    state: 'new',
    token: 'token',
    unfinishedId: undefined,
    autoRejoin: true,
    witness: new Witness(new FakeWitnessNotes(), () => Promise.reject(new Error('refused'))),
    askFounder: (peerURL) => {
      const given = answers[new URL(peerURL).hostname];
      if (given === undefined) return Promise.reject(new Error('refused'));
      return Promise.resolve({ ...founderThatBegins(peerURL, 'token'), ...given } as FoundersAnswer);
    },
    fetchMembers: () => (running === undefined ? Promise.reject(new Error('refused')) : Promise.resolve(running)),
    replaceMember: () => Promise.resolve('new1'),
    environment: surroundings,
    log: surroundings.log.warn,
    ...rest,
  });
  return { beginning, lines, stop };
}

/** Stops it after it had time for many rounds, and has said so many lines; rejects if it decided something. */
async function waits({ beginning, stop, lines }: Begun, linesMin = 1): Promise<string> {
  const reason = new Error('enough');
  const stopped = expect(beginning).rejects.toBe(reason);
  await sleep(150);
  await Promise.race([stopped, until('it says what it waits for', 60_000, () => lines.length >= linesMin)]);
  stop.abort(reason);
  await stopped;
  return lines.join('\n');
}

const knowsSince = { running: true, knows: 'late' } as const;
const known = { knows: 'other' } as const;

describe('state new', () => {
  it('founds alone', async () => {
    const alone = [{ name: 'a', peerURLs: [url('a')] }];
    const { beginning } = begin({}, undefined, { founders: alone });
    expect(await beginning).toEqual({ kind: 'found', founders: alone, token: 'token' });
  });

  it('founds when a quorum says that it has no state', async () => {
    expect(await begin({ b: {} }).beginning).toEqual({ kind: 'found', founders, token: 'token' });
  });

  it('does not take silence for an answer, and says whom it waits for', async () => {
    expect(await waits(begin({}))).toMatch(
      /does not found the cluster yet.* 0 of 1 .*waiting for b at http:\/\/b:2380, c at/,
    );
  });

  it('says why TLS with a founder fails for as long as that is the reason', async () => {
    let wasSaid = (): boolean => false;
    const askFounder = (peerURL: string): Promise<FoundersAnswer> =>
      Promise.reject(
        peerURL === url('b') && !wasSaid()
          ? Object.assign(new Error('x509: unknown authority'), { code: TLS_FAILURE })
          : new Error('refused'),
      );
    const begun = begin({}, undefined, { askFounder });
    wasSaid = () => begun.lines.length > 0;
    const lines = (await waits(begun, 2)).split('\n');
    expect(lines[0]).toMatch(/waiting for b at http:\/\/b:2380 \(x509: unknown authority\), c at http:\/\/c:2380$/);
    expect(lines.at(-1)).toMatch(/waiting for b at http:\/\/b:2380, c at http:\/\/c:2380$/);
  });

  it('founds late beside members with a state only when all of them that count say they never knew another', async () => {
    expect(await waits(begin({ b: knowsSince }))).toMatch(
      /1 of 2 others have answered, waiting for c at http:\/\/c:2380/,
    );
    expect(await begin({ b: knowsSince, c: knowsSince }).beginning).toMatchObject({ kind: 'found' });
  });

  it('comes back as a new member when one of the others knows its lost directory', async () => {
    const running = cluster(listed(idOf('a'), 'a', ''), b, c);
    const { beginning, lines } = begin({ b: { ...known, running: true }, c: knowsSince }, running);
    expect(await beginning).toEqual({ kind: 'join', memberId: 'new1', clusterId, peers: [b, c] });
    expect(lines.join()).toContain('takes its place as a new member');
  });

  it('waits for a place where the cluster has no room for one that it no longer lists', async () => {
    const lost = { b: { ...known, running: true }, c: knowsSince };
    const { beginning } = begin(lost, cluster(b, c), { hasRoom: () => Promise.resolve(false) });
    await expect(beginning).rejects.toBeInstanceOf(NoRoomError);
    const { beginning: joined } = begin(lost, cluster(b, c), { hasRoom: () => Promise.resolve(true) });
    expect(await joined).toMatchObject({ kind: 'join', memberId: 'new1' });
  });

  it('waits for the cluster to run when one without a state knows its lost directory', async () => {
    expect(await waits(begin({ b: known, c: {} }))).toMatch(
      /cannot found the cluster .*another data directory.*waiting until/,
    );
  });

  it('comes back when the state of the others says that it was started', async () => {
    const running = cluster(listed(idOf('a'), 'a'), b, c);
    expect(await begin({ b: { ...knowsSince, started: true } }, running).beginning).toMatchObject({ memberId: 'new1' });
  });

  it('joins, and does not found, when its place among the founders was taken for it', async () => {
    const waiting = cluster(listed('9', 'a', ''), b, c);
    const answers = { b: { ...knowsSince, changed: true } };
    expect(await begin(answers, waiting).beginning).toMatchObject({ kind: 'join', memberId: '9' });
  });

  it('comes back, and does not found, when the cluster it founded no longer lists it', async () => {
    const answers = { b: { ...knowsSince, changed: true } };
    const without = cluster(b, c);
    const { beginning } = begin(answers, without);
    expect(await beginning).toEqual({ kind: 'join', memberId: 'new1', clusterId, peers: [b, c] });
    await expect(begin(answers, without, { autoRejoin: false }).beginning).rejects.toThrow(/set --auto-rejoin/);
  });

  it('does not come back through another cluster', async () => {
    const other = { ...cluster(b), clusterId: 'dd' };
    expect(await waits(begin({ b: known }, other))).toMatch(/waiting until/);
  });

  it('goes on with a join that ended before the state had come, although its name is known by now', async () => {
    const joining = cluster(listed('9', 'a'), b, c);
    const replaceMember = (): Promise<string> => Promise.reject(new Error('there is nothing to replace'));
    const rest = { unfinishedId: '9', autoRejoin: false, replaceMember };
    expect(await begin({ b: {} }, joining, rest).beginning).toMatchObject({ kind: 'join', memberId: '9' });
  });

  // Found by simulation: all were started at once, and the first that answered had not applied the change again that listed it.
  it('asks on while the list is an older one than that which it began to join by', async () => {
    const lists = [cluster(b, c), cluster(b, c), cluster(listed('9', 'a', ''), b, c)];
    const fetchMembers = (): Promise<ListedCluster> => Promise.resolve(lists.length > 1 ? lists.shift()! : lists[0]!);
    const { beginning, lines } = begin({ b: {} }, undefined, { unfinishedId: '9', fetchMembers });
    expect(await beginning).toMatchObject({ kind: 'join', memberId: '9' });
    expect(lines.join()).toMatch(/has no member with the peer URL http:\/\/a:2380.*asking again/);
  });

  it('refuses without --auto-rejoin', async () => {
    const { beginning } = begin({ b: known }, cluster(listed(idOf('a'), 'a'), b), { autoRejoin: false });
    await expect(beginning).rejects.toThrow(/another data directory.*its data directory is empty/);
  });

  it('does not let one member with another list stop the others, and ends when it is the odd one itself', async () => {
    const stranger = { kind: 'stranger', clusterId: 'dd' } as never;
    expect(await begin({ b: {}, c: stranger }).beginning).toMatchObject({ kind: 'found' });
    await expect(begin({ b: stranger, c: stranger }).beginning).rejects.toThrow(
      /members at http:\/\/b:2380 \(cluster dd\).* belong to another cluster.*--initial-cluster-token have to be the same/,
    );
  });
});

describe('state existing', () => {
  it('joins as the member that has its URL', async () => {
    const running = cluster(listed('7', 'a', ''), b);
    expect(await begin({}, running, { state: 'existing' }).beginning).toEqual({
      kind: 'join',
      memberId: '7',
      clusterId,
      peers: [b],
    });
  });

  it('refuses a URL the cluster does not know', async () => {
    await expect(begin({}, cluster(b), { state: 'existing' }).beginning).rejects.toThrow(
      /has no member with the peer URL http:\/\/a:2380; add it first/,
    );
  });

  it('goes on with a return that was cut off after the removal, and only to that cluster', async () => {
    const existing = (rest: Partial<StaticListOptions>): Promise<Beginning> =>
      begin({}, cluster(b), { state: 'existing', ...rest }).beginning;
    const leftCluster = () => Promise.resolve(clusterId);
    expect(await existing({ leftCluster })).toEqual({ kind: 'join', memberId: 'new1', clusterId, peers: [b] });
    const full = existing({ leftCluster, hasRoom: () => Promise.resolve(false) });
    await expect(full).rejects.toBeInstanceOf(NoRoomError);
    await expect(existing({ leftCluster, autoRejoin: false })).rejects.toThrow(/add it first/);
    await expect(existing({ leftCluster: () => Promise.resolve('dd') })).rejects.toThrow(/add it first/);
  });

  it('takes no id of a founder, who may have voted before anybody knew its name', async () => {
    const changed = cluster(listed(idOf('a'), 'a', ''), b, listed('9', 'd'));
    expect(await begin({}, changed, { state: 'existing' }).beginning).toMatchObject({ kind: 'join', memberId: 'new1' });
  });

  it('refuses when nobody answers, or nobody could', async () => {
    await expect(begin({}, undefined, { state: 'existing' }).beginning).rejects.toThrow(/none of .* answers/);
    const alone = [{ name: 'a', peerURLs: [url('a')] }];
    const fetchMembers = () => Promise.reject(Object.assign(new Error('TLS with b: it closed'), { code: TLS_CUT }));
    await expect(begin({}, undefined, { state: 'existing', fetchMembers }).beginning).rejects.toThrow(
      'answers (TLS with b: it closed); --initial-cluster-state existing needs',
    );
    const { beginning } = begin({}, undefined, { state: 'existing', founders: alone });
    await expect(beginning).rejects.toThrow(/needs somebody to ask/);
  });

  it('asks all and takes the first answer', async () => {
    const running = cluster(listed('7', 'a', ''), c);
    const fetchMembers = (peer: string): Promise<ListedCluster> =>
      peer === url('c') ? Promise.resolve(running) : Promise.reject(new Error('refused'));
    const { beginning } = begin({}, undefined, { state: 'existing', fetchMembers });
    expect(await beginning).toMatchObject({ kind: 'join' });
  });
});
