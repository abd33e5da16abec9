/** Where the cluster is, as whom it is asked, and with which certificates. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { srvEndpoints } from '../../../src/ctl/etcdctl/srvEndpoints';
import { FakeServer } from '../../client/fakeServer';
import { makePki, type CertificateFiles, type Pki } from '../../tls/support/pki';
import { Collector, ctlIo, runCtl, type CtlOutcome } from './inProcess';

const EVENT = { action: 'get', node: { key: '/x', value: '1' } };

describe('endpoints', () => {
  const server = new FakeServer();
  beforeAll(() => server.start());
  afterAll(() => {
    server.stop();
  });
  beforeEach(() => {
    server.asked.length = 0;
    server.answer = () => ({ body: EVENT });
  });

  it.each<[string, (host: string) => string[], (host: string) => Record<string, string>]>([
    ['without a scheme', (host) => ['--endpoints', host], () => ({})],
    ['with spaces between them', (host) => ['--endpoints', `http://${host}, http://${host}`], () => ({})],
    ['a flag over a variable', (host) => ['--endpoints', host], () => ({ ETCDCTL_ENDPOINTS: '127.0.0.1:1' })],
    ['an older name', (host) => ['-C', host], () => ({})],
    [
      'the newer variable over the older',
      () => [],
      (host) => ({ ETCDCTL_ENDPOINTS: host, ETCDCTL_ENDPOINT: '127.0.0.1:1' }),
    ],
    ['the oldest variable', () => [], (host) => ({ ETCDCTL_PEERS: `http://${host}/` })],
  ])('%s', async (_, flags, variables) => {
    const { host } = new URL(server.url);
    const outcome = await runCtl(['--no-sync', ...flags(host), 'get', '/x'], { environment: variables(host) });
    expect(outcome).toEqual({ code: 0, stdout: '1\n', stderr: '' });
  });

  it.each(['ftp://a', 'http://', 'a b', 'http://a:99999'])('%s is none', async (endpoint) => {
    const { code, stderr } = await runCtl(['--endpoints', endpoint, 'ls']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^the endpoint ".*" is no URL of a member; write it like /),
    ]);
  });

  it('a member that publishes nothing', async () => {
    server.answer = () => ({ body: { members: [] } });
    const { code, stderr } = await runCtl(['--endpoints', server.url, 'ls']);
    expect([code, stderr]).toEqual([
      4,
      `etcd cluster has no published client endpoints.
Try '--no-sync' if you want to access non-published client endpoints(${server.url}).
Error:  client: no endpoints available
`,
    ]);
  });

  it('who cannot list members may still serve keys', async () => {
    server.answer = ({ url }) => (url === '/v2/members' ? { status: 404, body: '404' } : { body: EVENT });
    expect((await runCtl(['--endpoints', server.url, 'get', '/x'])).stdout).toBe('1\n');
  });

  describe('users', () => {
    let folder: string;
    const authorizations = async (args: string[], environment = {}, stdin = ''): Promise<unknown> => {
      let shown: string | undefined;
      server.answer = (_, { authorization }) => {
        shown = authorization;
        return { body: EVENT };
      };
      const all = ['--no-sync', '--endpoints', server.url, ...args, 'get', '/x'];
      const outcome = await runCtl(all, { environment, stdin: Buffer.from(stdin) });
      expect(outcome.stderr + outcome.stdout).not.toContain('geheim');
      return outcome.code === 0 ? Buffer.from(shown?.slice(6) ?? '', 'base64').toString() : outcome.stderr;
    };
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'cairn-users-'));
      writeFileSync(join(folder, 'good'), 'file:geheim\n', { mode: 0o600 });
      writeFileSync(join(folder, 'bad'), 'geheim');
    });
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    it.each<[string[], Record<string, string>, string, string]>([
      [['-u', 'ann:ge:heim'], {}, '', 'ann:ge:heim'],
      [['--username=ann'], {}, 'geheim\n', 'ann:geheim'],
      [[], { ETCDCTL_USERNAME: 'ann:geheim' }, '', 'ann:geheim'],
      [[], { ETCDCTL_USER: 'bea:geheim' }, '', 'bea:geheim'],
      [['-u', 'ann:'], { ETCDCTL_USERNAME: 'bea:geheim' }, '', 'ann:'],
      [[], {}, '', ''],
    ])('%j %j', async (args, environment, stdin, expected) => {
      expect(await authorizations(args, environment, stdin)).toBe(expected);
    });

    it('a file, which wins over variables and is not quoted', async () => {
      expect(await authorizations(['--user-file', join(folder, 'good')], { ETCDCTL_USER: 'bea:x' })).toBe(
        'file:geheim',
      );
      expect(await authorizations([], { ETCDCTL_USER_FILE: join(folder, 'good') })).toBe('file:geheim');
      expect(await authorizations(['--user-file', join(folder, 'bad')])).toMatch(
        /does not hold one line like NAME:PASSWORD/,
      );
      expect(await authorizations(['--user-file', join(folder, 'none')])).toMatch(/cannot be read: /);
    });
  });
});

describe('--discovery-srv', () => {
  const records: Readonly<Record<string, readonly { name: string; port: number }[]>> = {
    '_etcd-client-ssl._tcp.example': [{ name: 'a.example.', port: 2379 }],
    '_etcd-client._tcp.example': [{ name: 'b.example', port: 4001 }],
    '_etcd-client-ssl._tcp.clumsy': [
      { name: 'a.clumsy.', port: 2379 },
      { name: 'A.clumsy', port: 2379 },
      { name: 'b.clumsy', port: 0 },
      { name: '10.0.0', port: 2379 },
    ],
    '_etcd-client._tcp.clumsy': [{ name: '.', port: 0 }],
    '_etcd-client._tcp.nowhere': [{ name: '.', port: 0 }],
  };
  const none = (code: string): Error => Object.assign(new Error(`querySrv ${code}`), { code });
  let noAnswer = 'ENOTFOUND';
  afterEach(() => {
    noAnswer = 'ENOTFOUND';
  });
  const lookup = (name: string): Promise<readonly { name: string; port: number }[]> =>
    records[name] === undefined ? Promise.reject(none(noAnswer)) : Promise.resolve(records[name]);
  const find = async (domain: string, takesPlain: boolean): Promise<readonly [readonly string[], string]> => {
    const stderr = new Collector();
    const found = await srvEndpoints(
      ctlIo(new Collector(), stderr, {}),
      { domain, takesPlain, instead: '--endpoints' },
      lookup,
    );
    return [found, stderr.text()];
  };

  it('takes those that are encrypted, and others if it is told to', async () => {
    expect(await find('example', false)).toEqual([
      ['https://a.example:2379'],
      'ignoring discovered insecure endpoint "http://b.example:4001"\n',
    ]);
    expect(await find('example', true)).toEqual([['https://a.example:2379', 'http://b.example:4001'], '']);
    expect(await find('', true)).toEqual([[], '']);
  });

  it('takes each once, none that says that nobody serves there, and leaves out those that nobody can reach', async () => {
    const [found, complaints] = await find('clumsy', true);
    expect(found).toEqual(['https://a.clumsy:2379']);
    expect(complaints.trimEnd().split('\n')).toEqual([
      expect.stringContaining(
        'ignoring the SRV record _etcd-client-ssl._tcp.clumsy: "https://b.clumsy:0" has no usable port',
      ),
      expect.stringContaining('"https://10.0.0:2379" has no usable host'),
    ]);
    await expect(find('nowhere', true)).rejects.toThrow('there are no SRV records _etcd-client-ssl._tcp.nowhere');
  });

  it('says which records are missing', async () => {
    for (noAnswer of ['ENOTFOUND', 'ENODATA'])
      await expect(find('elsewhere', true)).rejects.toThrow('there are no SRV records _etcd-client-ssl._tcp.elsewhere');
  });

  it.each(['ETIMEOUT', 'ESERVFAIL', 'ECONNREFUSED'])(
    'calls nothing missing where DNS does not answer: %s',
    async (code) => {
      noAnswer = code;
      await expect(find('elsewhere', true)).rejects.toMatchObject({
        code: 1,
        line: expect.stringMatching(
          `^DNS did not answer .* _etcd-client-ssl._tcp.elsewhere \\(${code}\\), .*--endpoints$`,
        ) as unknown,
      });
    },
  );
});

describe('https', () => {
  let ours: Pki;
  let theirs: Pki;
  let member: CertificateFiles;
  let server: Server;
  let url = '';
  let peers: string[] = [];
  beforeAll(async () => {
    [ours, theirs] = await Promise.all([makePki('ours'), makePki('theirs')]);
    member = await ours.issue('member');
    const options = { cert: member.certificate, key: member.key, ca: ours.ca.certificate };
    server = createServer({ ...options, requestCert: true, rejectUnauthorized: false }, (request, response) => {
      const subject = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate().subject : undefined;
      peers.push(String(subject?.CN ?? 'nobody'));
      response.end(JSON.stringify(EVENT));
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    ours.remove();
    theirs.remove();
  });
  beforeEach(() => {
    peers = [];
  });

  const get = (args: string[], environment = {}): Promise<CtlOutcome> =>
    runCtl(['--no-sync', '--endpoints', url, ...args, 'get', '/x'], { environment });

  it('with a CA and a certificate, by flags and by variables', async () => {
    const user = await ours.issue('ann');
    const files = ['--ca-file', ours.caFile, '--cert-file', user.certFile, '--key-file', user.keyFile];
    expect(await get(files)).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    const variables = {
      ETCDCTL_CA_FILE: ours.caFile,
      ETCDCTL_CERT_FILE: user.certFile,
      ETCDCTL_KEY_FILE: user.keyFile,
    };
    expect((await get([], variables)).code).toBe(0);
    expect((await get(['--cacert', ours.caFile])).code).toBe(0);
    expect(peers).toEqual(['ann', 'ann', 'nobody']);
  });

  it.each(['theirs', 'none'])('nothing is sent to whom the CA (%s) does not vouch for', async (which) => {
    const { code, stderr } = await get(which === 'theirs' ? ['--ca-file', theirs.caFile, '-u', 'a:b'] : ['-u', 'a:b']);
    expect([code, peers]).toEqual([4, []]);
    expect(stderr).toMatch(/^Error: {2}client: etcd cluster is unavailable or misconfigured; error #0: .*certificate/);
  });

  it.each<[string[], string]>([
    [['--ca-file', '/no/such/file'], '/no/such/file'],
    [['--cert-file', '/nope'], 'KeyFile and CertFile must both be present[key: , cert: /nope]'],
    [['--cert-file', '/nope', '--key-file', '/nope'], '/nope'],
  ])('%j', async (args, words) => {
    const { code, stderr } = await get(args);
    expect([code, stderr, peers]).toEqual([1, expect.stringContaining(words), []]);
  });
});
