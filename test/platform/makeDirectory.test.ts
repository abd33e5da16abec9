import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryError, ensureDirectory, ensureNamedDirectory, makeDirectory } from '../../src/platform/makeDirectory';

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

test('one that somebody named has its mode whatever the umask, and is left as it is where it was before', async () => {
  const [above, named] = [join(place, 'above'), join(place, 'above', 'named')];
  const modeOf = (path: string): number => statSync(path).mode & 0o7777;
  const before = process.umask(0o077);
  try {
    await ensureNamedDirectory(named, 0o755);
    expect([modeOf(above), modeOf(named)]).toEqual([0o700, 0o755]);
    chmodSync(named, 0o710);
    await ensureNamedDirectory(named, 0o755);
    expect(modeOf(named)).toBe(0o710);
    // A group that a directory hands down, as with fsGroup of Kubernetes.
    chmodSync(above, 0o2770);
    await ensureNamedDirectory(join(above, 'other'), 0o750);
    expect(modeOf(join(above, 'other'))).toBe(0o2750);
  } finally {
    process.umask(before);
  }
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
