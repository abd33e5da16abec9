/** Forms of megabytes: read a slice at a time, with the same result as at once. */
import { formSlices, parseForm, type Form } from '../../../src/api/http/form';
import { decodeFormText } from '../../../src/api/http/percent';

const WANTED = new Set(['a', 'b']);
const LONG = 100_000;

interface Parsed {
  readonly complaint: string | undefined;
  readonly form: readonly (readonly [string, string])[];
  readonly slices: number;
}

function inSlices(text: string): Parsed {
  const form: Form = new Map();
  const work = formSlices(Buffer.from(text, 'latin1'), WANTED, form);
  for (let slices = 1; ; slices += 1) {
    const { done, value } = work.next();
    if (done === true) return { complaint: value, form: [...form], slices };
  }
}

function atOnce(text: string): Omit<Parsed, 'slices'> {
  const form: Form = new Map();
  return { complaint: parseForm(text, WANTED, form), form: [...form] };
}

const fill = (text: string): string => text.repeat(LONG);

test.each([
  ['plain', `a=${fill('x')}&b=2`],
  ['plus signs', `b=1&a=${fill('+')}`],
  ['escapes', `a=${fill('%01')}&b=%2B`],
  ['escapes of either case among bytes above 0x7f', `a=${fill('\xe9%C3%a9+')}`],
  ['equals signs', `a=${fill('=')}`],
  ['a long name', `${fill('%61')}=1&b=2`],
  ['a name without a value', `${fill('a')}&b`],
  ['many pairs', `${fill('a=1&')}b=2`],
  ['nothing but separators', fill('&')],
  ['a broken escape at the end', `a=${fill('x')}%1`],
  ['a broken escape before the next pair', `a=${fill('x')}%&b=2`],
  ['a broken escape in the middle', `a=${fill('x')}%"q${fill('x')}&b=2`],
  ['a broken name', `%zz${fill('x')}=1&b=2`],
  ['the first complaint of two', `%zz=1&a=${fill('x')}%yy`],
  ['a semicolon', `a=${fill('x')};&b=2`],
  ['a semicolon after another complaint', `%zz=1&a=${fill('x')};`],
  ['the second of a name', `a=1&a=${fill('x')}`],
])('a body of %s', (_what, text) => {
  const { slices, ...parsed } = inSlices(text);
  expect(parsed).toEqual(atOnce(text));
  expect(slices).toBeGreaterThan(1);
});

test('what is read of a body does not change what was read of it before', () => {
  const { form } = inSlices(`a=${fill('%41')}&b=${fill('%42')}`);
  expect(form).toEqual([
    ['a', fill('A')],
    ['b', fill('B')],
  ]);
});

test('a megabyte of plus signs takes milliseconds', () => {
  const text = '+'.repeat(2_000_000);
  expect(decodeFormText(text)).toBe(' '.repeat(2_000_000));
  // The quickest of a few: a busy machine takes the processor away now and then.
  const tookMs = [1, 2, 3, 4, 5].map(() => {
    const startMs = performance.now();
    decodeFormText(text);
    return performance.now() - startMs;
  });
  // A replacement for each of them took 400 ms.
  expect(Math.min(...tookMs)).toBeLessThan(200);
});
