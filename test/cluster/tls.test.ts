/** Clusters of three that speak TLS: with each other, with clients, and with both. */
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { Cluster, type ClusterOptions } from './cluster';
import { askByTls, clientTlsFlags, peerTlsFlags } from './tlsFlags';
import { until } from './waiting';

let ours: Pki;
/** What members show: to each other, and to clients. */
let member: CertificateFiles;
let client: CertificateFiles;

beforeAll(async () => {
  ours = await makePki();
  [member, client] = await Promise.all([ours.issue('member'), ours.issue('client')]);
});

afterAll(() => {
  ours.remove();
});

const forPeers = (): string[] => peerTlsFlags(member, ours.caFile);
const forClients = (): string[] => clientTlsFlags(member, ours.caFile);

describe.each<[string, () => ClusterOptions]>([
  ['between members', () => ({ peerScheme: 'https', moreArguments: forPeers() })],
  ['with clients', () => ({ clientScheme: 'https', moreArguments: forClients() })],
  [
    'with both',
    () => ({ peerScheme: 'https', clientScheme: 'https', moreArguments: [...forPeers(), ...forClients()] }),
  ],
])('TLS %s', (_what, optionsOf) => {
  let cluster: Cluster;
  let isAskedByTls = false;

  const askAsClient = (): void => {
    if (isAskedByTls) askByTls(cluster, ours, client);
  };

  beforeAll(async () => {
    const options = optionsOf();
    isAskedByTls = options.clientScheme === 'https';
    cluster = await Cluster.place(options);
    askAsClient();
    for (const one of cluster.members) one.start(cluster.argumentsFor());
    await cluster.healthy();
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
    await until('it has the state', 60_000, async () => (await lost!.value('/written')) !== undefined);
  });

  test('one more member is added and joins', async () => {
    const [through] = cluster.members;
    const added = await cluster.makePlace('m4');
    askAsClient();
    await cluster.add(through!, added);
    added.start(cluster.argumentsFor(cluster.members, '--initial-cluster-state', 'existing'));
    await cluster.healthy();
    expect(await added.value('/written', '?quorum=true')).toBeDefined();
  });
});
