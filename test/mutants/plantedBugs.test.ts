/** The list of planted bugs is true of the program as it is now; `npm run mutants` shows that each one is found. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLANTED_BUGS } from './plantedBugs';

const ROOT = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

it.each(PLANTED_BUGS)('$name: its place and its test are there', ({ file, text, test, killedBy }) => {
  expect(read(file).split(text)).toHaveLength(2);
  // Names from a table differ from what stands there in what `%s` becomes.
  const names = [...read(test).matchAll(/\b(?:it|test)(?:\.each\([^)]*\))?\(\s*'([^']+)'/g)].map(([, name]) => name!);
  const isNamed = (name: string): boolean => {
    const parts = name.split('%s').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.+')}$`).test(killedBy);
  };
  expect(names.filter(isNamed)).toHaveLength(1);
});
