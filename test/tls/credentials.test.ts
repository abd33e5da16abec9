import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Credentials } from '../../src/tls/credentials';
import type { CertificateFiles, Pki } from './support/pki';
import { longAgoMs, makePki, withoutDate } from './support/pki';

const DAY_MS = 86_400_000;

let pki: Pki;
let first: CertificateFiles;
let second: CertificateFiles;
let volume: string;
let lines: { level: string; text: string }[];
let nowMs: number;
let keyMode: number;
let nowFails: boolean;

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
  writeFileSync(join(generation, 'tls.key'), key, { mode: keyMode });
  symlinkSync(`..${name}`, join(volume, '..data_tmp'));
  renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
}

beforeEach(() => {
  keyMode = 0o600;
  nowFails = false;
  volume = join(pki.directory, 'volume');
  rmSync(volume, { recursive: true, force: true });
  mkdirSync(volume);
  mount('1', first.certificate, first.key);
  for (const name of ['tls.crt', 'tls.key']) symlinkSync(join('..data', name), join(volume, name));
  lines = [];
  nowMs = Date.now();
});

let check: (() => void) | undefined;

interface Paths {
  readonly cert: string;
  readonly key: string;
  readonly crl?: string;
}

function open(files: Paths = { cert: join(volume, 'tls.crt'), key: join(volume, 'tls.key') }) {
  const line = (level: string) => (fieldsOrText: unknown, text?: string) => {
    lines.push({ level, text: text ?? String(fieldsOrText) });
  };
  return Credentials.open({
    side: 'client',
    files: {
      certificate: { option: '--cert-file', path: files.cert },
      key: { option: '--key-file', path: files.key },
      authorities: { option: '--trusted-ca-file', path: pki.caFile },
      revoked: files.crl === undefined ? undefined : { option: '--client-crl-file', path: files.crl },
    },
    rules: { ownSignedByAuthorities: true },
    clock: {
      now: () => {
        if (nowFails) throw new Error('no time');
        return nowMs;
      },
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
  expect(credentials.current.pem.cert).toBe(second.certificate);
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
  expect(credentials.current.pem.cert).toBe(second.certificate);
  expect(lines.map(({ level }) => level)).toEqual(['info']);
  writeFileSync(first.certFile, first.certificate);
  writeFileSync(first.keyFile, first.key);
});

it.each([
  ['is no certificate', () => ['hello', second.key] as const, /has no certificate in PEM form/],
  [
    'does not say when it ends',
    () => [withoutDate(second.certificate, 1), second.key] as const,
    /has a date that is none/,
  ],
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
  expect(credentials.current.pem.cert).toBe(second.certificate);
});

it('keeps what it has when an expired one comes, and when the files go', async () => {
  const credentials = await open();
  const old = await pki.issue('old', { nowMs: longAgoMs() });
  mount('2', old.certificate, old.key);
  for (let looks = 0; looks < 3; looks++) await credentials.look();
  rmSync(join(volume, '..data'));
  for (let looks = 0; looks < 3; looks++) await credentials.look();
  expect(credentials.current.pem.cert).toBe(first.certificate);
  expect(lines.map(({ text }) => text)).toEqual([
    expect.stringMatching(/has expired/),
    expect.stringMatching(/there is no such file/),
  ]);
});

it('goes on where looking fails in a way that nobody thought of', async () => {
  const credentials = await open();
  const before = credentials.current;
  nowFails = true;
  await credentials.look();
  await credentials.look();
  nowFails = false;
  expect(credentials.current).toBe(before);
  expect(lines).toEqual([
    {
      level: 'warn',
      text: 'TLS: looking at the files failed, and the certificates in use stay: no time; please report it',
    },
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

describe('a list of revoked certificates', () => {
  const DUE =
    /--client-crl-file ".+": a list of revoked certificates has to be replaced by .+; from then on certificates of its CA/;
  const LATE =
    /--client-crl-file ".+": a list of revoked certificates should have been replaced by .+; until it is, certificates/;
  const warnings = (): string[] => lines.filter(({ level }) => level === 'warn').map(({ text }) => text);
  const openWith = async (days: number): Promise<Credentials> =>
    open({ cert: first.certFile, key: first.keyFile, crl: await pki.revoke([], days) });

  it('is warned of when it is about to end while the process runs, and when it has ended', async () => {
    const credentials = await openWith(7);
    nowMs += 5.9 * DAY_MS;
    await credentials.look();
    expect(warnings()).toEqual([]);
    nowMs += 0.2 * DAY_MS;
    for (let looks = 0; looks < 3; looks++) await credentials.look();
    expect(warnings()).toEqual([expect.stringMatching(DUE)]);
    nowMs += 0.95 * DAY_MS;
    for (let looks = 0; looks < 3; looks++) await credentials.look();
    expect(warnings()).toEqual([expect.stringMatching(DUE), expect.stringMatching(LATE)]);
    nowMs += DAY_MS;
    await credentials.look();
    expect(warnings().slice(2)).toEqual([expect.stringMatching(LATE)]);
    await pki.revoke([], 30);
    await credentials.look();
    nowMs += DAY_MS;
    await credentials.look();
    expect(warnings()).toHaveLength(3);
  });

  it('that lasts for hours is warned of in its last quarter only', async () => {
    // It counts from a day ago on.
    const credentials = await openWith(0.4);
    expect(warnings()).toEqual([]);
    nowMs += 0.1 * DAY_MS;
    await credentials.look();
    expect(warnings()).toEqual([expect.stringMatching(DUE)]);
  });

  it('that has ended before the start is warned of at once', async () => {
    await openWith(-0.5);
    expect(warnings()).toEqual([expect.stringMatching(LATE)]);
  });
});

it.each([
  ['the first', () => Promise.resolve()],
  [
    'a later',
    async (credentials: Credentials) => {
      mount('2', second.certificate, second.key);
      await credentials.look();
    },
  ],
])('warns of %s key that others may read', async (which, change) => {
  chmodSync(join(volume, 'tls.key'), which === 'the first' ? 0o644 : 0o600);
  const credentials = await open();
  keyMode = 0o644;
  await change(credentials);
  expect(lines.filter(({ text }) => /may read or change the key/.test(text))).toHaveLength(1);
});
