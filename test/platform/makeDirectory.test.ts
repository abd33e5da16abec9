import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryError, ensureDirectory, makeDirectory } from '../../src/platform/makeDirectory';

const MODE = 0o700;
let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'cairn-make-directory-'));
});
afterEach(() => {
  rmSync(place, { recursive: true });
});

test('makes those above it too, and tells of each', async () => {
  const path = join(place, 'a', 'b', 'c');
  const parents: string[] = [];
  await makeDirectory(path, MODE, (parent) => {
    parents.push(parent);
    return Promise.resolve();
  });
  expect(statSync(path).mode & 0o777).toBe(MODE);
  expect(parents).toEqual([place, join(place, 'a'), join(place, 'a', 'b')]);
});

test('one that is there is made by nobody', async () => {
  mkdirSync(join(place, 'a'));
  await expect(makeDirectory(join(place, 'a'), MODE)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(ensureDirectory(join(place, 'a'), MODE)).resolves.toBeUndefined();
});

test.each(['/proc/nothing', '/proc/nothing/below'])('says that %s cannot be', async (path) => {
  await expect(ensureDirectory(path, MODE)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('people are told why one cannot be made, and what to do', async () => {
  writeFileSync(join(place, 'file'), '');
  const path = join(place, 'file', 'b');
  const error: unknown = await ensureDirectory(path, MODE).catch((one: unknown) => one);
  expect(directoryError(error, path)).toMatchObject({
    code: 'ENOTDIR',
    message: `the directory ${path} cannot be made: something above it is no directory; name one elsewhere`,
  });
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  expect(directoryError(denied, '/x').message).toContain('this user may not write where it would lie');
  const other = new Error('words');
  expect(directoryError(other, '/x')).toBe(other);
});
