/** TOB-011 and TOB-014: a negative time made a loop without end, a cluster of -1 members a panic. Every number that is given has its range. */
import { activeRows } from '../../src/config/options';
import { loadConfiguration } from '../../src/config/load';

const build = { version: '0', nodeVersion: process.version, platform: 'test' };

const numeric = activeRows.filter(({ option }) => option.kind.type === 'integer' || option.kind.type === 'duration');

function kindOf(text: string, name: string): string {
  return loadConfiguration([`--${name}=${text}`], {}, () => '', build).kind;
}

test('there are some', () => {
  expect(numeric.length).toBeGreaterThan(10);
});

test.each(numeric.map(({ name, option }) => [name, option] as const))(
  '--%s has a range, and nothing outside is taken',
  (name, option) => {
    const { kind } = option;
    if (kind.type !== 'integer' && kind.type !== 'duration') throw new Error('a number was meant');
    expect(Number.isSafeInteger(kind.minimum) && Number.isSafeInteger(kind.maximum)).toBe(true);
    expect(kind.minimum).toBeLessThan(kind.maximum);
    // A timer of Node.js that is longer is over at once.
    if (kind.type === 'duration') expect(kind.maximum).toBeLessThan(2 ** 31);
    const outside = [kind.minimum - 1, kind.maximum + 1].map(String);
    const absurd = [
      '-9223372036854775808',
      '9223372036854775808',
      '18446744073709551616',
      '1e999',
      'NaN',
      'Infinity',
      '-0x1',
      ' ',
      '1_0',
    ];
    for (const text of [...outside, ...absurd]) expect([text, kindOf(text, name)]).toEqual([text, 'error']);
  },
);
