import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReadyFile } from '../../src/mirror/readyFile';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-ready-'));
  path = join(directory, 'ready');
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('it is there with what was said last, and gone when it is removed, also that of an earlier process', async () => {
  await new ReadyFile(path).say('1\n');
  const file = new ReadyFile(path);
  await file.say('2\n');
  expect([readdirSync(directory), readFileSync(path, 'utf8')]).toEqual([['ready'], '2\n']);
  await file.remove();
  await file.remove();
  expect(readdirSync(directory)).toEqual([]);
});

test('a link that somebody put in its way is not written through', async () => {
  const victim = join(directory, 'victim');
  writeFileSync(victim, 'untouched');
  for (const name of ['ready', 'ready.tmp']) symlinkSync(victim, join(directory, name));
  await new ReadyFile(path).say('7\n');
  expect([readFileSync(victim, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['untouched', '7\n']);
  expect(readdirSync(directory).sort()).toEqual(['ready', 'victim']);
});
