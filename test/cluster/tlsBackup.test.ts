/**
 * Backups where everything is on: client ports with TLS and certificates of clients, users, root alone; from members and a proxy, while the
 * leader changes, and while the right is taken away in the middle.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { get as httpsGet } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { SnapshotReading } from '../../src/snapshot/openFile';
import { startFairClock } from '../support/fairClock';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { Cluster } from './cluster';
import { ENTRY, type ClusterMember } from './clusterMember';
import { call, speakTls, type Call } from './httpClient';
import { sleep, until } from './waiting';

const ROOT = 'root:right';
/** Of one of them a save makes several pieces; all of them are so much that it takes a while. */
const LARGE = { count: 8, bytes: 4_000_000 };

let pki: Pki;
let client: CertificateFiles;
let cluster: Cluster;
let proxy: ClusterMember;
let members: readonly ClusterMember[];
let number = 0;
const children: ChildProcess[] = [];

beforeAll(async () => {
  pki = await makePki();
  const own = await pki.issue('member');
  client = await pki.issue('client');
  const files = [`--cert-file=${own.certFile}`, `--key-file=${own.keyFile}`, `--trusted-ca-file=${pki.caFile}`];
  const moreArguments = [...files, '--client-cert-auth', '--max-request-bytes=8388608'];
  const times = { heartbeatIntervalMs: 50, electionTimeoutMs: 500 };
  cluster = await Cluster.place({ size: 3, clientScheme: 'https', moreArguments, ...times });
  const asClient = { ca: pki.ca.certificate, cert: client.certificate, key: client.key };
  for (const each of cluster.members) {
    speakTls(each.clientPort, asClient);
    each.start(cluster.argumentsFor());
  }
  await cluster.healthy();
  const [first] = cluster.members as [ClusterMember];
  await ask(first, 'PUT', '/v2/auth/users/root', { user: 'root', password: 'right' });
  await ask(first, 'PUT', '/v2/auth/users/backup', { user: 'backup', password: 'right', roles: ['root'] });
  await ask(first, 'PUT', '/v2/auth/users/ann', { user: 'ann', password: 'right' });
  await ask(first, 'PUT', '/v2/auth/enable', {});
  members = [...cluster.members];
  const initialCluster = cluster.initialCluster(members);
  proxy = await cluster.makePlace('proxy');
  speakTls(proxy.clientPort, asClient);
  const toMembers = [`--peer-cert-file=${client.certFile}`, `--peer-key-file=${client.keyFile}`];
  proxy.start([
    '--proxy=on',
    `--initial-cluster=${initialCluster}`,
    ...moreArguments,
    ...toMembers,
    `--peer-trusted-ca-file=${pki.caFile}`,
  ]);
  await setLarge(0);
  await until('it forwards', 60_000, async () => (await proxy.get('/health', 2000)).status === 200);
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await cluster?.end();
  pki?.remove();
});

async function ask(member: ClusterMember, method: string, target: string, json: object): Promise<void> {
  await until(target, 60_000, async () => (await request(member, { method, target, json })).status < 300);
}

const request = (member: ClusterMember, asked: Call) => call(member.clientPort, { ...asked, basic: ROOT }, 20_000);

/** Through whoever serves. */
async function set(key: string, value: string): Promise<number> {
  return until(`${key} is written`, 60_000, async () => {
    for (const member of members) {
      if (!member.isRunning) continue;
      const asked = { method: 'PUT', target: `/v2/keys${key}`, form: { value } };
      const answer = await request(member, asked).catch(() => undefined);
      if (answer !== undefined && answer.status < 300) return Number(answer.headers['x-etcd-index']);
    }
    return undefined;
  });
}

const setLarge = (at: number): Promise<number> => set(`/large/${at}`, 'x'.repeat(LARGE.bytes));

const certificates = (): string[] => [
  `--ca-file=${pki.caFile}`,
  `--cert-file=${client.certFile}`,
  `--key-file=${client.keyFile}`,
];

function environment(user: string | undefined): NodeJS.ProcessEnv {
  return { ...process.env, ...(user === undefined ? {} : { ETCDCTL_USER: user }) };
}

function save(from: ClusterMember, user: string | undefined, flags = certificates()) {
  const file = join(cluster.directory, `${number++}.snap`);
  const args = [ENTRY, 'snapshot', 'save', file, `--url=${from.clientUrl}`, ...flags];
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env: environment(user) });
  return { status, said: stdout + stderr, file, isThere: existsSync(file) || existsSync(`${file}.part`) };
}

function verified(path: string): number | null {
  return spawnSync(process.execPath, [ENTRY, 'snapshot', 'verify', path], { encoding: 'utf8' }).status;
}

/** The answer as it comes, not read yet. */
function open(member: ClusterMember, user: string): Promise<IncomingMessage> {
  const options = { host: '127.0.0.1', port: member.clientPort, agent: false, auth: user };
  const tls = { ca: pki.ca.certificate, cert: client.certificate, key: client.key };
  return new Promise((resolve, reject) => {
    httpsGet({ ...options, ...tls, path: '/v2/admin/snapshot' }, resolve).on('error', reject);
  });
}

