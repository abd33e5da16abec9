/** The program with certificates that it made itself, and the tools that people use: curl, etcdctl, openssl. */
import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { stablePort } from '../support/ports';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import { makeRsaCertificate } from '../tls/support/rsaCertificate';
import { makeCertificate } from '../../src/tls/makeCertificates';

const run = promisify(execFile);
const CAIRN = resolve(__dirname, '../../dist/cairn.js');
const has = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { env: { ...process.env, ETCDCTL_API: '2' } }).status === 0;

let directory: string;
let server: ServerProcess;
let tlsPort: number;
const at = (name: string): string => join(directory, name);

beforeAll(async () => {
  const missing = whyMissing('cairn');
  if (missing !== undefined) throw new Error(missing);
  directory = mkdtempSync(join(tmpdir(), 'cairn-tls-'));
  await run(process.execPath, [CAIRN, 'certs', `--directory=${directory}`, '--hosts=127.0.0.1,localhost']);
  const clientPort = await stablePort();
  tlsPort = await stablePort();
  server = await ServerProcess.start('cairn', {
    clientPort,
    moreArguments: [
      // http and https beside each other.
      `--listen-client-urls=http://127.0.0.1:${clientPort},https://127.0.0.1:${tlsPort}`,
      ...[`--cert-file=${at('server.crt')}`, `--key-file=${at('server.key')}`],
      ...['--client-cert-auth', `--trusted-ca-file=${at('ca.crt')}`],
    ],
  });
});

afterAll(async () => {
  await server.remove();
  rmSync(directory, { recursive: true, force: true });
});

const url = (path: string): string => `https://127.0.0.1:${tlsPort}${path}`;
const ifThere = (isThere: boolean): typeof it => (isThere ? it : it.skip);

describe('curl, as in the documents of etcd 0.1', () => {
  const curl = async (...args: string[]): Promise<string> => (await run('curl', ['-sS', ...args])).stdout;
  const shown = (): string[] => ['--cacert', at('ca.crt'), '--cert', at('client.crt'), '--key', at('client.key')];
  const test = ifThere(has('curl', '--version'));

  test('writes with -d and with -F, and reads', async () => {
    expect(await curl(...shown(), url('/v2/keys/foo'), '-XPUT', '-d', 'value=bar')).toContain('"value":"bar"');
    expect(await curl(...shown(), url('/v2/keys/foo'), '-XPUT', '-F', 'value=baz')).toContain('"value":"baz"');
    expect(await curl(...shown(), url('/v2/keys/foo'))).toContain('"value":"baz"');
  });

  test('gets nothing without a certificate, and not without the CA', async () => {
    await expect(curl('--cacert', at('ca.crt'), url('/v2/keys/foo'))).rejects.toThrow(/alert|certificate required/i);
    await expect(curl(...shown().slice(2), url('/v2/keys/foo'))).rejects.toThrow(/certificate/i);
  });
});

ifThere(has('etcdctl', '--version'))('etcdctl writes and reads', async () => {
  const flags = ['--endpoints', url(''), '--ca-file', at('ca.crt'), '--cert-file', at('client.crt')];
  const env = { ...process.env, ETCDCTL_API: '2' };
  const etcdctl = (...args: string[]) => run('etcdctl', [...flags, '--key-file', at('client.key'), ...args], { env });
  expect((await etcdctl('set', '/from', 'etcdctl')).stdout).toBe('etcdctl\n');
  expect((await etcdctl('get', '/from')).stdout).toBe('etcdctl\n');
});

