/** One layout for the tests (CONTRIBUTING.md): below the folder that src has too, a test lies where the file of its name does. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../..');

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(ending));
}

const sources = filesBelow('src', '.ts').map((file) => file.slice(0, -'.ts'.length));
const tests = filesBelow('test', '.test.ts').map((file) => file.slice(0, -'.test.ts'.length));

function topOf(path: string): string {
  return path.split('/', 1)[0]!;
}

test('a test with the name of a file lies where that lies', () => {
  const misplaced = tests.flatMap((path) => {
    if (sources.includes(path)) return [];
    const meant = sources.filter((source) => basename(source) === basename(path) && topOf(source) === topOf(path));
    return meant.map((source) => `test/${path}.test.ts: its place is test/${source}.test.ts`);
  });
  expect(misplaced).toEqual([]);
});

test('the folders below one that src has too are folders of src, or hold what tests need', () => {
  const folders = new Set(tests.map((path) => dirname(path)));
  const strange = [...folders].filter((folder) => {
    return existsSync(join(ROOT, 'src', topOf(folder))) && !existsSync(join(ROOT, 'src', folder));
  });
  expect(strange).toEqual([]);
});

test('CONTRIBUTING.md says what is in each other folder', () => {
  const page = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  // Those with files: what a move left behind empty is no folder for git.
  const paths = readdirSync(join(ROOT, 'test'), { recursive: true, withFileTypes: true, encoding: 'utf8' });
  const files = paths.filter((entry) => entry.isFile()).map((entry) => relative(join(ROOT, 'test'), entry.parentPath));
  const folders = [...new Set(files.filter((folder) => folder !== '').map(topOf))];
  const others = folders.filter((folder) => !existsSync(join(ROOT, 'src', folder)));
  expect(others.filter((folder) => !page.includes(`\`test/${folder}\``))).toEqual([]);
});

test('file names are camelCase', () => {
  // What is known under a name of its own keeps it.
  const known = /^(cve-\d+-\d+|tob-\d+|ghsa(-[a-z0-9]{4}){3})$/;
  const names = tests.map((path) => basename(path)).filter((name) => !known.test(name));
  expect(names.filter((name) => !/^[a-z][A-Za-z0-9]*$/.test(name))).toEqual([]);
});
