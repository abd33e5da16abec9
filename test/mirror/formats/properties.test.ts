import fc from 'fast-check';
import { propertiesText } from '../../../src/mirror/formats/properties';
import type { Entry } from '../../../src/mirror/listing';
import { listings } from '../support/keyNames';

const entry = (key: string, value: string): Entry => ({ path: key.split('/'), value });

/** As the documentation of java.util.Properties.load says it. */
function load(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const lines: string[] = [];
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    const before = lines.at(-1);
    if (before !== undefined && /(^|[^\\])(\\\\)*\\$/.test(before))
      lines[lines.length - 1] = before.slice(0, -1) + line;
    else if (line !== '' && !/^[#!]/.test(line)) lines.push(line);
  }
  for (const line of lines) {
    const name = /^(?:[^\\=: \t\f]|\\[^])*/.exec(line)?.[0] ?? '';
    const value = line.slice(name.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
    found.set(unescaped(name), unescaped(value));
  }
  return found;
}

function unescaped(text: string): string {
  const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|([^]))/g, (_all, hex: string | undefined, letter: string) =>
    hex === undefined ? (letters[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

test('names and values as people know them', () => {
  const text = propertiesText([
    entry('db/url', 'jdbc:x://h:1/p?a=b'),
    entry('#a b', ' two\nlines'),
    entry('é', 'C:\\'),
  ]);
  expect(text).toBe('db.url=jdbc:x://h:1/p?a=b\n\\#a\\ b=\\ two\\nlines\n\\u00e9=C:\\\\\n');
});

test('Java reads every name and value as it was', () => {
  fc.assert(
    fc.property(listings(), (entries) => {
      const names = entries.map(({ path }) => path.join('.'));
      fc.pre(new Set(names).size === names.length);
      const text = propertiesText(entries);
      expect(text).toMatch(/^[\n -~]*$/);
      expect(load(text)).toEqual(new Map(entries.map(({ path, value }) => [path.join('.'), value])));
    }),
    { numRuns: 500 },
  );
});
