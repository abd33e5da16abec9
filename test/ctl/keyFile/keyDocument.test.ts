import fc from 'fast-check';
import { parse } from 'yaml';
import {
  directoriesAbove,
  KeyFileError,
  parseKeyDocument,
  writeKeyDocument,
  type KeyEntry,
} from '../../../src/ctl/keyFile/keyDocument';
import { forTerminal } from '../../../src/platform/terminalText';

const HEAD = { cairn: 'keys', version: 1, prefix: '/app', date: '2030-01-01T00:00:00Z' };

function fileWith(keys: unknown, changes: object = {}): string {
  return JSON.stringify({ ...HEAD, keys, ...changes });
}

function complaintOf(text: string): string {
  try {
    parseKeyDocument(text);
  } catch (error) {
    expect(error).toBeInstanceOf(KeyFileError);
    return (error as Error).message;
  }
  return 'none';
}

const part = fc
  .string({ minLength: 1, unit: 'grapheme' })
  .filter((text) => !text.includes('/') && text !== '.' && text !== '..');
const expiry = fc.record({
  ttlS: fc.integer({ min: 1, max: 1e9 }),
  date: fc.constant('2031-02-03T04:05:06.123456789Z'),
});
const odd = fc.constantFrom(
  '\x1b',
  '\x9b',
  '\x7f',
  '\u202e',
  '\r',
  '\n',
  '\t',
  ' ',
  'a',
  '"',
  '\\',
  '-',
  ':',
  '\0',
  '\u2028',
);
const entries: fc.Arbitrary<readonly KeyEntry[]> = fc
  .uniqueArray(
    fc.oneof(
      fc.record({ key: part, value: fc.string({ unit: 'grapheme' }) }),
      fc.record({ key: part, value: fc.string({ unit: 'grapheme' }), expiry }),
      fc.record({ key: part, value: fc.string({ unit: odd }) }),
      fc.record({ key: part, directory: fc.constant(true as const) }),
    ),
    { selector: ({ key }) => key },
  )
  .map((list) => list.map((entry) => ({ ...entry, key: `/${entry.key}` })));

test.each(['json', 'yaml'] as const)('what is written as %s is read as it was', (form) => {
  fc.assert(
    fc.property(entries, (keys) => {
      const document = { prefix: '/app', date: HEAD.date, keys };
      expect(parseKeyDocument(writeKeyDocument(document, form))).toEqual(document);
    }),
  );
});

test.each(['json', 'yaml'] as const)('%s shows a terminal nothing that it would obey', (form) => {
  fc.assert(
    fc.property(fc.string({ unit: odd }), fc.string({ unit: odd, minLength: 1 }), (value, name) => {
      const document = { prefix: '/app', date: HEAD.date, keys: [{ key: `/${name}`, value }] };
      const text = writeKeyDocument(document, form);
      expect(forTerminal(text)).toBe(text);
      expect(parseKeyDocument(text)).toEqual(document);
    }),
  );
});

test.each([
  ' \n',
  '\n\n',
  ' a\nb',
  'a \nb',
  'a\n \nb',
  '\ta\n',
  'a\n\n\n',
  '\n a',
  '#\n',
  'a\n  b\n',
  '%\n',
  '---\n',
  '... \n',
])('the lines of %j come back as they are', (value) => {
  const document = { prefix: '/app', date: HEAD.date, keys: [{ key: '/a', value }] };
  expect(parseKeyDocument(writeKeyDocument(document, 'yaml'))).toEqual(document);
});

test('values that look like something else stay texts, for other readers of YAML too', () => {
  const values = [
    '1',
    'yes',
    'null',
    '~',
    '2030-01-01',
    '0x1f',
    ' ',
    '',
    '- a',
    '# no',
    'a: b',
    'line\nline\n',
    '\t',
    '{{x}}',
  ];
  const keys = values.map((value, at) => ({ key: `/${at}`, value }));
  const text = writeKeyDocument({ ...HEAD, keys }, 'yaml');
  expect((parse(text) as { keys: { value: unknown }[] }).keys.map(({ value }) => value)).toEqual(values);
});

test.each([
  ['', 'it is no file of cairn export'],
  ['{', 'it is no JSON: '],
  ['a: [', 'it is no YAML: '],
  [`a: 1\nb: ${'['.repeat(100_000)}`, 'it is no YAML that is read: line 2 is more than 100 levels deep'],
  ['- '.repeat(100_000), 'it is no YAML that is read: line 1 is more than 100 levels deep'],
  ['[]', 'it is no file of cairn export'],
  [JSON.stringify({ ...HEAD, version: 2 }), 'it has version 2, and this program reads version 1'],
  [fileWith([], { extra: 1 }), 'the file has "extra", which means nothing'],
  [fileWith({}), 'keys: a list was expected'],
  [fileWith([1]), 'keys[0]: a mapping with key and value'],
  [fileWith([{ key: '/a' }]), 'keys[0].value: a text was expected, and there is none'],
  [fileWith([{ key: '/a', value: 1 }]), 'keys[0].value: a text was expected; put it into quotes'],
  [fileWith([{ key: 'a', value: '' }]), 'keys[0].key: "a" is no key'],
  [fileWith([{ key: '/', value: '' }]), 'the prefix itself is no key below it'],
  [fileWith([{ key: '/a//b', value: '' }]), 'is no key; one like /db/host'],
  [fileWith([{ key: '/a/../b', value: '' }]), 'is no key'],
  [fileWith([{ key: '/a/', value: '' }]), 'is no key'],
  [fileWith([{ key: '/a', value: '', directory: true }]), 'a directory has directory: true and no value'],
  [fileWith([{ key: '/a', directory: false }]), 'a directory has directory: true and no value'],
  [fileWith([{ key: '/a', value: '', ttl: 0, expires: '2030-01-01' }]), 'keys[0].ttl: seconds were expected'],
  [fileWith([{ key: '/a', value: '', ttl: 1 }]), 'keys[0].expires: a text was expected'],
  [fileWith([{ key: '/a', value: '', ttl: 1, expires: 'soon' }]), 'keys[0].expires: a date was expected'],
  [fileWith([{ key: '/a', value: '', Value: '' }]), 'keys[0] has "Value", which means nothing'],
  [
    fileWith([
      { key: '/a', value: '1' },
      { key: '/a', value: '2' },
    ]),
    '/a is there twice',
  ],
  [
    fileWith([
      { key: '/a/b/c', value: '1' },
      { key: '/a', value: '2' },
    ]),
    '/a/b/c lies below /a, which has a value',
  ],
  [fileWith([], { prefix: 'app' }), 'prefix: "app" is no key'],
])('%s is refused', (text, complaint) => {
  expect(complaintOf(text)).toContain(complaint);
});

test('a file whose aliases would fill the memory is refused', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (let at = 1; at < 30; at++) {
    const [one, other] = [String.fromCharCode(96 + at), String.fromCharCode(97 + at)];
    bomb.push(
      `${other}${at}: &${other}${at} [${Array<string>(9)
        .fill(`*${one}${at === 1 ? '' : at - 1}`)
        .join(',')}]`,
    );
  }
  expect(complaintOf(bomb.join('\n'))).toMatch(/it is no/);
});

test('names that objects have by themselves are names like others', () => {
  const keys = ['/__proto__', '/constructor', '/toString'].map((key) => ({ key, value: key }));
  expect(parseKeyDocument(fileWith(keys)).keys).toEqual(keys);
});

test('directories above a key', () => {
  expect(directoriesAbove('/a/b/c')).toEqual(['/a', '/a/b']);
  expect(directoriesAbove('/a')).toEqual([]);
});
