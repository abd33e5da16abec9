/** Any names that a key may have, and those that are the hardest to write. */
import fc from 'fast-check';
import type { Entry } from '../../../src/mirror/listing';

const HARD = [
  '.',
  '..',
  '..data',
  '..data_tmp',
  '..2026_01_01_00_00_00.abcdef',
  '%',
  '%2E',
  '%2e.',
  '',
  '\0',
  '-',
  '~',
  '*',
];
const LATER = [
  '__proto__',
  'constructor',
  '1',
  '10',
  'a',
  'A',
  'é',
  'é',
  'no',
  '<<',
  'x y',
  "o'clock",
  '\ud800',
  '😀',
  '\u2028',
  '\u0085',
];

export const keyName = fc.oneof(
  fc.constantFrom(...HARD, ...LATER),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !/\p{Cs}/u.test(text)),
  fc.constantFrom(
    '',
    ' ',
    '\n',
    'a\nb',
    "it's",
    '"',
    '\\',
    '$(id)',
    '`id`',
    '# no',
    'true',
    '1.10',
    ' x ',
    '\t',
    'é\u2028',
    '\u0085',
    '\ufeff',
  ),
);

/** Keys of one listing: no two of a name, none that is a directory of another. */
export function listings(name: fc.Arbitrary<string> = keyName): fc.Arbitrary<readonly Entry[]> {
  const entry = fc.record({ path: fc.array(name, { minLength: 1, maxLength: 4 }), value });
  return fc.array(entry, { maxLength: 12 }).map((entries) => {
    const kept: Entry[] = [];
    for (const each of entries) if (!kept.some((other) => isWithin(each.path, other.path))) kept.push(each);
    return kept;
  });
}

function isWithin(one: readonly string[], other: readonly string[]): boolean {
  const shared = Math.min(one.length, other.length);
  return one.slice(0, shared).every((name, depth) => name === other[depth]);
}