describe('openssl s_client', () => {
  const test = ifThere(has('openssl', 'version'));
  const probe = (port: number, ...args: string[]): string => {
    const client = ['-cert', at('client.crt'), '-key', at('client.key'), '-CAfile', at('ca.crt')];
    const line = ['s_client', '-connect', `127.0.0.1:${port}`, ...client, ...args];
    const { stdout } = spawnSync('openssl', line, { input: '', encoding: 'utf8' });
    return /^New, (TLSv1\.\d), Cipher is (\S+)/m.exec(stdout)?.slice(1).join(' ') ?? 'none';
  };

  test.each([
    [['-tls1_3'], /^TLSv1\.3 TLS_AES_/],
    [['-tls1_2'], /^TLSv1\.2 ECDHE-ECDSA-.*(GCM|POLY1305)/],
    [['-tls1_1', '-cipher', 'ALL@SECLEVEL=0'], /^none$/],
    [['-tls1', '-cipher', 'ALL@SECLEVEL=0'], /^none$/],
    [['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA'], /^none$/],
  ])('%j', (args, expected) => {
    expect(probe(tlsPort, ...args)).toMatch(expected);
  });

  // With a certificate of `cairn certs`, which is not of RSA, suites without forward secrecy are refused whatever is allowed.
  describe('where the certificate is one of RSA', () => {
    let withRsa: ServerProcess;
    let rsaPort: number;

    beforeAll(async () => {
      const [authority, key] = ['ca.crt', 'ca.key'].map((name) => readFileSync(at(name), 'utf8'));
      const made = await makeRsaCertificate('rsa', { certificate: authority ?? '', key: key ?? '' });
      writeFileSync(at('rsa.crt'), made.certificate);
      writeFileSync(at('rsa.key'), made.key);
      const clientPort = await stablePort();
      rsaPort = await stablePort();
      withRsa = await ServerProcess.start('cairn', {
        clientPort,
        moreArguments: [
          `--listen-client-urls=http://127.0.0.1:${clientPort},https://127.0.0.1:${rsaPort}`,
          ...[`--cert-file=${at('rsa.crt')}`, `--key-file=${at('rsa.key')}`],
        ],
      });
    });

    afterAll(() => withRsa.remove());

    test.each([
      ['ECDHE-RSA-AES128-GCM-SHA256', 'TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256'],
      ['AES128-GCM-SHA256', 'none'],
      ['ECDHE-RSA-AES128-SHA', 'none'],
    ])('%s', (cipher, expected) => {
      expect(probe(rsaPort, '-tls1_2', '-cipher', cipher)).toBe(expected);
    });
  });
});

it('takes new certificates under load, without a failed request', async () => {
  const [ca, cert, key] = ['ca.crt', 'client.crt', 'client.key'].map((name) => readFileSync(at(name), 'utf8'));
  const agents = [
    new Agent({ keepAlive: true, ca, cert, key }),
    new Agent({ keepAlive: false, maxCachedSessions: 0, ca, cert, key }),
  ];
  const failures: string[] = [];
  const serials = new Set<string>();
  let isOver = false;
  const ask = (agent: Agent): Promise<void> =>
    new Promise((done) => {
      const asked = request(url('/v2/keys/load'), { agent, method: 'PUT' }, (response) => {
        if (response.statusCode !== 200 && response.statusCode !== 201) failures.push(String(response.statusCode));
        response.resume();
        response.on('end', done);
      });
      asked.on('socket', (socket) => {
        if (asked.reusedSocket || !(socket instanceof TLSSocket)) return;
        socket.once('secureConnect', () => {
          // A session that is resumed shows no certificate.
          const { serialNumber } = socket.getPeerCertificate() as { serialNumber?: string };
          if (serialNumber !== undefined) serials.add(serialNumber);
        });
      });
      asked.on('error', (error) => {
        failures.push(error.message);
        done();
      });
      asked.end();
    });
  const clients = agents.flatMap((agent) =>
    [1, 2].map(async () => {
      while (!isOver) await ask(agent);
    }),
  );
  while (serials.size === 0) await new Promise((wake) => setTimeout(wake, 20));
  const authority = { certificate: ca ?? '', key: readFileSync(at('ca.key'), 'utf8') };
  const wish = { commonName: 'renewed', hosts: ['127.0.0.1'], years: 1, nowMs: Date.now() };
  const renewed = await makeCertificate(wish, authority);
  writeFileSync(at('server.key'), renewed.key);
  writeFileSync(at('server.crt'), renewed.certificate);
  const deadlineMs = Date.now() + 30_000;
  while (serials.size < 2 && Date.now() < deadlineMs) await new Promise((wake) => setTimeout(wake, 100));
  isOver = true;
  await Promise.all(clients);
  for (const agent of agents) agent.destroy();
  expect([failures, serials.size]).toEqual([[], 2]);
});

it.each([
  ['a missing file', (): [string, string] => ['/nowhere.crt', at('server.key')], 'there is no such file'],
  [
    'a key of another certificate',
    (): [string, string] => [at('client.crt'), at('ca.key')],
    'does not fit the certificate',
  ],
  [
    'something else than PEM',
    (): [string, string] => {
      copyFileSync(CAIRN, at('program.crt'));
      return [at('program.crt'), at('client.key')];
    },
    'in PEM form',
  ],
])('ends with code 2 and one line for %s', (_, files, reason) => {
  const [cert, key] = files();
  const args = ['--listen-client-urls=https://127.0.0.1:1', '--advertise-client-urls=https://127.0.0.1:1'];
  const line = [CAIRN, `--data-dir=${at('unused')}`, ...args, `--cert-file=${cert}`, `--key-file=${key}`];
  const { status, stderr } = spawnSync(process.execPath, line, { encoding: 'utf8', timeout: 30_000 });
  expect(status).toBe(2);
  expect(stderr.split('\n').filter((text) => text.includes(reason))).toHaveLength(1);
});
