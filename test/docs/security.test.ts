/** The table of weaknesses in docs/security.md and the tests in test/security are about the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
const table = text.slice(text.indexOf('## Weaknesses'));
const rows = table.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:-|weakness )/.test(line));

test('each weakness has a test that is there', () => {
  expect(rows.length).toBeGreaterThan(20);
  const files = new Set(readdirSync(join(ROOT, 'test/security')));
  for (const row of rows) {
    const named = [...(row.split('|')[3] ?? '').matchAll(/`([\w.-]+)`/g)].map(([, name = '']) => name);
    expect([row, named.length > 0, named.filter((name) => !files.has(name))]).toEqual([row, true, []]);
  }
});

test('each test is about a weakness of the table', () => {
  const tests = readdirSync(join(ROOT, 'test/security')).filter((name) => name.endsWith('.test.ts'));
  expect(tests.filter((name) => !rows.some((row) => row.includes(`\`${name}\``)))).toEqual([]);
});

test('a test asserts something of its own', () => {
  for (const name of readdirSync(join(ROOT, 'test/security')).filter((file) => file.endsWith('.test.ts'))) {
    const source = readFileSync(join(ROOT, 'test/security', name), 'utf8');
    expect([name, /^(?:\s*)(?:test|it)\b/m.test(source), /expect\(|throw new Error/.test(source)]).toEqual([
      name,
      true,
      true,
    ]);
  }
});
