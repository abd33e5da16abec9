/** How members without data and a proxy find a cluster by https: a discovery URL, join URLs, and the members' own URLs. */
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { call } from './httpClient';
import { stablePort } from '../support/ports';
import { askByTls, clientTlsFlags, peerTlsFlags } from './tlsFlags';
import { until } from './waiting';

// Seven processes begin, one after the other.

const QUICK = ['--heartbeat-interval', '20', '--election-timeout', '200'];

let ours: Pki;
let theirs: Pki;
let member: CertificateFiles;
let client: CertificateFiles;
/** A discovery service with a certificate of another CA, that demands one. */
let service: Cluster;
let cluster: Cluster;
let flags: string[];

beforeAll(async () => {
  [ours, theirs] = await Promise.all([makePki('ours'), makePki('theirs')]);
  [member, client] = await Promise.all([ours.issue('member'), ours.issue('client')]);
  flags = [...QUICK, ...peerTlsFlags(member, ours.caFile), ...clientTlsFlags(member, ours.caFile)];
  const [shown, known] = await Promise.all([theirs.issue('discovery'), theirs.issue('registrant')]);
  service = await Cluster.place({
    size: 1,
    clientScheme: 'https',
    moreArguments: clientTlsFlags(shown, theirs.caFile),
  });
  askByTls(service, theirs, known);
  service.members[0]!.start(service.argumentsFor());
  await service.healthy();

  cluster = await Cluster.place({ peerScheme: 'https', clientScheme: 'https' });
  askByTls(cluster, ours, client);
  const url = await token('a');
  const discovery = [
    `--discovery-cacert=${theirs.caFile}`,
    `--discovery-cert=${known.certFile}`,
    `--discovery-key=${known.keyFile}`,
  ];
  for (const one of cluster.members) one.start([...flags, ...discovery, `--discovery=${url}`]);
  await cluster.healthy();
});

afterAll(async () => {
  await cluster.end();
  await service.end();
  ours.remove();
  theirs.remove();
});

async function token(name: string): Promise<string> {
  const [one] = service.members;
  const target = `/v2/keys/_etcd/registry/${name}`;
  const made = await call(one!.clientPort, { method: 'PUT', target: `${target}/_config/size`, form: { value: '3' } });
  expect(made.status).toBe(201);
  return `${one!.clientUrl}${target}`;
}

test('a cluster that met at a discovery service behind https works', async () => {
  expect((await cluster.members[0]!.put('/met', 'there')).status).toBe(201);
  expect(await cluster.members[2]!.value('/met', '?quorum=true')).toBe('there');
});

test('a discovery service whose CA is not known is named, with what to do, and waited for', async () => {
  const lost = await service.makePlace('lost');
  service.members.pop();
  lost.start([...flags, `--discovery=${await token('b')}`]);
  try {
    const reason = /TLS with 127\.0\.0\.1:\d+: x509: certificate signed by unknown authority.*waiting/;
    await until('it says why', 60_000, () => reason.test(lost.logs()));
    expect(lost.isRunning).toBe(true);
  } finally {
    await lost.kill();
  }
});

test('one more member joins by a join URL', async () => {
  const added = await cluster.makePlace('m4');
  askByTls(cluster, ours, client);
  added.start([...flags, `--join-urls=${cluster.members[1]!.place.peerUrl}`]);
  await cluster.healthy();
  expect(await added.value('/met')).toBe('there');
});

describe('a proxy', () => {
  /** It serves plain clients here. */
  async function startProxy(...more: readonly string[]): Promise<ClusterMember> {
    const proxy = await service.makePlace(`proxy-${await stablePort()}`);
    service.members.pop();
    const [first] = cluster.members;
    const plain = [`--listen-client-urls=http://127.0.0.1:${await stablePort()}`];
    proxy.start(['--proxy=on', `--initial-cluster=m1=${first!.place.peerUrl}`, ...plain, ...more]);
    return proxy;
  }

  function portOf(proxy: ClusterMember): number {
    return Number(/"clients":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(proxy.logs())?.[1]);
  }

  test('with the certificate of a member forwards to members that demand one', async () => {
    const proxy = await startProxy(...peerTlsFlags(member, ours.caFile));
    try {
      await until('it forwards', 60_000, async () => {
        const put = { method: 'PUT', target: '/v2/keys/proxied', form: { value: 'x' } };
        return (await call(portOf(proxy), put)).status < 300;
      });
      expect(await cluster.members[0]!.value('/proxied', '?quorum=true')).toBe('x');
    } finally {
      await proxy.kill();
    }
  });

  test.each<[string, () => Promise<string[]>, RegExp]>([
    [
      'without a certificate',
      () => Promise.resolve([`--peer-trusted-ca-file=${ours.caFile}`]),
      /certificate|handshake/,
    ],
    [
      'that does not know the CA',
      async () => peerTlsFlags(await theirs.issue('proxy'), theirs.caFile),
      /unknown authority/,
    ],
  ])('%s forwards nothing, and says why', async (_what, make, reason) => {
    const proxy = await startProxy(...(await make()));
    try {
      const said = new RegExp(`nobody says who the members are|did not answer`);
      await until('it says why', 60_000, () =>
        proxy
          .logs()
          .split('\n')
          .some((line) => said.test(line) && reason.test(line)),
      );
      const answer = await call(portOf(proxy), { method: 'GET', target: '/v2/keys/met' });
      expect(answer.status).toBeGreaterThanOrEqual(500);
    } finally {
      await proxy.kill();
    }
  });
});
