import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NewFile } from '../../src/ctl/newFile';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-new-file-'));
  path = join(directory, 'file');
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('a file that came meanwhile stays, and nothing else does', async () => {
  const file = await NewFile.begin(path, false);
  await file.write(Buffer.from('ours'));
  writeFileSync(path, 'theirs');
  await expect(file.finish()).rejects.toThrow('is there already');
  await file.abandon();
  expect(readdirSync(directory)).toEqual(['file']);
  expect(readFileSync(path, 'utf8')).toBe('theirs');
});

test('a directory that came meanwhile stays, and nothing else does', async () => {
  const file = await NewFile.begin(path, true);
  mkdirSync(path);
  await expect(file.finish()).rejects.toThrow('is a directory, expected a file or nothing');
  await file.abandon();
  expect(readdirSync(directory)).toEqual(['file']);
});

test('what another process has put in its place is not removed', async () => {
  const file = await NewFile.begin(path, false);
  rmSync(`${path}.part`);
  writeFileSync(`${path}.part`, 'theirs');
  await expect(file.finish()).rejects.toThrow('another process has put its own file');
  await file.abandon();
  expect(readFileSync(`${path}.part`, 'utf8')).toBe('theirs');
  expect(readdirSync(directory)).toEqual(['file.part']);
});
