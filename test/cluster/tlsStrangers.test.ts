/** A cluster whose members know each other by a common name, and those who are none of them. */
import { createServer, type TLSSocket } from 'node:tls';
import { connect as connectTls } from 'node:tls';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { peerTlsFlags } from './tlsFlags';
import { sleep, until } from './waiting';

const REQUEST = 'GET /members HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
/** Some rounds of dialling that a member does in vain. */
const PATIENCE_MS = 5000;

let ours: Pki;
let theirs: Pki;
/** Of no host at all. */
let member: CertificateFiles;
let cluster: Cluster;

beforeAll(async () => {
  [ours, theirs] = await Promise.all([makePki('ours'), makePki('theirs')]);
  member = await ours.issue('member', { hosts: [] });
  cluster = await Cluster.start({
    peerScheme: 'https',
    moreArguments: [...peerTlsFlags(member, ours.caFile), '--peer-cert-allowed-cn=another,member'],
  });
});

afterAll(async () => {
  await cluster.end();
  ours.remove();
  theirs.remove();
});

/** All that comes back. */
function answerTo(stream: Duplex): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    stream.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      resolve(text);
    });
    stream.write(REQUEST);
  });
}

function askAs(port: number, shown?: CertificateFiles): Promise<string> {
  const own = shown === undefined ? {} : { cert: shown.certificate, key: shown.key };
  return answerTo(connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false, ...own }));
}

describe('the peer port', () => {
  test('answers a member', async () => {
    expect(await askAs(cluster.members[0]!.place.peerPort, member)).toMatch(/^HTTP\/1\.1 200 .*"name":"m1"/s);
  });

  test.each<[string, () => Promise<CertificateFiles | undefined>]>([
    ['without a certificate', () => Promise.resolve(undefined)],
    ['with one of another CA', () => theirs.issue('member', { hosts: [] })],
    ['with another common name', () => ours.issue('stranger')],
  ])('says nothing to one %s, and names the reason', async (_what, make) => {
    const [asked] = cluster.members;
    const before = asked!.logs().length;
    expect(await askAs(asked!.place.peerPort, await make())).toBe('');
    await until('it says why', 60_000, () => /TLS at the peer port: .*client/.test(asked!.logs().slice(before)));
  });

  test('says to one who speaks plain HTTP that it is the wrong port, and no more', async () => {
    const answer = await answerTo(connect(cluster.members[0]!.place.peerPort, '127.0.0.1'));
    expect(answer).toBe('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
  });
});

describe('at the address of a member that is away', () => {
  let away: ClusterMember;

  beforeAll(async () => {
    [away] = (await cluster.followers()) as [ClusterMember];
    await away.stop();
  });

  afterAll(async () => {
    away.start();
    await cluster.healthy();
  });

  test.each<[string, () => Promise<CertificateFiles>, RegExp]>([
    [
      'another common name',
      () => ours.issue('stranger'),
      /common name \\"stranger\\", and only \\"another\\" or \\"member\\"/,
    ],
    ['a certificate of another CA', () => theirs.issue('member'), /signed by unknown authority.*give the CA/],
  ])('a server with %s gets nothing, and the log says why, now and then', async (_what, issue, reason) => {
    const { certificate, key } = await issue();
    let received = '';
    let dialled = 0;
    const sockets = new Set<TLSSocket>();
    const server = createServer({ cert: certificate, key }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
    });
    server.on('connection', () => (dialled += 1));
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(away.place.peerPort, '127.0.0.1', resolve));
    const others = cluster.members.filter((one) => one !== away);
    const before = others.map((one) => one.logs().length);
    const since = (position: number): string => others[position]!.logs().slice(before[position]);
    try {
      await until('both have said why', 60_000, () => others.every((_, position) => reason.test(since(position))));
      await sleep(PATIENCE_MS);
      expect(received).toBe('');
      const lines = others.map(
        (_, position) =>
          since(position)
            .split('\n')
            .filter((line) => reason.test(line)).length,
      );
      expect(dialled).toBeGreaterThan(lines[0]! + lines[1]!);
      expect(since(0)).toContain(`127.0.0.1:${away.place.peerPort}`);
      expect((await others[0]!.put('/meanwhile', 'x')).status).toBeLessThan(300);
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