test('each member and a proxy give it to root with a certificate', () => {
  for (const from of [...members, proxy]) {
    const { status, said, file } = save(from, ROOT);
    expect([from.name, status, said]).toEqual([from.name, 0, expect.stringContaining('it is whole')]);
    expect(verified(file)).toBe(0);
  }
});

test('nobody else gets any of it, and hears why', () => {
  const [member] = members as [ClusterMember];
  for (const from of [member, proxy]) {
    expect(save(from, undefined)).toMatchObject({ status: 1, isThere: false, said: expect.stringContaining('401') });
    expect(save(from, 'root:wrong')).toMatchObject({ status: 1, isThere: false, said: expect.stringContaining('401') });
    expect(save(from, 'ann:right')).toMatchObject({ status: 1, isThere: false, said: expect.stringContaining('401') });
  }
  expect(save(member, ROOT, [`--ca-file=${pki.caFile}`])).toMatchObject({ status: 1, isThere: false });
  expect(save(member, ROOT, [])).toMatchObject({ status: 1, isThere: false });
});

test('a backup follows, from member to member, and leads to every state', async () => {
  const directory = join(cluster.directory, 'followed');
  const userFile = join(cluster.directory, 'user');
  writeFileSync(userFile, ROOT, { mode: 0o600 });
  const urls = members.map(({ clientUrl }) => clientUrl).join(',');
  const args = [ENTRY, 'snapshot', 'follow', directory, `--url=${urls}`, `--user-file=${userFile}`, ...certificates()];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  children.push(child);
  const exited = once(child, 'exit');
  const followed = (index: number): Promise<unknown> =>
    until(`it has followed to ${index}`, 60_000, () => {
      const found = spawnSync(process.execPath, [ENTRY, 'snapshot', 'status', directory, '--output=json'], {
        encoding: 'utf8',
      });
      if (found.status !== 0) return false;
      const { ranges } = JSON.parse(found.stdout) as { ranges: { to: { index: number } }[] };
      return (ranges.at(-1)?.to.index ?? 0) >= index;
    });
  await followed(await set('/small/first', '1'));
  for (const member of members) {
    await member.kill();
    await followed(await set('/small/next', member.name));
    member.start();
    await member.healthy();
  }
  const index = await set('/small/kept', 'kept');
  await followed(await set('/small/kept', 'lost'));
  child.kill('SIGTERM');
  await exited;
  expect([child.exitCode, verified(directory)]).toEqual([0, 0]);
  const dataDir = join(cluster.directory, 'restored');
  const restore = [ENTRY, 'snapshot', 'restore', directory, `--data-dir=${dataDir}`, `--at-index=${index}`];
  expect(spawnSync(process.execPath, restore, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

// Last: each member keeps and checks all of it from then on.
describe('while it is sent', () => {
  beforeAll(async () => {
    for (let at = 1; at < LARGE.count; at++) await setLarge(at);
  });

  test('the leader changes: what comes is whole, and of one moment', async () => {
    const leader = await until('one leads', 60_000, async () => {
      const states = await Promise.all(members.map(async (each) => (await each.self()).state));
      return members[states.indexOf('StateLeader')];
    });
    const from = members.find((each) => each !== leader)!;
    const response = await open(from, ROOT);
    await leader.kill();
    await set('/after/the/leader', 'x');
    const reading = new SnapshotReading({});
    for await (const piece of response) reading.push(piece as Uint8Array);
    expect(reading.finish().totals.keys).toBeGreaterThan(LARGE.count);
    leader.start();
    await leader.healthy();
  });

  test('a right that is taken away ends it within a second, also for who stands still, and nothing is kept', async () => {
    const [from, through] = members as [ClusterMember, ClusterMember];
    const file = join(cluster.directory, 'revoked.snap');
    const args = [ENTRY, 'snapshot', 'save', file, `--url=${from.clientUrl}`, ...certificates()];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment('backup:right'),
    });
    children.push(child);
    let said = '';
    child.stderr.on('data', (data) => (said += String(data)));
    const exited = once(child, 'exit');
    while (!existsSync(`${file}.part`) || statSync(`${file}.part`).size === 0) await sleep(1);
    child.kill('SIGSTOP');
    const response = await open(from, 'backup:right');
    response.on('error', () => undefined);
    response.once('readable', () => undefined);
    const elapsedMs = startFairClock();
    await request(through, {
      method: 'PUT',
      target: '/v2/auth/users/backup',
      json: { user: 'backup', revoke: ['root'] },
    });
    await until(
      'both were cut',
      10_000,
      () => (from.logs().match(/the snapshot was not sent to its end/g) ?? []).length >= 2,
    );
    expect(elapsedMs()).toBeLessThan(1500);
    child.kill('SIGCONT');
    await exited;
    expect(child.exitCode).toBe(1);
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
    expect(said).toContain('nothing was kept');
    response.destroy();
  });
});
