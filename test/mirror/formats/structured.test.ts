import fc from 'fast-check';
import { parse } from 'yaml';
import { jsonText, yamlText } from '../../../src/mirror/formats/structured';
import type { Entry } from '../../../src/mirror/listing';
import { treeOf } from '../../../src/mirror/tree';
import { keyName, listings } from '../support/keyNames';

const entry = (key: string, value: string): Entry => ({ path: key.split('/'), value });
const some = treeOf([
  entry('db/port', '5432'),
  entry('db/user', 'no'),
  entry('on', '1e3'),
  entry('é\u2028', '😀\u0085\n'),
]);

test('JSON as people know it', () => {
  expect(jsonText(some)).toBe(
    '{\n  "db": {\n    "port": "5432",\n    "user": "no"\n  },\n  "on": "1e3",\n  "é\u2028": "😀\u0085\\n"\n}\n',
  );
  expect(jsonText(treeOf([]))).toBe('{}\n');
});

test('YAML in which everything is a text, also to readers of YAML 1.1', () => {
  expect(yamlText(some)).toBe('"db":\n  "port": "5432"\n  "user": "no"\n"on": "1e3"\n"é\\u2028": "😀\\u0085\\n"\n');
  expect(yamlText(treeOf([]))).toBe('{}\n');
});

function valueAt(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((above, name) => (above as Map<string, unknown>).get(name), document);
}

function asMaps(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([name, below]) => [name, asMaps(below)]));
}

const text = keyName.filter((name) => !/\p{Cs}/u.test(name));

test('every value is read back from where its key is', () => {
  fc.assert(
    fc.property(listings(text), (entries) => {
      const tree = treeOf(entries);
      const documents = [
        asMaps(JSON.parse(jsonText(tree))),
        ...(['1.1', '1.2'] as const).map((version): unknown => parse(yamlText(tree), { version, mapAsMap: true })),
      ];
      for (const document of documents)
        for (const { path, value } of entries) expect(valueAt(document, path)).toBe(value);
    }),
    { numRuns: 500 },
  );
});
