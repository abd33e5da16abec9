/** docs/README.md leads to every page, and the front page to it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const startPage = readFileSync(join(ROOT, 'docs/README.md'), 'utf8');

test.each(readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md'))(
  'docs/README.md leads to %s',
  (name) => {
    expect(startPage).toContain(`](${name})`);
  },
);

test('the pages stand in the order in which they are needed', () => {
  expect(startPage.match(/^## .*$/gm)).toEqual([
    '## Try it',
    '## Run it',
    '## Build on it',
    '## Operate it',
    '## Understand it',
  ]);
});

test('the front page has one picture, and leads to the start page', () => {
  const front = readFileSync(join(ROOT, 'README.md'), 'utf8');
  expect(front.match(/!\[/g)).toHaveLength(1);
  expect(front).toContain('](docs/README.md)');
});
