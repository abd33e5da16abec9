import { execFileSync } from 'node:child_process';
import { constants, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHANGE, openPlainFile, readPlainFile, readPlainFileSync, REPLACE } from '../../src/platform/plainFile';

let directory: string;
let listener: Server;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plain-file-'));
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  writeFileSync(join(directory, 'file'), 'text');
  symlinkSync('file', join(directory, 'link'));
  listener = createServer();
  await new Promise<void>((resolve) => listener.listen(join(directory, 'socket'), resolve));
});

afterAll(() => {
  listener.close();
  rmSync(directory, { recursive: true });
});

test.each([
  ['fifo', 'it is a FIFO, expected a file'],
  ['socket', 'it is a socket, expected a file'],
  ['.', 'it is a directory, expected a file'],
  ['/dev/zero', 'it is a device, expected a file'],
])('%s is not read', async (name, reason) => {
  const path = name.startsWith('/') ? name : join(directory, name);
  expect(() => readPlainFileSync(path)).toThrow(reason);
  await expect(readPlainFile(path)).rejects.toThrow(reason);
});

test('a file is read, also through a link, and written only where it is itself', async () => {
  expect(readPlainFileSync(join(directory, 'link'))).toBe('text');
  expect(await readPlainFile(join(directory, 'file'))).toBe('text');
  await expect(readPlainFile(join(directory, 'none'))).rejects.toThrow('ENOENT');
  for (const flags of [REPLACE, CHANGE]) expect(() => openSync(join(directory, 'link'), flags)).toThrow('ELOOP');
  expect(() => openSync(join(directory, 'fifo'), REPLACE)).toThrow('ENXIO');
  expect(readPlainFileSync(join(directory, 'file'))).toBe('text');
});

test.each([
  ['fifo', 'it is a FIFO, expected a file'],
  ['socket', 'it is a socket, expected a file'],
])('%s is not opened to be written to', async (name, reason) => {
  await expect(openPlainFile(join(directory, name), constants.O_WRONLY)).rejects.toThrow(reason);
});
