/** Where a comment says "see x.ts", the file is beside it, or where its path says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SOURCES = join(__dirname, '../../src');
const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

test('pointers from one source file to another lead somewhere', () => {
  const lost: string[] = [];
  let count = 0;
  for (const file of files) {
    const text = readFileSync(join(SOURCES, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/\b[Ss]ee (?:the top of )?([\w./]+\.ts)\b/g)) {
      count += 1;
      const places = [join(SOURCES, dirname(file), name), join(SOURCES, name), join(SOURCES, '..', name)];
      if (!places.some((place) => existsSync(place))) lost.push(`${file}: see ${name}`);
    }
  }
  expect(lost).toEqual([]);
  expect(count).toBeGreaterThan(5);
});
