/** The documents name files of the repository: each of them has to be there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../..');
/** What is not ours, is made, or is not there in a fresh clone. */
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.cache', 'coverage']);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (LEFT_OUT.has(entry.name) || entry.name.endsWith('.etcd')) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const files = filesBelow(ROOT);
const pages = files.filter((path) => path.endsWith('.md')).map((path) => relative(ROOT, path));

/** Paths from the root, wherever they stand in the text. What ends in a star means the folder. */
function pathsIn(text: string): string[] {
  const found = text.matchAll(/(?<![\w/.@-])(?:src|test|docs|scripts|bench|deploy|helm|\.ci)\/[\w./*-]*[\w*/]/g);
  return [...found].map(([path]) => path.replace(/\/?[^/]*\*.*$/, ''));
}

/** Targets of links that are neither on another site nor on the same page. */
function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].flatMap(([, target = '']) =>
    /^\w+:/.test(target) ? [] : [target],
  );
}

/** Files in backticks that are named without their folder, as the READMEs beside them do. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/`((?:[\w-]+\/)*[\w-]+\.(?:d\.)?(?:ts|js|cjs|mjs|yaml|md))`/g)].map(([, name = '']) => name);
}

function isThere(page: string, name: string): boolean {
  if (existsSync(join(ROOT, name)) || existsSync(join(ROOT, dirname(page), name))) return true;
  return files.some((path) => path.endsWith(`/${name}`));
}

it('there are pages to look at', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/architecture.md', 'src/member/README.md']));
  expect(pathsIn('see `src/raft`, (test/x.test.ts), docs/a.md. https://x.org/docs/b')).toEqual([
    'src/raft',
    'test/x.test.ts',
    'docs/a.md',
  ]);
});

it.each(pages)('%s names nothing that is not there', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const missing = [
    ...pathsIn(text).filter((path) => !existsSync(join(ROOT, path))),
    ...linksIn(text).filter((target) => !existsSync(join(ROOT, dirname(page), target))),
    ...namesIn(text).filter((name) => !isThere(page, name)),
  ];
  expect([...new Set(missing)]).toEqual([]);
});

it('docs/architecture.md names every folder of the sources', () => {
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [`src/${entry.name}`] : [],
  );
  for (const folder of [...folders, 'src/api/connection']) expect(page).toContain(`\`${folder}\``);
});

it.each(pages)('%s has no marks of a merge that was left', (page) => {
  const lines = readFileSync(join(ROOT, page), 'utf8').split('\n');
  // Prettier turns the last mark into a quotation of quotations, and the first stays as it is.
  expect(lines.filter((line) => /^(?:<{7} |={7}$|>{7} |(?:> ){5,}|\| ={7} )/.test(line))).toEqual([]);
});
