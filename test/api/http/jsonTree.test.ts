import { firstJsonTree } from '../../../src/api/http/jsonTree';
import type { JsonTree } from '../../../src/api/http/jsonTree';
import fc from 'fast-check';

/** As JSON.parse has it, as far as that can be told. */
function plain(tree: JsonTree | undefined): unknown {
  switch (tree?.type) {
    case 'text':
      return tree.text;
    case 'list':
      return tree.items.map(plain);
    case 'object':
      return tree.fields.map(([name, value]) => [name, plain(value)]);
    case 'null':
    case 'boolean':
    case 'number':
    case undefined:
      return tree?.type;
  }
}

test.each([
  [
    '{"a":1,"A":[null,true,"x"]}',
    [
      ['a', 'number'],
      ['A', ['null', 'boolean', 'x']],
    ],
  ],
  [
    ' \n{ "a" : {} , "a" : [ ] }',
    [
      ['a', []],
      ['a', []],
    ],
  ],
  ['{"a":1} and more', [['a', 'number']]],
  ['"\\u00e9\\n\\"\\\\"', 'é\n"\\'],
  ['"\\ud800x"', '\ufffdx'],
  ['-1.5e+3', 'number'],
  ['nullify', 'null'],
  ['{"__proto__":{"x":1}}', [['__proto__', [['x', 'number']]]]],
] as const)('%s', (text, expected) => {
  expect(plain(firstJsonTree(text))).toEqual(expected);
});

test.each([
  '',
  ' ',
  '{',
  '{"a"',
  '{"a":',
  '{"a":1',
  '{"a":1,}',
  '[1,',
  '[1 2]',
  '{a:1}',
  '"a\nb"',
  '"\\x"',
  '"\\',
  '.5',
  'tru',
  '{"a" 1}',
])('%j is no JSON', (text) => {
  expect(firstJsonTree(text)).toBeUndefined();
});

test('what is nested too deeply is no JSON, and does not end the process', () => {
  expect(firstJsonTree('['.repeat(90) + ']'.repeat(90))).toBeDefined();
  expect(firstJsonTree('['.repeat(1_000_000))).toBeUndefined();
});

test.each(['0', '""', '[]', '"":0'])(
  'what has as many parts as a megabyte of %s has is none, which is seen early',
  (part) => {
    const all = (count: number): string => {
      const parts = Array(count).fill(part).join();
      return part.includes(':') ? `{${parts}}` : `[${parts}]`;
    };
    expect(firstJsonTree(all(4_999))).toBeDefined();
    const text = all(Math.floor((1024 * 1024) / (part.length + 1)));
    const before = process.cpuUsage();
    expect(firstJsonTree(text)).toBeUndefined();
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(100);
  },
);

test('whatever JSON.stringify writes is read, and what follows makes no difference', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.string(), (value, more) => {
      const json = JSON.stringify(value);
      const expected = shapeOf(JSON.parse(json));
      expect(plain(firstJsonTree(json))).toEqual(expected);
      if (typeof value !== 'number') expect(plain(firstJsonTree(json + more))).toEqual(expected);
    }),
  );
});

function shapeOf(value: unknown): unknown {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'object') return Object.entries(value).map(([name, each]) => [name, shapeOf(each)]);
  return typeof value === 'string' ? Buffer.from(value, 'utf8').toString('utf8') : typeof value;
}
