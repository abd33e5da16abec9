/** cairn check security of members that are open, and closed; and of ports that do what no member does. */
import { createClient } from '../../../src/client/client';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { check } from '../../../src/ctl/check';
import { examine } from '../../../src/ctl/security/examine';
import { portOf } from '../../../src/ctl/security/ports';
import { dialAnybody, probe } from '../../../src/ctl/security/probe';
import { FakeServer } from '../../client/fakeServer';
import { RawServer } from '../../client/rawServer';
import { freePlace, startInProcess, type InProcess } from '../../support/inProcess';
import { makePki, type CertificateFiles, type Pki } from '../../tls/support/pki';
import { captureOutput } from '../output';

const output = captureOutput();
let clients: Pki;
let peers: Pki;
let [server, client, member]: CertificateFiles[] = [];
beforeAll(async () => {
  [clients, peers] = await Promise.all([makePki('clients'), makePki('members')]);
  [server, client, member] = await Promise.all([clients.issue('server'), clients.issue('app'), peers.issue('member')]);
});
afterAll(() => {
  clients.remove();
  peers.remove();
});

async function start(
  scheme: 'http' | 'https',
  flags: readonly string[],
): Promise<InProcess & { readonly own: string }> {
  const place = await freePlace();
  const [url, peerUrl] = [`${scheme}://127.0.0.1:${place.port}`, `${scheme}://127.0.0.1:${place.peerPort}`];
  const started = await startInProcess(
    'all',
    [
      ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`, `--listen-peer-urls=${peerUrl}`],
      ...[`--initial-advertise-peer-urls=${peerUrl}`, `--initial-cluster=default=${peerUrl}`, ...flags],
    ],
    place,
  );
  return Object.assign(started, { own: url });
}

const secured = (): string[] => [
  ...[`--cert-file=${server?.certFile}`, `--key-file=${server?.keyFile}`],
  ...[`--peer-cert-file=${member?.certFile}`, `--peer-key-file=${member?.keyFile}`],
  `--peer-trusted-ca-file=${peers.caFile}`,
];
const demanding = (): string[] => [
  `--trusted-ca-file=${clients.caFile}`,
  '--client-cert-auth',
  '--peer-client-cert-auth',
];
const files = (): string[] => [
  ...['--ca-file', clients.caFile, '--cert-file', client?.certFile ?? '', '--key-file', client?.keyFile ?? ''],
];

/** The rows that are not well, of what was said last. */
function rows(): readonly string[] {
  const said = JSON.parse(/^\{[^]*^\}/m.exec(output.text())?.[0] ?? '') as {
    findings: { severity: string; about: string }[];
  };
  return said.findings.filter(({ severity }) => severity !== 'ok').map(({ severity, about }) => `${severity} ${about}`);
}

test('a member with everything on has nothing to complain of, and root sees what guests may', async () => {
  const closed = await start('https', [...secured(), ...demanding()]);
  const tls = {
    ca: clients.ca.certificate,
    cert: readFileSync(client?.certFile ?? ''),
    key: readFileSync(client?.keyFile ?? ''),
  };
  const admin = createClient({ endpoints: closed.own, tls });
  const asRoot = createClient({ endpoints: closed.own, tls, auth: { username: 'root', password: 'geheim' } });
  try {
    await admin.auth.createUser('root', 'geheim');
    await admin.auth.enable();
    const userFile = join(clients.caFile, '..', 'user');
    writeFileSync(userFile, 'root:geheim\n');
    // Guests may do everything until they are told otherwise.
    const args = ['security', '--url', closed.own, ...files(), '--output', 'json', '--user-file', userFile];
    expect(await check(args)).toBe(1);
    expect(rows()).toEqual(['error guests', 'unknown not seen']);
    await asRoot.auth.revokeRights('guest', { read: ['/*'], write: ['/*'] });
    await check(args.slice(0, -2));
    expect(output.text()).not.toContain('geheim');
  } finally {
    admin.close();
    asRoot.close();
    await closed.stop();
  }
});

test('TLS that demands no certificates lets everybody in, at both ports', async () => {
  const half = await start('https', secured());
  try {
    expect(await check(['security', '--url', half.own, ...files(), '--output', 'json'])).toBe(1);
    expect(rows()).toEqual([
      ...['error clients (2.2)', 'error members (2.5)', 'unknown CAs (2.7)', 'warning auth', 'warning operators'],
      'unknown not seen',
    ]);
    expect(await check(['security', '--url', half.own, '--ca-file', peers.caFile])).toBe(1);
    expect(output.text()).toMatch(/certificate/);
  } finally {
    await half.stop();
  }
});

test('a member without anything, on this machine, is a trial; nothing of it is changed', async () => {
  const open = await start('http', []);
  try {
    const before = await (await fetch(`${open.own}/v2/keys/?recursive=true`)).text();
    expect(await check(['security', '--url', open.own, '--output', 'json'])).toBe(0);
    expect(rows()).toEqual([
      ...['warning tls (2.1)', 'warning clients (2.2)', 'warning peers (2.4)', 'warning members (2.5)'],
      ...['warning CAs (2.7)', 'warning plain http', 'unknown certificates', 'warning auth', 'warning operators'],
      'unknown not seen',
    ]);
    expect(await (await fetch(`${open.own}/v2/keys/?recursive=true`)).text()).toBe(before);
  } finally {
    await open.stop();
  }
});

test('a member that says it is on this machine alone, and listens on other addresses too, is open', async () => {
  const place = await freePlace();
  const [url, peerUrl] = [`http://127.0.0.1:${place.port}`, `http://127.0.0.1:${place.peerPort}`];
  // 127.0.0.2 is what others reach here.
  const both = (ours: string): string => `${ours},${ours.replace('127.0.0.1', '127.0.0.2')}`;
  const wide = await startInProcess(
    'all',
    [
      ...[`--listen-client-urls=${both(url)}`, `--advertise-client-urls=${url}`, `--listen-peer-urls=${both(peerUrl)}`],
      ...[`--initial-advertise-peer-urls=${peerUrl}`, `--initial-cluster=default=${peerUrl}`],
    ],
    place,
  );
  try {
    const { ports } = await examine({ url, timeoutMs: 5000 }, undefined, ['127.0.0.2', '127.0.0.3']);
    expect(ports.map(({ kind, elsewhere }) => [kind, elsewhere])).toEqual([
      ['client', [url.replace('127.0.0.1', '127.0.0.2')]],
      ['peer', [peerUrl.replace('127.0.0.1', '127.0.0.2')]],
    ]);
  } finally {
    await wide.stop();
  }
});

test('a client certificate of the CA of members opens the peer port, and it is said', async () => {
  const shared = await peers.issue('app');
  const running = await start('https', [...secured(), ...demanding()]);
  const pair = { cert: readFileSync(shared.certFile, 'utf8'), key: readFileSync(shared.keyFile, 'utf8') };
  const own = { cert: readFileSync(client?.certFile ?? '', 'utf8'), key: readFileSync(client?.keyFile ?? '', 'utf8') };
  const heard = async (shown: typeof pair): Promise<string | undefined> => {
    const peer = { name: 'a', kind: 'peer', url: running.peerUrl.replace('http:', 'https:') } as const;
    const { withCertificate } = await portOf(peer, { target: { timeoutMs: 5000 }, pair: shown, addresses: [] });
    return withCertificate?.kind;
  };
  try {
    expect(await heard(pair)).toBe('answered');
    expect(await heard(own)).toBe('refused');
  } finally {
    await running.stop();
  }
});

test('etcd with auth, where guests read and /debug/vars is open to everybody, is not taken for a certificate of root', async () => {
  const etcd = new FakeServer();
  await etcd.start();
  etcd.answer = ({ url }) => {
    switch (url) {
      case '/v2/members':
        return { body: { members: [{ id: '1', name: 'a', clientURLs: [etcd.url], peerURLs: [] }] } };
      case '/v2/auth/enable':
        return { body: { enabled: true } };
      case '/v2/auth/users':
        return { status: 401, body: { message: 'Insufficient credentials' } };
      default:
        return {};
    }
  };
  try {
    await check(['security', '--url', etcd.url]);
  } finally {
    etcd.stop();
  }
  expect(output.text()).toMatch(/^error +guests +whoever is no user may list the keys$/m);
  expect(output.text()).not.toContain('certificate that was given is of a user');
});

test('a certificate of root is told as one', async () => {
  const running = await start('https', [...secured(), ...demanding()]);
  const root = await clients.issue('root');
  const admin = createClient({
    endpoints: running.own,
    tls: { ca: clients.ca.certificate, cert: readFileSync(root.certFile), key: readFileSync(root.keyFile) },
  });
  try {
    await admin.auth.createUser('root', 'geheim');
    await admin.auth.enable();
    const shown = ['--ca-file', clients.caFile, '--cert-file', root.certFile, '--key-file', root.keyFile];
    expect(await check(['security', '--url', running.own, ...shown, '--output', 'json'])).toBe(0);
    expect(rows()).toEqual(['unknown guests', 'unknown operators', 'unknown not seen']);
  } finally {
    admin.close();
    await running.stop();
  }
});

test('no password goes to the URLs that members publish', async () => {
  const [asked, elsewhere] = [new FakeServer(), new FakeServer()];
  await Promise.all([asked.start(), elsewhere.start()]);
  const authorizations: unknown[] = [];
  elsewhere.answer = (_, { authorization }) => {
    authorizations.push(authorization);
    return {};
  };
  asked.answer = ({ url }) =>
    url === '/v2/members'
      ? {
          body: {
            members: [{ id: '1', name: 'x\x1b[2J', clientURLs: [elsewhere.url, 'no url'], peerURLs: [elsewhere.url] }],
          },
        }
      : { status: 404 };
  try {
    await check(['security', '--url', asked.url], { ETCDCTL_USER: 'root:geheim' });
  } finally {
    asked.stop();
    elsewhere.stop();
  }
  expect(authorizations.length).toBeGreaterThan(1);
  expect(new Set(authorizations)).toEqual(new Set([undefined]));
  expect(output.text()).not.toMatch(/geheim|\x1b/);
});

describe('ports that do what no member does', () => {
  const raw = new RawServer();
  beforeAll(() => raw.start());
  afterAll(() => {
    raw.stop();
  });
  const ask = () => probe({ url: raw.url, path: '/version', dial: dialAnybody(), timeoutMs: 500 });

  test.each<[string, string]>([
    ['closes', ''],
    ['speaks something else', 'SSH-2.0\r\n'],
    ['has headers without end', `HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(20_000)}`],
    ['upgrades', 'HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
  ])('one that %s has not answered', async (_, text) => {
    raw.answer = ({ socket }) => socket.end(text);
    expect((await ask()).kind).toBe('refused');
  });

  test('one that is silent was not seen: nobody can say that it refuses anything', async () => {
    raw.answer = () => undefined;
    expect(await ask()).toEqual({ kind: 'unreachable', why: 'no answer within 0.5 s' });
  });

  // As the kernel of a member that stands still does, or a tunnel whose other end is away.
  test.each(['says nothing', 'closes', 'resets'])('nor one that takes a connection for TLS and %s', async (how) => {
    const server = createServer((socket) => {
      // Read, so that it hears when the other end goes.
      socket.on('error', () => undefined).resume();
      if (how === 'closes') socket.destroy();
      if (how === 'resets') socket.resetAndDestroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const probed = await probe({ url, path: '/version', dial: dialAnybody(), timeoutMs: 500 });
    server.close();
    expect(probed.kind).toBe('unreachable');
  });

  test('one that has hints without end has not answered, and is not waited for', async () => {
    raw.answer = ({ socket }) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000));
    expect(await ask()).toEqual({ kind: 'refused', why: 'more than 16 answers before the answer' });
  });

  test('one that breaks behind its head has, and one where nobody listens is away', async () => {
    raw.answer = ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx');
    expect(await ask()).toMatchObject({ kind: 'answered', status: 200 });
    for (const url of ['http://127.0.0.1:1', 'https://127.0.0.1:1', 'no url', 'ftp://x', 'http://127.0.0.1:99999'])
      expect((await probe({ url, path: '/', dial: dialAnybody(), timeoutMs: 5000 })).kind).toBe('unreachable');
  });
});
