/** The commands against https servers: with what their options say, and with what the member beside them is configured with. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { ProcessTls } from '../../src/app/processTls';
import { loadBesides } from '../../src/config/load';
import { check } from '../../src/ctl/check';
import { clearRemoved } from '../../src/ctl/clearRemoved';
import { healthcheck } from '../../src/ctl/healthcheck';
import { prestop } from '../../src/ctl/prestop';
import { retire } from '../../src/ctl/retire';
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

describe('beside a member', () => {
  test('another one is known by the CA of members where there is none of clients', async () => {
    await server.serve(await ours.issue('another'));
    const shown = await theirs.issue('shown', { hosts: ['member.example'] });
    const url = ['--url', `https://127.0.0.1:${server.port}`];
    const besidesIt = server.besides(shown, { ETCD_LISTEN_CLIENT_URLS: 'https://127.0.0.1:1' });
    expect(await healthcheck(url, besidesIt)).toBe(1);
    expect(output.text()).toContain('unknown authority');
    expect(await healthcheck(url, { ...besidesIt, ETCD_PEER_TRUSTED_CA_FILE: ours.caFile })).toBe(0);
    expect(server.asked).toEqual(['GET /readyz nobody']);
  });

  test('a healthcheck knows the certificate, whatever its names and whoever signed it', async () => {
    await server.serve(member);
    expect(await healthcheck([], server.besides(member))).toBe(0);
    expect(server.asked).toEqual(['GET /readyz nobody']);
  });

  test('a healthcheck and a prestop hook show the certificate of the member where one is demanded', async () => {
    await server.serve(member, demanding(ours));
    const environment = server.besides(member, { ETCD_CLIENT_CERT_AUTH: 'true', ETCD_TRUSTED_CA_FILE: ours.caFile });
    expect([output.text(), await healthcheck([], environment)]).toEqual(['', 0]);
    expect(await prestop(['--seconds=0'], environment)).toBe(0);
    expect(server.asked).toEqual(['GET /readyz member', 'PUT /config/local/drain member']);
  });

  test('they show what the member shows other members if its own is not for clients of that CA', async () => {
    const front = await theirs.issue('front');
    const peer = await ours.issue('peer');
    await server.serve(front, demanding(ours));
    const environment = server.besides(front, {
      ETCD_CLIENT_CERT_AUTH: 'true',
      ETCD_TRUSTED_CA_FILE: ours.caFile,
      ETCD_PEER_CERT_FILE: peer.certFile,
      ETCD_PEER_KEY_FILE: peer.keyFile,
    });
    expect(await healthcheck([], environment)).toBe(0);
    expect(server.asked).toEqual(['GET /readyz peer']);
  });

  test('they show the one that has a name which clients must have', async () => {
    const peer = await ours.issue('peer', { hosts: ['apps.example'] });
    await server.serve(member, demanding(ours));
    const listed = {
      ETCD_CLIENT_CERT_AUTH: 'true',
      ETCD_CLIENT_CERT_ALLOWED_HOSTNAME: 'apps.example',
      ETCD_TRUSTED_CA_FILE: ours.caFile,
    };
    const both = { ETCD_PEER_CERT_FILE: peer.certFile, ETCD_PEER_KEY_FILE: peer.keyFile };
    expect(await healthcheck([], server.besides(member, { ...listed, ...both }))).toBe(0);
    expect(server.asked).toEqual(['GET /readyz peer']);
    expect(await healthcheck([], server.besides(member, listed))).toBe(1);
    expect(output.text()).toMatch(
      /one of the names of --client-cert-allowed-hostname \(apps\.example\); give one with/,
    );
  });

  test('they say so if there is none to show', async () => {
    const front = await theirs.issue('front');
    await server.serve(front, demanding(ours));
    const environment = server.besides(front, { ETCD_CLIENT_CERT_AUTH: 'true', ETCD_TRUSTED_CA_FILE: ours.caFile });
    expect(await healthcheck([], environment)).toBe(1);
    expect(output.text()).toMatch(/demands client certificates.*give one with --cert-file and --key-file/);
  });

  test('a certificate that the member has not read yet is no reason to call it unhealthy', async () => {
    await server.serve(member);
    const renewed = await ours.issue('member', { hosts: ['member.example'] });
    expect(await healthcheck([], server.besides(renewed, { ETCD_TRUSTED_CA_FILE: ours.caFile }))).toBe(0);
  });

  test.each([
    ['of another CA', () => theirs.issue('member', { hosts: ['member.example'] })],
    ['with other names', () => ours.issue('someone', { hosts: ['127.0.0.1'] })],
  ])('a server with a certificate %s is not the member', async (_what, issue) => {
    await server.serve(await issue());
    expect(await healthcheck([], server.besides(member, { ETCD_TRUSTED_CA_FILE: ours.caFile }))).toBe(1);
    expect(output.text()).toMatch(/TLS with 127\.0\.0\.1:\d+: x509: /);
    expect(server.asked).toEqual([]);
  });

  test('another URL is verified by its name', async () => {
    await server.serve(member);
    const environment = server.besides(member, { ETCD_TRUSTED_CA_FILE: ours.caFile });
    expect(await healthcheck([`--url=https://localhost:${server.port}`], environment)).toBe(1);
    expect(output.text()).toMatch(/valid for DNS:member\.example, not for localhost/);
  });

  test('a certificate that is made at the first start is known from the data directory', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cairn-ctl-'));
    try {
      await server.serve(member);
      const environment = {
        ETCD_LISTEN_CLIENT_URLS: `https://127.0.0.1:${server.port}`,
        ETCD_AUTO_TLS: 'true',
        ETCD_DATA_DIR: dataDir,
      };
      const loaded = loadBesides(environment, () => '');
      if (!loaded.ok) throw new Error(loaded.message);
      const tls = await ProcessTls.open(loaded.value.configuration, pino({ level: 'silent' }));
      await tls.makeOwn();
      tls.stop();
      expect(await healthcheck([], environment)).toBe(1);
      const made = (name: string): string => readFileSync(join(dataDir, 'tls', name), 'utf8');
      server.show({ cert: made('client.crt'), key: made('client.key') });
      expect(await healthcheck([], environment)).toBe(0);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  test('files that cannot be used are no matter for who asks by http', async () => {
    await server.serve(member);
    const environment = server.besides(member, { ETCD_CERT_FILE: '/nowhere.crt' });
    expect(await healthcheck([`--url=http://127.0.0.1:${server.port}`], environment)).toBe(1);
    expect(output.text()).not.toContain('nowhere');
    expect(await healthcheck([], environment)).toBe(1);
    expect(output.text()).toMatch(/--cert-file "\/nowhere\.crt": there is no such file/);
  });
});

describe('with options', () => {
  const retiring = ['--name-prefix=a-', '--keep=1', '--drain=0', '--timeout=2'];
  const commands: readonly (readonly [string, (args: string[], environment: object) => Promise<number>])[] = [
    ['healthcheck', (args, environment) => healthcheck(args, { ...environment })],
    ['prestop', (args, environment) => prestop([...args, '--seconds=0'], { ...environment })],
    ['retire', (args, environment) => retire([...args, ...retiring], { ...environment })],
  ];

  test.each(commands)(
    'cairn %s asks with the files that they name, in the words of either etcdctl',
    async (_word, run) => {
      await server.serve(await ours.issue('front'), demanding(ours));
      const { certFile, keyFile } = await ours.issue('operator');
      const url = `--url=https://127.0.0.1:${server.port}`;
      const wordings: readonly (readonly [string[], object])[] = [
        [[`--ca-file=${ours.caFile}`, `--cert-file=${certFile}`, `--key-file=${keyFile}`], {}],
        [[`--cacert=${ours.caFile}`, `--cert=${certFile}`, `--key=${keyFile}`], {}],
        [[], { ETCDCTL_CA_FILE: ours.caFile, ETCDCTL_CERT_FILE: certFile, ETCDCTL_KEY_FILE: keyFile }],
        [[], { ETCDCTL_CACERT: ours.caFile, ETCDCTL_CERT: certFile, ETCDCTL_KEY: keyFile }],
      ];
      for (const [args, environment] of wordings) expect(await run([url, ...args], environment)).toBe(0);
      expect(new Set(server.asked.map((line) => line.split(' ').at(-1)))).toEqual(new Set(['operator']));
      expect(server.asked.length).toBeGreaterThanOrEqual(4);
    },
  );

  test('a CA that did not sign ends a check before anything is asked', async () => {
    await server.serve(await ours.issue('front'));
    expect(await check([`--url=https://127.0.0.1:${server.port}`, `--cacert=${theirs.caFile}`], {})).toBe(1);
    expect(output.text()).toMatch(/signed by unknown authority/);
    expect(server.asked).toEqual([]);
  });

  test.each([
    ['--cert-file=/x', '--key-file'],
    ['--key=/x', '--cert-file'],
  ])('%s alone is wrong usage', async (given, missing) => {
    await server.serve(member);
    expect(await healthcheck([`--url=https://127.0.0.1:${server.port}`, given], {})).toBe(2);
    expect(output.text()).toContain(`give ${missing} too`);
  });
});

/** Of the directory of a member whose cluster has another one at the server's port, run where a member is set up. */
async function clearBesideMember(...args: readonly string[]): Promise<number> {
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
    return await clearRemoved([`--data-dir=${dataDir}`, ...args], fetchMembers, environment);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

test('cairn clear-removed asks the others as a member does', async () => {
  expect(await clearBesideMember()).toBe(0);
  expect(output.text()).toMatch(/still lists member a; left alone/);
  expect(server.asked).toEqual(['GET /members member']);
});

describe('beside a member, and with a CA or a certificate alone', () => {
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
    expect(await clearBesideMember(...argsOf(await ours.issue('operator')))).toBe(0);
    expect(server.asked).toEqual([`GET /members ${name}`]);
  });
});
