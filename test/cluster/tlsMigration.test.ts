/** A cluster goes over from http to https between its members while it runs, and writes go on. */
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { Cluster } from './cluster';
import { call } from './httpClient';
import { missingFrom, writeUntil } from './retryingClient';
import { stablePort } from '../support/ports';
import { peerTlsFlags } from './tlsFlags';
import { until } from './waiting';

// Each of three members is restarted, twice.

/** Between two writes: what writes without a rest takes the processors from the members that start. */
const PAUSE_MS = 10;

let pki: Pki;
let member: CertificateFiles;
let cluster: Cluster;

beforeAll(async () => {
  pki = await makePki();
  member = await pki.issue('member');
});

afterEach(() => cluster.end());

afterAll(() => {
  pki.remove();
});

async function peerURLs(): Promise<string[]> {
  const lists = await Promise.all(cluster.members.map((one) => one.members()));
  return lists.flat().flatMap((one) => one.peerURLs);
}

test('restarted one after the other with https URLs, members tell the cluster by themselves', async () => {
  const flags = peerTlsFlags(member, pki.caFile);
  cluster = await Cluster.start({ moreArguments: flags });
  let isOver = false;
  const writing = writeUntil(cluster.members, 'migration', () => isOver, PAUSE_MS);
  try {
    for (const one of cluster.members) {
      await one.stop();
      const url = `https://127.0.0.1:${one.place.peerPort}`;
      one.start(cluster.argumentsFor(cluster.members, '--listen-peer-urls', url, '--initial-advertise-peer-urls', url));
      await cluster.healthy();
      await until('all know its new URL', 60_000, async () => {
        return (await peerURLs()).filter((known) => known === url).length === cluster.members.length;
      });
    }
  } finally {
    isOver = true;
  }
  const report = await writing;
  expect(report.failures).toEqual([]);
  expect(await missingFrom(cluster.members[0]!, 'migration', report)).toEqual([]);
  expect((await peerURLs()).every((url) => url.startsWith('https://'))).toBe(true);
});

test('members that listen by both are moved with `member update`', async () => {
  const secure = new Map<string, string>();
  cluster = await Cluster.place({ moreArguments: peerTlsFlags(member, pki.caFile) });
  for (const one of cluster.members) {
    const url = `https://127.0.0.1:${await stablePort()}`;
    secure.set(one.name, url);
    one.start(cluster.argumentsFor(cluster.members, '--listen-peer-urls', `${one.place.peerUrl},${url}`));
  }
  await cluster.healthy();
  for (const one of cluster.members) {
    const json = { peerURLs: [secure.get(one.name)] };
    const target = `/v2/members/${await one.id()}`;
    expect((await call(cluster.members[0]!.clientPort, { method: 'PUT', target, json })).status).toBe(204);
  }
  expect((await cluster.members[0]!.put('/moved', 'x')).status).toBe(201);
  // Now by https only: whoever still dialled http would find nobody.
  for (const one of cluster.members) {
    await one.stop();
    one.start(cluster.argumentsFor(cluster.members, '--listen-peer-urls', secure.get(one.name)!));
    await cluster.healthy();
  }
  expect((await peerURLs()).sort()).toEqual([...secure.values(), ...secure.values(), ...secure.values()].sort());
  expect(await cluster.members[1]!.value('/moved', '?quorum=true')).toBe('x');
});

test('a member that dials http where https is spoken says so, with what to do', async () => {
  cluster = await Cluster.place({ size: 2 });
  const [secure, plain] = cluster.members;
  const url = `https://127.0.0.1:${secure!.place.peerPort}`;
  secure!.start(cluster.argumentsFor(cluster.members, ...peerTlsFlags(member, pki.caFile), '--listen-peer-urls', url));
  plain!.start(cluster.argumentsFor());
  const reason = `127.0.0.1:${secure!.place.peerPort} speaks TLS there, and it was asked by plain HTTP; write its URL with https://`;
  await until('it says why', 60_000, () => plain!.logs().includes(reason));
});
