import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIVERGENCES } from './divergence';

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'divergence.md'), 'utf8');
const documented = [...page.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, id]) => id);

it('docs/divergence.md has a row for every id, and for nothing else', () => {
  expect([...documented].sort()).toEqual(Object.keys(DIVERGENCES).sort());
});
