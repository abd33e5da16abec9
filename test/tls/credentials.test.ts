import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Credentials } from '../../src/tls/credentials';
import type { CertificateFiles, Pki } from './support/pki';
import { longAgoMs, makePki } from './support/pki';

const DAY_MS = 86_400_000;

let pki: Pki;
let first: CertificateFiles;
let second: CertificateFiles;
let volume: string;
let lines: { level: string; text: string }[];
let nowMs: number;

beforeAll(async () => {
  pki = await makePki();
  [first, second] = await Promise.all([pki.issue('first'), pki.issue('second')]);
});

afterAll(() => {
  pki.remove();
});

/** As Kubernetes mounts a secret: files are links through `..data`, which is moved in one step. */
function mount(name: string, certificate: string, key: string): void {
  const generation = join(volume, `..${name}`);
  mkdirSync(generation, { recursive: true });
  writeFileSync(join(generation, 'tls.crt'), certificate, { mode: 0o600 });
  writeFileSync(join(generation, 'tls.key'), key, { mode: 0o600 });
  symlinkSync(`..${name}`, join(volume, '..data_tmp'));
  renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
}

beforeEach(() => {
  volume = join(pki.directory, 'volume');
  rmSync(volume, { recursive: true, force: true });
  mkdirSync(volume);
  mount('1', first.certificate, first.key);
  for (const name of ['tls.crt', 'tls.key']) symlinkSync(join('..data', name), join(volume, name));
  lines = [];
  nowMs = Date.now();
});

let check: (() => void) | undefined;

function open(files: { cert: string; key: string } = { cert: join(volume, 'tls.crt'), key: join(volume, 'tls.key') }) {
  const line = (level: string) => (fieldsOrText: unknown, text?: string) => {
    lines.push({ level, text: text ?? String(fieldsOrText) });
  };
  return Credentials.open({
    side: 'client',
    files: {
      certificate: { option: '--cert-file', path: files.cert },
      key: { option: '--key-file', path: files.key },
      authorities: { option: '--trusted-ca-file', path: pki.caFile },
    },
    rules: { ownSignedByAuthorities: true },
    clock: {
      now: () => nowMs,
      every: (_, run) => {
        check = run;
        return () => {
          check = undefined;
        };
      },
    },
    log: { info: line('info'), warn: line('warn') } as never,
  });
}

it('takes a secret that moved, and tells who listens', async () => {
  const credentials = await open();
  const before = credentials.current;
  const told: unknown[] = [];
  credentials.onChange((material) => told.push(material));
  await credentials.look();
  expect(credentials.current).toBe(before);
  mount('2', second.certificate, second.key);
  await credentials.look();
  expect(credentials.current.own?.subject).toBe('CN=second');
  expect(told).toEqual([credentials.current]);
  expect(lines).toEqual([{ level: 'info', text: expect.stringContaining('files have changed') as string }]);
});

it('looks by itself, until it is told to stop', async () => {
  const credentials = await open();
  const stop = credentials.watch();
  expect(check).toBeDefined();
  stop();
  expect(check).toBeUndefined();
});

it('waits for the second file of two that are written one after the other', async () => {
  const credentials = await open({ cert: first.certFile, key: first.keyFile });
  writeFileSync(first.certFile, second.certificate);
  await credentials.look();
  writeFileSync(first.keyFile, second.key);
  await credentials.look();
  expect(credentials.current.own?.subject).toBe('CN=second');
  expect(lines.map(({ level }) => level)).toEqual(['info']);
  writeFileSync(first.certFile, first.certificate);
  writeFileSync(first.keyFile, first.key);
});

it.each([
  ['is no certificate', () => ['hello', second.key] as const, /has no certificate in PEM form/],
  ['has another key', () => [second.certificate, first.key] as const, /does not fit the certificate "second"/],
])('refuses a new one that %s, says so once, and keeps the old one', async (_, texts, reason) => {
  const credentials = await open();
  const before = credentials.current;
  const [certificate, key] = texts();
  mount('2', certificate, key);
  for (let looks = 0; looks < 4; looks++) await credentials.look();
  expect(credentials.current).toBe(before);
  expect(lines.map(({ level }) => level)).toEqual(['warn']);
  expect(lines[0]?.text).toMatch(/^TLS: changed files are refused and the old ones stay: /);
  expect(lines[0]?.text).toMatch(reason);
  mount('3', second.certificate, second.key);
  await credentials.look();
  expect(credentials.current.own?.subject).toBe('CN=second');
});

it('keeps what it has when an expired one comes, and when the files go', async () => {
  const credentials = await open();
  const old = await pki.issue('old', { nowMs: longAgoMs() });
  mount('2', old.certificate, old.key);
  for (let looks = 0; looks < 3; looks++) await credentials.look();
  rmSync(join(volume, '..data'));
  for (let looks = 0; looks < 3; looks++) await credentials.look();
  expect(credentials.current.own?.subject).toBe('CN=first');
  expect(lines.map(({ text }) => text)).toEqual([
    expect.stringMatching(/has expired/),
    expect.stringMatching(/there is no such file/),
  ]);
});

it('warns of the end once a day, from a month before on', async () => {
  const credentials = await open();
  const warnings = (): number => lines.filter(({ text }) => /a certificate ends in \d+ days/.test(text)).length;
  nowMs += 300 * DAY_MS;
  await credentials.look();
  expect(warnings()).toBe(0);
  nowMs += 40 * DAY_MS;
  await credentials.look();
  await credentials.look();
  expect(warnings()).toBe(1);
  nowMs += DAY_MS;
  await credentials.look();
  expect(warnings()).toBe(2);
  nowMs += 30 * DAY_MS;
  await credentials.look();
  expect(lines.at(-1)?.text).toMatch(/a certificate has expired/);
});
