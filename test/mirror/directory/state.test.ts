import { appendFileSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../../src/mirror/digest';
import { Disk } from '../../../src/mirror/directory/disk';
import { noteText, readState, readTold, writeTold, type Note } from '../../../src/mirror/directory/state';
import { swapIn } from '../../../src/mirror/directory/swap';

const MODES = { file: 0o644, directory: 0o755 };
const FILES = [
  { path: ['a'], content: 'é' },
  { path: ['db', 'host'], content: 'h' },
];
const NOTE: Note = { index: 7, keys: 2, bytes: 3, digest: digestOf(FILES), made: 'so' };

let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-state-'));
  await swapIn(directory, { files: FILES, note: noteText(NOTE) }, await Disk.at(directory, MODES), 0);
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('a state that is whole is known again', async () => {
  expect(await readState(directory)).toEqual(NOTE);
});

test.each<[string, (data: string) => void]>([
  ['a file that was changed', (data) => writeFileSync(join(data, 'a'), 'è')],
  ['a file that has grown', (data) => appendFileSync(join(data, 'a'), 'x'.repeat(100))],
  ['a file that is gone', (data) => rmSync(join(data, 'db/host'))],
  ['a file too many', (data) => writeFileSync(join(data, 'b'), '')],
  ['something that is no file', (data) => symlinkSync('a', join(data, 'b'))],
  ['no note', (data) => rmSync(join(data, '..mirror.json'))],
  ['a note that is cut', (data) => writeFileSync(join(data, '..mirror.json'), noteText(NOTE).slice(0, 20))],
  ['a note of something else', (data) => writeFileSync(join(data, '..mirror.json'), '{"index":-1}')],
  ['nothing', (data) => rmSync(data)],
])('%s: there is no state to begin with', async (_name, damage) => {
  damage(join(directory, '..data'));
  expect(await readState(directory)).toBeUndefined();
});

test('the digest does not mix up names and contents', () => {
  const one = [{ path: ['a'], content: 'b1 1 cd' }];
  const two = [
    { path: ['a'], content: 'b' },
    { path: ['c'], content: 'd' },
  ];
  expect(digestOf(one)).not.toBe(digestOf(two));
  expect(digestOf([...two].reverse())).toBe(digestOf(two));
  expect(digestOf([{ path: ['a', 'b'], content: '' }])).not.toBe(digestOf([{ path: ['a'], content: '' }]));
});

test('that a state was told is kept', async () => {
  expect(await readTold(directory)).toBeUndefined();
  const disk = await Disk.at(directory, MODES);
  for (const digest of ['one', 'two']) {
    await writeTold(directory, digest, disk);
    expect(await readTold(directory)).toBe(digest);
  }
  expect(readdirSync(directory)).not.toContain('..told_tmp');
});
