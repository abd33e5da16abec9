import fc from 'fast-check';
import { fileNameOf } from '../../src/mirror/fileName';
import { refuseTooMuch, RefusedListingError, type Entry } from '../../src/mirror/listing';
import { FILE_NAMES, planFiles, type Form } from '../../src/mirror/plan';
import { listings } from './support/keyNames';

const FILES: Form = { format: 'files' };
const form = (format: Exclude<Form['format'], 'files'>): Form => ({ format, file: FILE_NAMES[format], namePrefix: '' });

const entry = (key: string, value = 'x'): Entry => ({ path: key.split('/'), value });

test('each key is a file with its value, and no two are the same', () => {
  fc.assert(
    fc.property(listings(), (entries) => {
      const files = planFiles(entries, FILES);
      const written = new Map(files.map(({ path, content }) => [path.join('/'), content]));
      expect(written.size).toBe(entries.length);
      for (const { path, value } of entries) expect(written.get(path.map(fileNameOf).join('/'))).toBe(value);
    }),
  );
});

test('the same keys give the same files, in whatever order they are listed', () => {
  fc.assert(
    fc.property(listings(), (entries) => {
      for (const each of [FILES, form('json'), form('yaml')])
        expect(planFiles([...entries].reverse(), each)).toEqual(planFiles(entries, each));
    }),
  );
});

test.each<[string, readonly Entry[], Form, RegExp]>([
  ['two keys of one name', [entry('a/b'), entry('a/b')], FILES, /"a\/b" is listed twice; remove one/],
  ['a key that is a directory too', [entry('a'), entry('a/b')], FILES, /"a\/b" lies below a key that has a value/],
  ['the same the other way round', [entry('a/b'), entry('a')], form('json'), /lies below|listed twice/],
  ['a name that no file can have', [entry('x'.repeat(256))], FILES, /too long for a file \(255 bytes\)/],
  [
    'two keys of one variable',
    [entry('a/b'), entry('a-b')],
    form('env'),
    /"a\/b" and "a-b" would both be the variable "A_B"/,
  ],
  ['two keys of one property', [entry('a/b'), entry('a.b')], form('properties'), /both be the property "a\.b"/],
  ['a NUL byte in a variable', [entry('a', 'x\0y')], form('env'), /"a" has a NUL byte/],
  ['too deep', [entry(Array(101).fill('d').join('/'))], form('json'), /more than 100 directories deep/],
])('%s is refused, and says which key', (_name, entries, how, message) => {
  expect(() => planFiles(entries, how)).toThrow(RefusedListingError);
  expect(() => planFiles(entries, how)).toThrow(message);
});

test('a name that is too long for a file has its place in one document', () => {
  const key = 'x'.repeat(300);
  expect(JSON.parse(planFiles([entry(key)], form('json'))[0]?.content ?? '')).toEqual({ [key]: 'x' });
});

test('more than is taken on is refused', () => {
  const limits = { keysMax: 2, bytesMax: 10 };
  const refuse =
    (...entries: Entry[]) =>
    () => {
      refuseTooMuch({ index: 1, entries }, limits);
    };
  expect(refuse(entry('a', '1234'), entry('b', '1234'))).not.toThrow();
  expect(refuse(entry('a'), entry('b'), entry('c'))).toThrow(/there are 3 keys below the prefix, and --max-keys is 2/);
  expect(refuse(entry('é', '123456789'))).toThrow(/take 11 bytes, and --max-bytes is 10/);
  expect(refuse(entry('a', '\udc00'))).toThrow(/the value of "a" is no text/);
});
