/** Clusters of three that speak TLS: with each other, with clients, and with both. */
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { Cluster, type ClusterOptions } from './cluster';
import { speakTls } from './httpClient';
import { until } from './waiting';

let ours: Pki;
let theirs: Pki;
/** What members show: to each other, and to clients. */
let member: CertificateFiles;
let client: CertificateFiles;

beforeAll(async () => {
  [ours, theirs] = await Promise.all([makePki('ours'), makePki('theirs')]);
  [member, client] = await Promise.all([ours.issue('member'), ours.issue('client')]);
});

afterAll(() => {
  ours.remove();
  theirs.remove();
});

const forPeers = (): string[] => [
  ...[`--peer-cert-file=${member.certFile}`, `--peer-key-file=${member.keyFile}`],
  ...[`--peer-trusted-ca-file=${ours.caFile}`, '--peer-client-cert-auth'],
];
const forClients = (): string[] => [
  ...[`--cert-file=${member.certFile}`, `--key-file=${member.keyFile}`],
  ...[`--trusted-ca-file=${ours.caFile}`, '--client-cert-auth'],
];

async function start(options: ClusterOptions): Promise<Cluster> {
  const cluster = await Cluster.place(options);
  for (const { clientPort } of cluster.members) askByTls(cluster, clientPort, options);
  for (const one of cluster.members) one.start(cluster.argumentsFor());
  await cluster.healthy();
  return cluster;
}

function askByTls(_cluster: Cluster, port: number, { clientScheme }: ClusterOptions): void {
  if (clientScheme !== 'https') return;
  speakTls(port, { ca: ours.ca.certificate, cert: client.certificate, key: client.key });
}

describe.each<[string, () => ClusterOptions]>([
  ['between members', () => ({ peerScheme: 'https', moreArguments: forPeers() })],
  ['with clients', () => ({ clientScheme: 'https', moreArguments: forClients() })],
  [
    'with both',
    () => ({ peerScheme: 'https', clientScheme: 'https', moreArguments: [...forPeers(), ...forClients()] }),
  ],
])('TLS %s', (_what, optionsOf) => {
  let cluster: Cluster;
  let options: ClusterOptions;

  beforeAll(async () => {
    options = optionsOf();
    cluster = await start(options);
  });

  afterAll(() => cluster.end());

  test('writes and linearizable reads are forwarded', async () => {
    for (const one of cluster.members) {
      expect([200, 201]).toContain((await one.put('/written', one.name)).status);
      for (const other of cluster.members) expect(await other.value('/written', '?quorum=true')).toBe(one.name);
    }
  });

  test('a member that lost its data comes back, and is sent the state', async () => {
    const [lost] = await cluster.followers();
    await lost!.kill();
    lost!.deleteData();
    lost!.start();
    await cluster.healthy();
    await until('it has the state', 20_000, async () => (await lost!.value('/written')) !== undefined);
  });

  test('one more member is added and joins', async () => {
    const [through] = cluster.members;
    const added = await cluster.makePlace('m4');
    askByTls(cluster, added.clientPort, options);
    await cluster.add(through!, added);
    added.start(cluster.argumentsFor(cluster.members, '--initial-cluster-state', 'existing'));
    await cluster.healthy();
    expect(await added.value('/written', '?quorum=true')).toBeDefined();
  });
});
