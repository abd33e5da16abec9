/** A CA or a certificate that is named beside a member: what is not named is still that of the member. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearRemoved } from '../../src/ctl/clearRemoved';
import { healthcheck } from '../../src/ctl/healthcheck';
import { fetchMembers } from '../../src/peer/fetchMembers';
import { REMOVED_FILE, removedFileText } from '../../src/platform/removedFile';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { captureOutput } from './output';
import { demanding, SecureServer } from './secureServer';

const output = captureOutput();
const server = new SecureServer();
let ours: Pki;
let theirs: Pki;
/** Of a name that no test dials. */
let member: CertificateFiles;

beforeAll(async () => {
  [ours, theirs] = await Promise.all([makePki('ours'), makePki('theirs')]);
  member = await ours.issue('member', { hosts: ['member.example'] });
});

afterAll(() => {
  ours.remove();
  theirs.remove();
});

afterEach(() => server.stop());

const clientsOf = (files: CertificateFiles) =>
  server.besides(files, { ETCD_CLIENT_CERT_AUTH: 'true', ETCD_TRUSTED_CA_FILE: ours.caFile });

test('a certificate alone leaves the CA to be that of the member', async () => {
  await server.serve(member, demanding(ours));
  const operator = await ours.issue('operator');
  const shown = [`--cert-file=${operator.certFile}`, `--key-file=${operator.keyFile}`];
  expect([output.text(), await healthcheck(shown, clientsOf(member))]).toEqual(['', 0]);
  expect(server.asked).toEqual(['GET /readyz operator']);
});

test('and at the URL of another one too', async () => {
  await server.serve(await ours.issue('another'), demanding(ours));
  const operator = await ours.issue('operator');
  const environment = { ...clientsOf(member), ETCDCTL_CERT: operator.certFile, ETCDCTL_KEY: operator.keyFile };
  const elsewhere = { ...environment, ETCD_LISTEN_CLIENT_URLS: 'https://127.0.0.1:1' };
  expect(await healthcheck([`--url=https://127.0.0.1:${server.port}`], elsewhere)).toBe(0);
  expect(server.asked).toEqual(['GET /readyz operator']);
});

test('a CA alone leaves the certificate to be that of the member', async () => {
  await server.serve(await ours.issue('127.0.0.1'), demanding(ours));
  expect(await healthcheck([`--ca-file=${ours.caFile}`], clientsOf(member))).toBe(0);
  expect(server.asked).toEqual(['GET /readyz member']);
  expect(await healthcheck([`--ca-file=${theirs.caFile}`], clientsOf(member))).toBe(1);
  expect(output.text()).toContain('unknown authority');
});

test('a CA alone does without what cannot be had of the member, as for another one', async () => {
  await server.serve(await ours.issue('another'));
  const url = `--url=https://127.0.0.1:${server.port}`;
  const broken = [{ ETCD_KEY_FILE: '/nowhere.key' }, { ETCD_HEARTBEAT_INTERVAL: 'x' }];
  for (const wrong of broken)
    expect(await healthcheck([url, `--ca-file=${ours.caFile}`], { ...clientsOf(member), ...wrong })).toBe(0);
  expect(server.asked).toEqual(Array(2).fill('GET /readyz nobody'));
});

test.each([
  ['CA', (_pki: CertificateFiles) => [`--ca-file=${ours.caFile}`], 'member'],
  [
    'certificate',
    (files: CertificateFiles) => [`--cert-file=${files.certFile}`, `--key-file=${files.keyFile}`],
    'operator',
  ],
])('at a peer port a %s alone does the same', async (_what, argsOf, name) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cairn-ctl-'));
  try {
    await server.serve(await ours.issue('other'), demanding(ours));
    const note = { memberId: 'a', clusterId: '1', peerURLs: [`https://127.0.0.1:${server.port}`] };
    writeFileSync(join(dataDir, REMOVED_FILE), removedFileText(note));
    const environment = {
      ETCD_PEER_CERT_FILE: member.certFile,
      ETCD_PEER_KEY_FILE: member.keyFile,
      ETCD_PEER_TRUSTED_CA_FILE: ours.caFile,
    };
    const args = [`--data-dir=${dataDir}`, ...argsOf(await ours.issue('operator'))];
    expect(await clearRemoved(args, fetchMembers, environment)).toBe(0);
    expect(server.asked).toEqual([`GET /members ${name}`]);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
