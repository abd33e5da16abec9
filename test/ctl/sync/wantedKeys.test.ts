import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readWantedKeys, WantedKeysError } from '../../../src/ctl/sync/wantedKeys';

jest.mock('node:fs/promises', () => {
  const actual = jest.requireActual<{ lstat: typeof lstat }>('node:fs/promises');
  return { ...actual, lstat: jest.fn(actual.lstat) };
});

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-sync-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function put(name: string, content: string | Buffer): void {
  mkdirSync(dirname(join(directory, name)), { recursive: true });
  writeFileSync(join(directory, name), content);
}

const read = (trimNewline = false) => readWantedKeys(directory, { trimNewline });

test('each file is a key, in the order of their names; what begins with a dot is passed over', async () => {
  put('db/host', 'db1\n');
  put('app.yaml', 'a: 1\r\n\r\n');
  put('.git/config', 'x');
  put('db/.hidden', 'x');
  put('leer', '');
  put('ü ö', '\ufeffbom');
  mkdirSync(join(directory, 'empty'));
  expect(await read()).toEqual([
    { key: '/app.yaml', value: 'a: 1\r\n\r\n' },
    { key: '/db/host', value: 'db1\n' },
    { key: '/leer', value: '' },
    { key: '/ü ö', value: '\ufeffbom' },
  ]);
  expect((await read(true)).map((entry) => ('value' in entry ? entry.value : undefined))).toEqual([
    'a: 1\r\n',
    'db1',
    '',
    '\ufeffbom',
  ]);
});

test('everything that is wrong is told at once, and nothing is taken', async () => {
  put('_secret', 'x');
  put('binary', Buffer.from([0xff, 0xfe]));
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xe9])]), 'latin1');
  symlinkSync('/etc/passwd', join(directory, 'link'));
  put('good', 'x');
  const error = await read().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WantedKeysError);
  const { message } = error as Error;
  for (const words of [
    '_secret: keys whose names begin with _',
    'binary is no UTF-8',
    'its name is no UTF-8',
    'links are not followed',
  ])
    expect(message).toContain(words);
  expect(message).not.toContain('good');
});

test('a directory that is none, or not there, is said', async () => {
  await expect(readWantedKeys(join(directory, 'absent'), { trimNewline: false })).rejects.toThrow(
    'absent is not there',
  );
  put('file', 'x');
  await expect(readWantedKeys(join(directory, 'file'), { trimNewline: false })).rejects.toThrow('file is no directory');
});

test('what takes the place of a file after it was looked at is neither followed nor waited for', async () => {
  put('a', 'x');
  put('b', 'x');
  const real = jest.requireActual<{ lstat: typeof lstat }>('node:fs/promises').lstat;
  const swap = async (path: Parameters<typeof lstat>[0]) => {
    const stats = await real(path);
    rmSync(path);
    symlinkSync('/etc/passwd', path);
    return stats;
  };
  jest.mocked(lstat).mockImplementationOnce(swap).mockImplementationOnce(swap);
  await expect(read()).rejects.toThrow(/a cannot be read: it is a link.*b cannot be read: it is a link/);
});
