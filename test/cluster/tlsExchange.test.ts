/** Certificates and their CA are exchanged while clients write: a Kubernetes secret is a symbolic link that moves. */
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { Cluster } from './cluster';
import { speakTls } from './httpClient';
import { missingFrom, writeUntil } from './retryingClient';
import { clientTlsFlags, peerTlsFlags } from './tlsFlags';
import { until } from './waiting';

/** Files are looked at every 5 seconds. */
const SEEN_WITHIN_MS = 30_000;

let before: Pki;
let after: Pki;
let cluster: Cluster;
let secret = '';
let version = 0;

beforeAll(async () => {
  [before, after] = await Promise.all([makePki('before'), makePki('after')]);
});

afterAll(async () => {
  await cluster.end();
  before.remove();
  after.remove();
});

/** As the kubelet does it: a new directory, and a link that is moved there in one step. */
function mount(authorities: readonly Pki[], { certificate, key }: CertificateFiles): void {
  version += 1;
  const directory = join(secret, `version-${version}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'tls.crt'), certificate);
  writeFileSync(join(directory, 'tls.key'), key, { mode: 0o600 });
  writeFileSync(join(directory, 'ca.crt'), authorities.map(({ ca }) => ca.certificate).join(''));
  symlinkSync(directory, join(secret, 'data.new'));
  renameSync(join(secret, 'data.new'), join(secret, 'data'));
}

/** The common name in the certificate that is shown at a port, and its issuer's. */
function shownAt(port: number, { certificate, key }: CertificateFiles): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, cert: certificate, key }, () => {
      const { subject, issuer } = socket.getPeerCertificate();
      socket.destroy();
      resolve(`${String(subject.CN)} of ${String(issuer.CN)}`);
    });
    socket.on('error', reject);
  });
}

test('nobody who asks a second time sees that certificates and CA are exchanged, and new connections have the new ones', async () => {
  const both = [before, after];
  const [old, renewed, client, newClient] = await Promise.all([
    before.issue('old'),
    after.issue('renewed'),
    before.issue('client'),
    after.issue('client'),
  ]);
  cluster = await Cluster.place({ peerScheme: 'https', clientScheme: 'https' });
  secret = join(cluster.directory, 'secret');
  mkdirSync(secret);
  mount([before], old);
  const files = { certFile: join(secret, 'data/tls.crt'), keyFile: join(secret, 'data/tls.key') };
  const flags = [peerTlsFlags, clientTlsFlags].flatMap((flagsOf) => flagsOf(files, join(secret, 'data/ca.crt')));
  const askAs = ({ certificate, key }: CertificateFiles): void => {
    const ca = both.map((pki) => pki.ca.certificate);
    for (const { clientPort } of cluster.members) speakTls(clientPort, { ca, cert: certificate, key });
  };
  askAs(client);
  for (const member of cluster.members) member.start(cluster.argumentsFor(cluster.members, ...flags));
  await cluster.healthy();

  let isOver = false;
  const writing = writeUntil(cluster.members, 'exchange', () => isOver, 5);
  const everyLog = (text: string, times: number): Promise<unknown> =>
    until(text, SEEN_WITHIN_MS, () => cluster.members.every((member) => member.logs().split(text).length - 1 >= times));
  try {
    const changed = 'the files have changed';
    // Both sides of each member say so.
    mount(both, old);
    await everyLog(changed, 2);
    mount(both, renewed);
    await everyLog(changed, 4);
    askAs(newClient);
    for (const { clientPort, place } of cluster.members) {
      expect(await shownAt(clientPort, newClient)).toBe('renewed of after');
      expect(await shownAt(place.peerPort, renewed)).toBe('renewed of after');
    }
    mount([after], renewed);
    await everyLog(changed, 6);
    // Its links are dialled anew, both ways, with what there is now only.
    const [restarted] = await cluster.followers();
    await restarted!.stop();
    restarted!.start();
    await cluster.healthy();
  } finally {
    isOver = true;
  }
  const report = await writing;
  expect(report.failures).toEqual([]);
  expect(report.acknowledged.length).toBeGreaterThan(50);
  expect(await missingFrom(cluster.members[0]!, 'exchange', report)).toEqual([]);
  for (const member of cluster.members) expect(member.logs()).not.toMatch(/"level":"(fatal|error)"/);
});
