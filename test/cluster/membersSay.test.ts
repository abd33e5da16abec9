/** What members write by themselves of what an operator may not have meant: each rule has tests of its own, here real members say it. */
import { spawnSync } from 'node:child_process';
import { makePki, type Pki } from '../tls/support/pki';
import { Cluster } from './cluster';
import { whyNoCairn, type ClusterMember } from './clusterMember';
import { call } from './httpClient';
import { peerTlsFlags } from './tlsFlags';
import { until } from './waiting';

const LIMIT_MS = 20_000;
/** Addresses of a network of its own: whoever is outside reaches none of them. */
const IN_OWN_NETWORK = ['unshare', '--user', '--map-root-user', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"'];

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

function linesOf(member: ClusterMember, words: string): readonly Line[] {
  return member
    .logs()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes(words))
    .map((line) => JSON.parse(line) as Line);
}

function says(member: ClusterMember, words: string): Promise<Line> {
  return until(`${member.name} says "${words}"`, LIMIT_MS, () => linesOf(member, words)[0]);
}

describe('of a first start', () => {
  let pki: Pki;
  let cluster: Cluster;
  beforeAll(async () => {
    pki = await makePki();
  });
  afterEach(() => cluster.end());
  afterAll(() => {
    pki.remove();
  });

  test.each(['http', 'https'] as const)('one after the other over %s is no failure', async (peerScheme) => {
    const tls = peerScheme === 'https' ? peerTlsFlags(await pki.issue('member'), pki.caFile) : [];
    cluster = await Cluster.place({
      ...{ peerScheme, heartbeatIntervalMs: 100, electionTimeoutMs: 1000, moreArguments: tls },
    });
    const [one, two, last] = cluster.members;
    for (const member of [one!, two!]) member.start(cluster.argumentsFor());
    await until('the last one was dialed', LIMIT_MS, () => linesOf(one!, 'does not listen yet')[0]);
    last!.start(cluster.argumentsFor());
    await cluster.healthy();
    expect(cluster.members.flatMap((member) => linesOf(member, 'failed to dial'))).toEqual([]);
  });
});

describe('of the list of members', () => {
  const PLAIN = 'a member is reached without TLS, and this one with it';
  const SHARED = 'members have the same name';
  let pki: Pki;
  let cluster: Cluster;
  beforeAll(async () => {
    pki = await makePki();
    const moreArguments = peerTlsFlags(await pki.issue('member'), pki.caFile);
    const peerUrlFor = (name: string, port: number): Promise<string> =>
      Promise.resolve(`${name === 'm1' ? 'https' : 'http'}://127.0.0.1:${port}`);
    cluster = await Cluster.start({ size: 2, moreArguments, peerUrlFor });
  });
  afterAll(async () => {
    await cluster.end();
    pki.remove();
  });

  test('the one that is reached by TLS names the one that is not, which has nothing to say', async () => {
    const [secure, plain] = cluster.members;
    const { member, urls } = await says(secure!, PLAIN);
    expect([member, urls]).toEqual([await plain!.id(), plain!.place.peerUrl]);
    expect(linesOf(plain!, PLAIN)).toEqual([]);
  });

  test('each says, once, that a newcomer has the name of another one', async () => {
    const [one, two] = cluster.members;
    const added = await cluster.makePlace('m3');
    const id = await cluster.add(one!, added);
    expect(linesOf(one!, SHARED)).toEqual([]);
    const members = `m1=${one!.place.peerUrl},other=${two!.place.peerUrl},m2=${added.place.peerUrl}`;
    added.start(
      cluster.argumentsFor(
        cluster.members,
        '--name',
        'm2',
        '--initial-cluster',
        members,
        '--initial-cluster-state',
        'existing',
      ),
    );
    await cluster.healthy();
    for (const member of cluster.members) {
      const line = await says(member, SHARED);
      expect(line['sharedName']).toBe('m2');
      expect(line['members']).toEqual(expect.arrayContaining([id, await two!.id()]));
      expect(linesOf(member, SHARED)).toHaveLength(1);
    }
  });
});

function whyNoNetwork(): string | undefined {
  const { status, stderr } = spawnSync(IN_OWN_NETWORK[0]!, [...IN_OWN_NETWORK.slice(1), 'sh', 'true'], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : `no network of its own can be made here: ${stderr}`;
}

describe('of auth', () => {
  let cluster: Cluster;
  beforeEach(async () => {
    cluster = await Cluster.place({ size: 1 });
  });
  afterEach(() => cluster.end());

  const whyNot = whyNoCairn() ?? whyNoNetwork();
  (whyNot === undefined ? test : test.skip)('a start that others reach says that it is off', async () => {
    const [one] = cluster.members;
    one!.startedBy = [...IN_OWN_NETWORK, 'sh'];
    const everywhere = `http://0.0.0.0:${one!.clientPort}`;
    one!.start(cluster.argumentsFor(cluster.members, '--listen-client-urls', everywhere));
    const { level, msg } = await says(one!, 'auth is off');
    expect([level, msg]).toEqual(['warn', expect.stringContaining(`${everywhere}: auth is off: whoever reaches it`)]);
    expect(linesOf(one!, 'auth is off')).toHaveLength(1);
  });

  test('one on this machine alone does not, and says when auth is switched', async () => {
    const [one] = cluster.members;
    one!.start(cluster.argumentsFor());
    await cluster.healthy();
    await says(one!, 'ready to serve clients');
    const root = { user: 'root', password: 'secret' };
    await call(one!.clientPort, { method: 'PUT', target: '/v2/auth/users/root', json: root });
    expect(linesOf(one!, 'auth is o')).toEqual([]);
    await call(one!.clientPort, { method: 'PUT', target: '/v2/auth/enable', json: {} });
    await says(one!, 'auth is on: who may do what');
    await call(one!.clientPort, { method: 'DELETE', target: '/v2/auth/enable', basic: 'root:secret' });
    await says(one!, 'auth is off: everybody may do everything');
  });
});
