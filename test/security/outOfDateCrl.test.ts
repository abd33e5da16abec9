/**
 * A list of revoked certificates that should have been replaced says nothing of who was revoked since. Who trusts it (etcd does) trusts
 * whoever keeps the new list away. Here nobody who comes or is dialled is trusted by it, on the peer port as on the client port, until the
 * list is replaced; connections that are open stay.
 */
import { Agent, request } from 'node:https';
import { fetchMembers } from '../../src/peer/fetchMembers';
import { freePlace, startInProcess, type InProcess } from '../support/inProcess';
import { makePki, makeRevocations, type CertificateFiles, type Pki } from '../tls/support/pki';

/** Files are looked at every 5 seconds. */
const SEEN_WITHIN_MS = 45_000;

let pki: Pki;
let own: CertificateFiles;
/** Has the list; the other has none and trusts whoever the CA has signed. */
let strict: InProcess;
let other: InProcess;
/** Keeps one connection to the peer port of `strict`. */
const kept = new Agent({ keepAlive: true, maxSockets: 1 });

beforeAll(async () => {
  pki = await makePki();
  own = await pki.issue('member');
  const list = await pki.revoke([], 7);
  [strict, other] = await Promise.all([start(`--peer-crl-file=${list}`), start()]);
});

afterAll(async () => {
  kept.destroy();
  await Promise.all([strict.stop(), other.stop()]);
  pki.remove();
});

/** A member alone. */
async function start(...flags: readonly string[]): Promise<InProcess> {
  const place = await freePlace();
  const peerUrl = `https://127.0.0.1:${place.peerPort}`;
  return startInProcess(
    'all',
    [
      ...[`--listen-peer-urls=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`],
      ...[`--initial-cluster=default=${peerUrl}`, `--peer-cert-file=${own.certFile}`, `--peer-key-file=${own.keyFile}`],
      ...[`--peer-trusted-ca-file=${pki.caFile}`, '--peer-client-cert-auth', ...flags],
    ],
    place,
  );
}

function peerUrlOf(member: InProcess): string {
  return member.peerUrl.replace('http:', 'https:');
}

async function replaceList(days: number): Promise<void> {
  pki.write('ca.crl', await makeRevocations(pki.ca, [], { nowMs: Date.now(), days }));
}

/** Whether a member's certificate is served at the peer port, on a new connection if no other is given. */
function isServed(agent: Agent | false = false): Promise<boolean> {
  return new Promise((resolve) => {
    const { certificate: cert, key } = own;
    const asked = request(`${peerUrlOf(strict)}/members`, { ca: pki.ca.certificate, cert, key, agent }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(response.statusCode === 200);
      });
    });
    asked.on('error', () => {
      resolve(false);
    });
    asked.end();
  });
}

/** What comes of it when the member with the list dials the other: undefined if it is trusted. */
async function dialFault(): Promise<string | undefined> {
  return fetchMembers(peerUrlOf(other), 5000, strict.setting.dials.peer).then(
    () => undefined,
    (error: unknown) => String(error),
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + SEEN_WITHIN_MS;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error(`not within ${SEEN_WITHIN_MS} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test('nobody is let in or asked by it, what is open stays, and the next list ends it', async () => {
  expect([await isServed(), await isServed(kept), await dialFault()]).toEqual([true, true, undefined]);

  await replaceList(-0.5);
  await until(async () => !(await isServed()));
  await until(async () => (await dialFault()) !== undefined);
  expect(await dialFault()).toMatch(/the CRL of the CA that signed its certificate has expired/);
  // A list that has ended is no reason to drop who was trusted while it counted.
  expect(await isServed(kept)).toBe(true);

  await replaceList(7);
  await until(() => isServed());
  await until(async () => (await dialFault()) === undefined);
});
