/** What the log says of certificates that are put in the place of others while a process runs. */
import { copyFileSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { ProcessTls } from '../../src/app/processTls';
import { loadConfiguration } from '../../src/config/load';
import { until } from '../cluster/waiting';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';

let pki: Pki;
beforeAll(async () => {
  pki = await makePki();
});
afterAll(() => pki.remove());

test('one for other names is warned of as at the start', async () => {
  const [good, bad] = [await pki.issue('good'), await pki.issue('bad', { hosts: ['other.example'] })];
  const [cert, key] = [join(pki.directory, 'used.crt'), join(pki.directory, 'used.key')];
  const use = ({ certFile, keyFile }: CertificateFiles): void => {
    copyFileSync(certFile, cert);
    copyFileSync(keyFile, key);
  };
  use(good);
  const url = 'https://127.0.0.1:2379';
  const outcome = loadConfiguration(
    [
      ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`, `--cert-file=${cert}`, `--key-file=${key}`],
      ...['--listen-peer-urls=https://127.0.0.1:2380', '--initial-advertise-peer-urls=https://127.0.0.1:2380'],
      ...[`--peer-cert-file=${cert}`, `--peer-key-file=${key}`, '--initial-cluster=default=https://127.0.0.1:2380'],
    ],
    {},
    () => '',
    { version: '0', nodeVersion: process.version, platform: 'test' },
  );
  if (outcome.kind !== 'run') throw new Error(JSON.stringify(outcome));
  const lines: string[] = [];
  const tls = await ProcessTls.open(
    outcome.configuration,
    pino({ level: 'warn' }, { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) }),
  );
  const isSaid = (option: string): boolean => lines.some((line) => line.startsWith(`${option} has 127.0.0.1, and the`));
  expect(isSaid('--advertise-client-urls')).toBe(false);
  use(bad);
  try {
    const areSaid = (): boolean => isSaid('--advertise-client-urls') && isSaid('--initial-advertise-peer-urls');
    await until('both are said', 20_000, areSaid).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${lines.join('\n')}`);
    });
  } finally {
    tls.stop();
  }
});

test('that a certificate of its own cannot be kept is an error of the storage, with its directory', async () => {
  const dataDir = join(pki.directory, 'data');
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'tls'), '');
  const url = 'https://127.0.0.1:2380';
  const args = [`--data-dir=${dataDir}`, '--peer-auto-tls', `--listen-peer-urls=${url}`];
  const cluster = [`--initial-advertise-peer-urls=${url}`, `--initial-cluster=default=${url}`];
  const outcome = loadConfiguration([...args, ...cluster], {}, () => '', {
    version: '0',
    nodeVersion: process.version,
    platform: 'test',
  });
  if (outcome.kind !== 'run') throw new Error(JSON.stringify(outcome));
  const tls = await ProcessTls.open(outcome.configuration, pino({ level: 'silent' }));
  await expect(tls.makeOwn()).rejects.toMatchObject({
    name: 'StorageError',
    message: expect.stringContaining(`cannot keep a self-made certificate in the data directory ${dataDir}`) as unknown,
  });
  tls.stop();
});

test('one of its own is kept where the data directory was exchanged between two roles', async () => {
  const dataDir = join(pki.directory, 'exchanged');
  mkdirSync(dataDir);
  const [url, peerUrl] = ['https://127.0.0.1:2379', 'https://127.0.0.1:2380'];
  const outcome = loadConfiguration(
    [
      ...[`--data-dir=${dataDir}`, '--auto-tls', `--listen-client-urls=${url}`, `--advertise-client-urls=${url}`],
      ...['--peer-auto-tls', `--listen-peer-urls=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`],
      `--initial-cluster=default=${peerUrl}`,
    ],
    {},
    () => '',
    { version: '0', nodeVersion: process.version, platform: 'test' },
  );
  if (outcome.kind !== 'run') throw new Error(JSON.stringify(outcome));
  const read = (): readonly string[] =>
    ['client.crt', 'client.key', 'peer.crt', 'peer.key'].map((name) =>
      readFileSync(join(dataDir, 'tls', name), 'utf8'),
    );
  const tls = await ProcessTls.open(outcome.configuration, pino({ level: 'silent' }));
  try {
    await tls.makeOwn();
    const before = read();
    renameSync(dataDir, `${dataDir}.removed-1`);
    mkdirSync(dataDir);
    await tls.makeOwn();
    expect(read()).toEqual(before);
    expect(statSync(join(dataDir, 'tls')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'tls/peer.key')).mode & 0o777).toBe(0o600);
    // What somebody has put there since is his.
    writeFileSync(join(dataDir, 'tls/client.crt'), 'another');
    await tls.makeOwn();
    expect(read()[0]).toBe('another');
  } finally {
    tls.stop();
  }
});

test.each([
  ['a proxy', ['--proxy=on', '--initial-cluster=a=https://b:1'], '--peer-cert-file', '--peer-key-file'],
  ['who asks a discovery service', ['--discovery=https://b:1/t'], '--discovery-cert', '--discovery-key'],
])('a certificate for clients is all that %s dials with, and no other is', async (_, flags, certOption, keyOption) => {
  const doubtsOf = async (onlyFor: 'clientAuth' | 'serverAuth'): Promise<readonly string[]> => {
    const { certFile, keyFile } = await pki.issue('half', { onlyFor });
    const argv = [...flags, `${certOption}=${certFile}`, `${keyOption}=${keyFile}`];
    const build = { version: '0', nodeVersion: process.version, platform: 'test' };
    const outcome = loadConfiguration(argv, {}, () => '', build);
    if (outcome.kind !== 'run') throw new Error(JSON.stringify(outcome));
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    (await ProcessTls.open(outcome.configuration, log)).stop();
    return lines;
  };
  expect(await doubtsOf('clientAuth')).toEqual([]);
  expect(await doubtsOf('serverAuth')).toEqual([expect.stringContaining('lacks clientAuth); who is dialled with it')]);
});
