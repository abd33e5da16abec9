import { X509Certificate } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { open as openFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certs } from '../../src/ctl/certs';
import { captureOutput } from './output';

const output = captureOutput();
let directory: string;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'cairn-certs-')), 'made');
});

afterEach(() => {
  rmSync(join(directory, '..'), { recursive: true, force: true });
});

const at = (name: string): string => join(directory, name);
const certificateAt = (name: string): X509Certificate => new X509Certificate(readFileSync(at(name)));
const inDirectory = (...more: string[]): string[] => [`--directory=${directory}`, ...more];

it('makes a CA, a certificate for servers and one for a client, which fit together', async () => {
  expect(await certs(inDirectory('--hosts=cairn.example.com,10.0.1.10,::1', '--years=2'))).toBe(0);
  const [ca, server, client] = [certificateAt('ca.crt'), certificateAt('server.crt'), certificateAt('client.crt')];
  expect(ca.ca).toBe(true);
  for (const certificate of [server, client]) {
    expect(certificate.checkIssued(ca) && certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
  }
  expect(server.checkHost('cairn.example.com')).toBe('cairn.example.com');
  expect(server.checkIP('10.0.1.10')).toBe('10.0.1.10');
  expect(server.checkHost('other.example.com')).toBeUndefined();
  expect(client.subject).toBe('CN=client');
  // serverAuth and clientAuth, and clientAuth alone: whoever has a client's certificate cannot pretend to be a member.
  expect([server.keyUsage, client.keyUsage]).toEqual([
    ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
    ['1.3.6.1.5.5.7.3.2'],
  ]);
  const days = (Date.parse(server.validTo) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(729);
  expect(days).toBeLessThan(731);
});

it.each(['keep', 'discard'])(
  'leaves nothing behind where a file cannot be written whole (--ca-key %s)',
  async (caKey) => {
    const fs = jest.requireActual<{ open: typeof openFile }>('node:fs/promises');
    const { open } = fs;
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const opening = jest.spyOn(fs, 'open').mockImplementation(async (...args) => {
      const file = await open(...args);
      if (String(args[0]).endsWith('server.crt') && args[1] === 'wx') file.writeFile = () => Promise.reject(full);
      return file;
    });
    expect(await certs(inDirectory('--existing=keep', `--ca-key=${caKey}`))).toBe(1);
    opening.mockRestore();
    expect(readdirSync(directory)).toEqual([]);
    expect(await certs(inDirectory('--existing=keep', `--ca-key=${caKey}`))).toBe(0);
  },
);

it('leaves nothing behind where it is stopped between two files', async () => {
  const fs = jest.requireActual<{ open: typeof openFile }>('node:fs/promises');
  const { open } = fs;
  let stop = (): void => undefined;
  const opening = jest.spyOn(fs, 'open').mockImplementation((...args) => {
    if (String(args[0]).endsWith('server.crt') && args[1] === 'wx') stop();
    return open(...args);
  });
  expect(await certs(inDirectory('--existing=keep'), Date.now(), (act) => (stop = act))).toBe(1);
  opening.mockRestore();
  expect(output.text()).toContain('stopped before its end: nothing was made');
  expect(readdirSync(directory)).toEqual([]);
  expect(await certs(inDirectory('--existing=keep'))).toBe(0);
});

it('names each CA differently, so that a message that names one says which', async () => {
  const names = new Set<string>();
  for (const part of ['one', 'two', 'three']) {
    expect(await certs([`--directory=${at(part)}`])).toBe(0);
    names.add(certificateAt(join(part, 'ca.crt')).subject);
  }
  expect([...names]).toEqual(Array(3).fill(expect.stringMatching(/^CN=Cairn trial CA [0-9a-f]{8}$/)));
});

it.each([
  ['--hosts=*.example.com,cairn.example.com', 'https://cairn.example.com:2379'],
  ['--hosts=*.example.com', 'https://NAME.example.com:2379'],
])('names a host that there can be in the lines to copy (%s)', async (hosts, url) => {
  expect(await certs(inDirectory(hosts))).toBe(0);
  expect(output.text()).toContain(`--listen-client-urls ${url} `);
  expect(output.text()).toContain(` ${url}/v2/keys/`);
  expect(output.text()).not.toContain('https://*');
});

it('lets nobody else read the keys', async () => {
  await certs(inDirectory());
  for (const name of ['ca.key', 'server.key', 'client.key']) expect(statSync(at(name)).mode & 0o777).toBe(0o600);
});

it('throws the key of its CA away where that is wanted, so that nobody signs with it again', async () => {
  expect(await certs(inDirectory('--ca-key=discard'))).toBe(0);
  expect(readdirSync(directory).sort()).toEqual(['ca.crt', 'client.crt', 'client.key', 'server.crt', 'server.key']);
  expect(certificateAt('server.crt').verify(certificateAt('ca.crt').publicKey)).toBe(true);
  expect(await certs(inDirectory('--server=other', '--client=another'))).toBe(1);
  expect(output.text()).toContain('only one is there, and both are needed to sign');
  expect(existsSync(at('other.crt'))).toBe(false);
});

it('says how to use them', async () => {
  await certs(inDirectory('--hosts=a.example.com'));
  expect(output.text()).toContain(`--cert-file ${at('server.crt')} --key-file ${at('server.key')}`);
  expect(output.text()).toContain(
    `curl --cacert ${at('ca.crt')} --cert ${at('client.crt')} --key ${at('client.key')} https://a.example.com:2379`,
  );
});

it('signs with the CA that is there', async () => {
  await certs(inDirectory());
  const before = readFileSync(at('ca.crt'), 'utf8');
  expect(await certs(inDirectory('--server=cairn-1', '--client=alice'))).toBe(0);
  expect(readFileSync(at('ca.crt'), 'utf8')).toBe(before);
  expect(certificateAt('alice.crt').verify(certificateAt('ca.crt').publicKey)).toBe(true);
});

it('overwrites nothing', async () => {
  await certs(inDirectory());
  const before = readFileSync(at('client.key'), 'utf8');
  expect(await certs(inDirectory('--server=other'))).toBe(1);
  expect(output.text()).toContain(`${at('client.crt')} is there already`);
  expect(readFileSync(at('client.key'), 'utf8')).toBe(before);
  expect(existsSync(at('other.crt'))).toBe(false);
});

const keeping = (...more: string[]): string[] =>
  inDirectory('--existing=keep', '--hosts=a.example.com,10.0.0.1', ...more);
const contents = (): string[] =>
  ['ca.crt', 'server.crt', 'server.key', 'client.crt', 'client.key'].map((name) => readFileSync(at(name), 'utf8'));

it('can be run again where it shall keep what is there', async () => {
  expect(await certs(keeping())).toBe(0);
  const before = contents();
  expect(await certs(keeping())).toBe(0);
  expect(output.text()).toContain('are there and fit; they are kept');
  expect(contents()).toEqual(before);
});

it('keeps without the key of the CA, and cannot add to what it signed', async () => {
  expect(await certs(keeping('--ca-key=discard'))).toBe(0);
  const before = contents();
  expect(await certs(keeping('--ca-key=discard'))).toBe(0);
  expect(await certs(keeping('--ca-key=discard', '--client=alice'))).toBe(1);
  expect(output.text()).toContain('only one is there, and both are needed to sign');
  expect(contents()).toEqual(before);
});

it('makes only what is missing beside what it keeps', async () => {
  await certs(keeping());
  const before = contents();
  expect(await certs(keeping('--client=alice'))).toBe(0);
  expect(contents()).toEqual(before);
  expect(certificateAt('alice.crt').verify(certificateAt('ca.crt').publicKey)).toBe(true);
});

it.each<[string, () => unknown, string[], string]>([
  ['for other hosts', () => undefined, ['--hosts=a.example.com,b.example.com'], 'is not for b.example.com'],
  ['for other addresses', () => undefined, ['--hosts=10.0.0.2'], 'is not for 10.0.0.2'],
  [
    'of another CA',
    () => {
      rmSync(at('ca.crt'));
      rmSync(at('ca.key'));
    },
    [],
    'was not signed by the CA of ca.crt',
  ],
  [
    'without its key',
    () => {
      rmSync(at('server.key'));
    },
    [],
    'only one is there',
  ],
  [
    'with another key',
    () => {
      copyFileSync(at('client.key'), at('server.key'));
    },
    [],
    'not the certificate of its key',
  ],
  [
    'damaged',
    () => {
      writeFileSync(at('server.crt'), 'x');
    },
    [],
    'has no certificate in PEM form',
  ],
])('keeps no certificate that is %s', async (_, change, more, words) => {
  await certs(keeping());
  change();
  expect(await certs(keeping(...more))).toBe(1);
  expect(output.text()).toContain(words);
});

it('keeps no certificate that has ended', async () => {
  await certs(keeping());
  expect(await certs(keeping(), Date.now() + 366 * 86_400_000)).toBe(1);
  expect(output.text()).toMatch(/server\.crt is there already and was valid until .*; remove it and its key/);
});

it('signs with no CA whose certificate and key do not fit', async () => {
  await certs(inDirectory());
  const other = join(directory, 'other');
  await certs([`--directory=${other}`]);
  copyFileSync(join(other, 'ca.key'), at('ca.key'));
  expect(await certs(inDirectory('--server=a', '--client=b'))).toBe(1);
  expect(output.text()).toContain('ca.crt is not the CA of the ca.key beside it');
  copyFileSync(at('server.crt'), at('ca.crt'));
  copyFileSync(at('server.key'), at('ca.key'));
  expect(await certs(inDirectory('--server=a', '--client=b'))).toBe(1);
  expect(existsSync(at('a.crt'))).toBe(false);
});

it('says where it cannot put anything', async () => {
  expect(await certs(['--directory=/proc/nothing/certs'])).toBe(1);
  expect(output.text()).toContain('ENOENT');
});

it('signs with no half of a CA, and with no key that it did not make', async () => {
  await certs(inDirectory());
  const key = readFileSync(at('ca.key'), 'utf8');
  rmSync(at('ca.key'));
  expect(await certs(inDirectory('--server=a', '--client=b'))).toBe(1);
  expect(output.text()).toContain('only one is there');
  writeFileSync(at('ca.key'), key.replace(/M/g, 'N'));
  expect(await certs(inDirectory('--server=a', '--client=b'))).toBe(1);
  expect(output.text()).toContain('is no key that this command made');
});

it.each([
  ['--hosts=a b'],
  ['--hosts=http://a'],
  ['--hosts=a,,b'],
  ['--server=../a'],
  ['--client=ca'],
  ['--client=server'],
  ['--existing=replace'],
  ['--ca-key=hide'],
])('refuses %s', async (flag) => {
  expect(await certs(inDirectory(flag))).toBe(2);
  expect(existsSync(directory)).toBe(false);
});

test('what is no directory is told in words', async () => {
  mkdirSync(directory);
  writeFileSync(at('file'), '');
  expect(await certs([`--directory=${at('file')}`])).toBe(1);
  expect(output.text()).toContain(`${at('file')} is a file, expected a directory or nothing; name another one`);
});
