/** That what the chart makes for TLS and auth is what Cairn takes: looked at, and then used by a member and by the commands beside it. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../src/config/load';
import { stablePort } from '../support/ports';
import { parse } from 'yaml';
import { describeWithHelm, find, NEW, readRoot, render, type Manifest } from './chart';
import { environmentOf } from './environment';

const BUILD = { version: '0.0.0', nodeVersion: 'v20.19.0', platform: 'linux/x64' };
const ENTRY = join(__dirname, '../../dist/cairn.js');

function filesOf(valueSet: string, secret = '-tls'): Record<string, string> {
  const { data } = find(render(valueSet, NEW), 'Secret', secret);
  const files = Object.entries(data as Record<string, string>);
  return Object.fromEntries(files.map(([name, text]) => [name, Buffer.from(text, 'base64').toString('utf8')]));
}

const memberOf = (valueSet: string): Manifest =>
  find(render(valueSet, NEW), 'StatefulSet').spec.template.spec.containers[0];

describeWithHelm('the certificate that the chart makes', () => {
  let files: Record<string, string>;
  beforeAll(() => {
    files = filesOf('tls-chart');
  });

  it('is for both directions, of its CA, for every name of a member, and has its key', () => {
    const certificate = new X509Certificate(files['tls.crt']!);
    const ca = new X509Certificate(files['ca.crt']!);
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(files['tls.key']!))).toBe(true);
    expect(certificate.keyUsage).toEqual(expect.arrayContaining(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']));
    const hosts = [
      'rel-cairn',
      'rel-cairn.apps',
      'rel-cairn.apps.svc',
      'rel-cairn-7.rel-cairn-headless.apps.svc.cluster.local',
    ];
    expect(hosts.filter((host) => certificate.checkHost(host) === undefined)).toEqual([]);
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkHost('rel-cairn.other.svc')).toBeUndefined();
  });

  it('has the common name that members take each other by', () => {
    const outcome = loadConfiguration([], environmentOf(memberOf('tls-chart'), 'rel-cairn-0'), () => '', BUILD);
    if (outcome.kind !== 'run') throw new Error(JSON.stringify(outcome));
    const [, commonName] = /CN=(.*)/.exec(new X509Certificate(files['tls.crt']!).subject) ?? [];
    expect(outcome.configuration).toMatchObject({ peerCertAllowedCn: [commonName], peerClientCertAuth: true });
  });
});

describeWithHelm('the example of docs/security.md', () => {
  const [, example = ''] = /### With the chart[^]*?```yaml\n([^]*?)```/.exec(readRoot('docs/security.md')) ?? [];
  const rendered = render('hardened', NEW);

  it('is what is rendered here, but for what the sentence after it adds', () => {
    const { scaleDown, config, ...rest } = parse(readRoot('test/helm/values/hardened.yaml'));
    expect(parse(example)).toEqual({ ...rest, config: { 'audit-log': config['audit-log'] } });
    expect({ scaleDown, place: config['operator-routes'] }).toEqual({
      scaleDown: { enabled: false },
      place: 'metrics',
    });
  });

  it('demands certificates at both ports, of members one with their name, and has an audit log', () => {
    const environment = environmentOf(memberOf('hardened'), 'rel-cairn-0', { token: '0'.repeat(32) });
    const outcome = loadConfiguration([], environment, () => '', BUILD);
    if (outcome.kind !== 'run') throw new Error(JSON.stringify(outcome));
    expect(outcome.configuration).toMatchObject({
      ...{ clientCertAuth: true, peerClientCertAuth: true, peerCertAllowedCn: ['rel-cairn'] },
      ...{ auditLog: '-', operatorRoutes: 'metrics' },
    });
    const { listenClientUrls, listenPeerUrls } = outcome.configuration;
    expect([...listenClientUrls, ...listenPeerUrls].map(({ scheme }) => scheme)).toEqual(['https', 'https']);
  });

  it('lets only whom it names to any port, and drains where operators are served', () => {
    const { spec } = find(rendered, 'NetworkPolicy', 'rel-cairn');
    for (const { from } of spec.ingress) expect(from.length).toBeGreaterThan(0);
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(memberOf('hardened').lifecycle.preStop.exec.command).toContain('--url=http://127.0.0.1:2381');
  });
});

describeWithHelm('the probes', () => {
  const probeOf = (valueSet: string): Manifest => memberOf(valueSet).readinessProbe.httpGet;

  it.each([
    ['default', { port: 'client', scheme: 'HTTP' }],
    ['tls-chart', { port: 'client', scheme: 'HTTPS' }],
    ['tls-peers-only', { port: 'client', scheme: 'HTTP' }],
    ['tls-cert-manager', { port: 'metrics', scheme: 'HTTP' }],
    ['hardened', { port: 'metrics', scheme: 'HTTP' }],
  ])('of the value set %s ask a port that answers without a certificate', (valueSet, expected) => {
    expect(probeOf(valueSet)).toMatchObject(expected);
  });
});

describeWithHelm('a member with what the chart gives it', () => {
  const VALUE_SET = 'auth';
  let place: string;
  let member: ChildProcess | undefined;

  /** Where the pods have /etc/cairn. */
  const moved = (text: string): string => text.replaceAll('/etc/cairn', place);

  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'cairn-chart-'));
    const access = find(render(VALUE_SET, NEW), 'ConfigMap', '-access').data as Record<string, string>;
    const folders = {
      tls: filesOf(VALUE_SET),
      // The second user's password is in a Secret that somebody else made.
      auth: { ...filesOf(VALUE_SET, '-auth'), 'user-backup': 'backup-password' },
      access: { 'access.yaml': moved(access['access.yaml']!) },
    };
    for (const [folder, files] of Object.entries(folders)) {
      // As the chart mounts secrets.
      mkdirSync(join(place, folder));
      for (const [name, text] of Object.entries(files)) writeFileSync(join(place, folder, name), text, { mode: 0o440 });
    }
  });

  afterAll(async () => {
    if (member?.exitCode === null) {
      const ended = new Promise((done) => member?.once('exit', done));
      member.kill('SIGKILL');
      await ended;
    }
    rmSync(place, { recursive: true, force: true });
  });

  /** As in the pod, but for addresses of this machine and files of this test. */
  function here(environment: Record<string, string>): NodeJS.ProcessEnv {
    const there = Object.entries(environment).map(([name, value]): [string, string] => [name, moved(value)]);
    return { PATH: process.env['PATH'], ...Object.fromEntries(there) };
  }

  it('serves over TLS; the hooks of the chart switch auth on, check it, and prepare its stop', async () => {
    const [clientPort, peerPort] = [await stablePort(), await stablePort()];
    const url = `https://127.0.0.1:${clientPort}`;
    const container = memberOf(VALUE_SET);
    const urls = {
      ETCD_DATA_DIR: join(place, 'data'),
      ETCD_LISTEN_CLIENT_URLS: url,
      ETCD_ADVERTISE_CLIENT_URLS: url,
      ETCD_LISTEN_PEER_URLS: `https://127.0.0.1:${peerPort}`,
      ETCD_INITIAL_ADVERTISE_PEER_URLS: `https://127.0.0.1:${peerPort}`,
      ETCD_INITIAL_CLUSTER: `rel-cairn-0=https://127.0.0.1:${peerPort}`,
      ETCD_INITIAL_CLUSTER_STATE: 'new',
      ETCD_DISCOVERY: '',
      ETCD_JOIN_URLS: '',
    };
    const environment = here({ ...environmentOf(container, 'rel-cairn-0', { token: '0'.repeat(32) }), ...urls });
    member = spawn(process.execPath, [ENTRY], { env: environment, stdio: 'ignore' });
    const ca = filesOf(VALUE_SET)['ca.crt']!;
    const status = (path: string, user?: string): Promise<number | undefined> => statusOf(clientPort, ca, path, user);
    await until(async () => (await status('/readyz')) === 200);

    const hook = find(render(VALUE_SET, NEW), 'Job', '-auth').spec.template.spec.containers[0];
    const words = hook.args.map((word: string) => moved(word).replace(/^--url=.*/, `--url=${url}`));
    const switchOn = (): unknown => run(words, here(environmentOf(hook, 'auth')));
    expect(switchOn()).toMatchObject({ status: 0, said: expect.stringContaining('auth is on') });
    expect(switchOn()).toEqual({
      status: 0,
      said: 'wrote the password of the user app\nwrote the password of the user backup\n',
    });
    const { root = '', 'user-app': password = '' } = filesOf(VALUE_SET, '-auth');
    const statuses = [
      await status('/v2/keys/app/a'),
      await status('/v2/keys/app/a', `app:${password}`),
      await status('/v2/keys/public/a'),
      await status('/v2/keys/other', 'backup:backup-password'),
      await status('/v2/keys/other', root),
    ];
    expect(statuses).toEqual([401, 404, 404, 401, 404]);

    const pod = find(render(VALUE_SET, NEW), 'Pod', '-check').spec.containers[0];
    const check = ['check', `--url=${url}`, '--members=1'];
    expect(run(check, here(environmentOf(pod, 'check')))).toMatchObject({ status: 0 });
    const [, ...prestop] = container.lifecycle.preStop.exec.command;
    expect(run([...prestop, '--seconds=0'], environment)).toMatchObject({
      status: 0,
      said: expect.not.stringContaining('user'),
    });
  }, 120_000);
});

function run(args: readonly string[], env: NodeJS.ProcessEnv): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...args], {
    env,
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, said: stdout + stderr };
}

function statusOf(port: number, ca: string, path: string, user?: string): Promise<number | undefined> {
  const auth = user === undefined ? {} : { auth: user };
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, ca, path, timeout: 10_000, ...auth }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', () => {
      resolve(undefined);
    });
    asked.end();
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error('the member was not ready in time');
    await new Promise((done) => setTimeout(done, 50));
  }
}
