/** The commands of docs/security.md hold of a member that is set up as it says, and each of them fails of one that is not. */
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { freePlace, startInProcess, type InProcess } from '../support/inProcess';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';

const DOCUMENT = join(__dirname, '../../docs/security.md');

interface Check {
  readonly row: string;
  readonly command: string;
}

const text = readFileSync(DOCUMENT, 'utf8');
const section = text.slice(text.indexOf('## Checking it'), text.indexOf('## Browsers'));
const checks: readonly Check[] = [...section.matchAll(/^\| (\S+) +\|[^|]+\| `(.+)` *\|$/gm)].map(
  ([, row = '', command = '']) => ({ row, command }),
);

const ROWS = ['2.1', '2.2', '2.3', '2.4', '2.5', '2.6', '2.7', 'plain', 'auth', '1.1.11'];

let clients: Pki;
let peers: Pki;
let server: CertificateFiles;
let client: CertificateFiles;
let member: CertificateFiles;

beforeAll(async () => {
  [clients, peers] = await Promise.all([makePki('clients'), makePki('members')]);
  [server, client, member] = await Promise.all([clients.issue('server'), clients.issue('root'), peers.issue('member')]);
});

afterAll(() => {
  clients.remove();
  peers.remove();
});

test('there is a command for each row', () => {
  expect(checks.map(({ row }) => row)).toEqual(ROWS);
});

/** Starts a member whose ports have this scheme. */
async function start(scheme: 'http' | 'https', flags: readonly string[]): Promise<InProcess> {
  const place = await freePlace();
  const [url, peerUrl] = [`${scheme}://127.0.0.1:${place.port}`, `${scheme}://127.0.0.1:${place.peerPort}`];
  return startInProcess(
    'all',
    [
      ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`, `--listen-peer-urls=${peerUrl}`],
      ...[`--initial-advertise-peer-urls=${peerUrl}`, `--initial-cluster=default=${peerUrl}`, ...flags],
    ],
    place,
  );
}

/** The rows that do not hold. */
async function failing(of: InProcess): Promise<readonly string[]> {
  const env = {
    ...process.env,
    ...{ CLIENT: `127.0.0.1:${of.port}`, PEER: new URL(of.peerUrl).host, DATA_DIR: of.setting.configuration.dataDir },
    ...{ CA: clients.caFile, CERT: client.certFile, KEY: client.keyFile },
    ...{ PEER_CA: peers.caFile, PEER_CERT: member.certFile, PEER_KEY: member.keyFile },
  };
  const failed: string[] = [];
  for (const { row, command } of checks) {
    const isFine = await new Promise<boolean>((resolve) => {
      execFile('bash', ['-c', command], { env }, (error) => {
        resolve(error === null);
      });
    });
    if (!isFine) failed.push(row);
  }
  return failed;
}

const ofClients = (): string[] => [`--cert-file=${server.certFile}`, `--key-file=${server.keyFile}`];
const ofPeers = (): string[] => [`--peer-cert-file=${member.certFile}`, `--peer-key-file=${member.keyFile}`];
const demanded = (): string[] => [
  ...[`--trusted-ca-file=${clients.caFile}`, '--client-cert-auth'],
  ...[`--peer-trusted-ca-file=${peers.caFile}`, '--peer-client-cert-auth'],
];

async function enableAuth({ port }: InProcess): Promise<void> {
  for (const [path, body] of [
    ['users/root', '{"user":"root","password":"rootpw"}'],
    ['roles/guest', '{"role":"guest","permissions":{"kv":{"read":[],"write":[]}}}'],
    ['users/nobody', '{"user":"nobody","password":"x"}'],
    ['enable', ''],
  ] as const) {
    const status = await new Promise<number>((resolve, reject) => {
      const { certificate: cert, key } = client;
      const options = { method: 'PUT', ca: clients.ca.certificate, cert, key, agent: false } as const;
      const asked = request(
        `https://127.0.0.1:${port}/v2/auth/${path}`,
        { ...options, headers: { 'Content-Type': 'application/json' } },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
    expect([path, status < 300]).toEqual([path, true]);
  }
}

test('all hold of a member with everything on', async () => {
  // The certificate that asks is of a user without rights.
  const before = client;
  const running = await start('https', [...ofClients(), ...ofPeers(), ...demanded()]);
  try {
    await enableAuth(running);
    client = await clients.issue('stranger');
    expect(await failing(running)).toEqual([]);
  } finally {
    client = before;
    await running.stop();
  }
});

test('of one without TLS none holds but that it made no certificates', async () => {
  const running = await start('http', []);
  chmodSync(running.setting.configuration.dataDir, 0o755);
  expect(await failing(running)).toEqual(ROWS.filter((row) => row !== '2.3' && row !== '2.6'));
  await running.stop();
});

test('where nobody listens, and no data is, no row holds', async () => {
  const gone = await start('http', []);
  await gone.stop();
  expect(await failing(gone)).toEqual(ROWS);
});

test('of one that made its certificates itself it is said', async () => {
  const running = await start('https', ['--auto-tls', '--peer-auto-tls']);
  expect(await failing(running)).toEqual(['2.1', '2.2', '2.3', '2.4', '2.5', '2.6', '2.7', 'auth']);
  await running.stop();
});

test('of one that demands no certificates it is said', async () => {
  const running = await start('https', [...ofClients(), ...ofPeers()]);
  expect(await failing(running)).toEqual(['2.2', '2.5', '2.7', 'auth']);
  await running.stop();
});

test('of one whose members have the CA of clients it is said', async () => {
  const running = await start('https', [
    ...ofClients(),
    ...[`--peer-cert-file=${server.certFile}`, `--peer-key-file=${server.keyFile}`],
    ...[`--trusted-ca-file=${clients.caFile}`, '--client-cert-auth'],
    ...[`--peer-trusted-ca-file=${clients.caFile}`, '--peer-client-cert-auth'],
  ]);
  const shared = peers;
  peers = clients;
  expect(await failing(running)).toContain('2.7');
  peers = shared;
  await running.stop();
});
