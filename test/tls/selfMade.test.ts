import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfMadeFiles } from '../../src/tls/selfMade';

const YEAR_MS = 365 * 86_400_000;
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cairn-self-made-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const wish = {
  commonName: 'infra0 (self-made)',
  hosts: ['localhost', '127.0.0.1', '::1'],
  years: 1,
  nowMs: Date.now(),
};

async function made(overrides: Partial<typeof wish> = {}): Promise<string> {
  const { certificate, key } = await selfMadeFiles(dataDir, 'client', { ...wish, ...overrides });
  expect([certificate.path, key.path]).toEqual([join(dataDir, 'tls/client.crt'), join(dataDir, 'tls/client.key')]);
  return readFileSync(join(dataDir, 'tls/client.crt'), 'utf8');
}

it('makes a certificate for the names, that only the user of the process can read', async () => {
  const certificate = new X509Certificate(await made());
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(statSync(join(dataDir, 'tls')).mode & 0o777).toBe(0o700);
  expect(statSync(join(dataDir, 'tls/client.key')).mode & 0o777).toBe(0o600);
});

it('keeps it', async () => {
  expect(await made()).toBe(await made());
});

it.each([
  ['is in its last tenth', () => made({ nowMs: wish.nowMs + 0.95 * YEAR_MS })],
  ['is not for a new name', () => made({ hosts: [...wish.hosts, 'new.example.com'] })],
  ['has but a longer name', () => made({ hosts: [...wish.hosts, 'local'] })],
  [
    'is damaged',
    () => {
      writeFileSync(join(dataDir, 'tls/client.crt'), 'x');
      return made();
    },
  ],
  [
    'has a key that is damaged',
    () => {
      writeFileSync(join(dataDir, 'tls/client.key'), '');
      return made();
    },
  ],
  [
    'has the key of another one',
    async () => {
      await selfMadeFiles(dataDir, 'peer', wish);
      cpSync(join(dataDir, 'tls/peer.key'), join(dataDir, 'tls/client.key'));
      return made();
    },
  ],
  [
    'has lost its key',
    () => {
      rmSync(join(dataDir, 'tls/client.key'));
      return made();
    },
  ],
])('makes a new one when it %s', async (_, again) => {
  const before = await made();
  expect(await again()).not.toBe(before);
});
