/** The README of a folder of src/ names every file in it, by itself or by the folder that it is in. */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const SOURCES = join(__dirname, '../../src');

const folders = readdirSync(SOURCES, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

function unnamed(folder: string): string[] {
  const page = readFileSync(join(SOURCES, folder, 'README.md'), 'utf8');
  // Names stand as code, with or without their ending; an asterisk is for any letters. Pictures name files as plain words.
  const words = page.match(/[\w*./-]+/g) ?? [];
  const names = words.map((word) => word.replace(/\.ts$/, '').replace(/\/$/, ''));
  const patterns = names.filter((name) => /^\w+\*\w*$/.test(name)).map((name) => name.replace('*', ''));
  const files = readdirSync(join(SOURCES, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .filter((file) => {
      if (names.includes(file) || names.includes(basename(file))) return false;
      if (patterns.some((pattern) => file.startsWith(pattern))) return false;
      const above = dirname(file).split('/');
      return !above.some((_, index) => above[0] !== '.' && names.includes(above.slice(0, index + 1).join('/')));
    });
}

test.each(folders)('src/%s/README.md', (folder) => {
  expect(unnamed(folder)).toEqual([]);
});
