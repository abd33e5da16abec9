import { lineTooDeep, YAML_LEVELS_MAX } from '../../src/platform/yamlDepth';

const blocks = (levels: number, line: (level: number) => string): string =>
  Array.from({ length: levels }, (_, level) => ' '.repeat(level) + line(level)).join('\n');

const DEEP: readonly (readonly [string, (levels: number) => string])[] = [
  ['lists in brackets', (levels) => '['.repeat(levels)],
  ['mappings in braces', (levels) => '{a: '.repeat(levels)],
  ['lists in a line', (levels) => `${'- '.repeat(levels)}x`],
  ['complex keys in a line', (levels) => `${'? '.repeat(levels)}x`],
  ['mappings', (levels) => blocks(levels, () => 'a:')],
  ['lists', (levels) => blocks(levels, () => '-')],
  ['brackets in a block', (levels) => `${blocks(levels / 2, () => 'a:')} ${'['.repeat(levels / 2)}`],
];

test.each(DEEP)('%s: as deep as they may be, and deeper', (_, text) => {
  expect(lineTooDeep(text(YAML_LEVELS_MAX - 2))).toBeUndefined();
  expect(lineTooDeep(text(YAML_LEVELS_MAX + 2))).toBeGreaterThan(0);
});

test.each(DEEP)('%s: far deeper ones are looked at no further than that', (_, text) => {
  // Blocks are as wide as they are deep: a megabyte of them.
  const startMs = performance.now();
  expect(lineTooDeep(text(1400))).toBeGreaterThan(0);
  expect(performance.now() - startMs).toBeLessThan(1000);
});

test('the line is told', () => {
  expect(lineTooDeep(`a: 1\n\nb: ${'['.repeat(YAML_LEVELS_MAX)}`)).toBe(3);
});

test.each([
  ['long lists', '- x\n'.repeat(10_000)],
  ['lists of lists', '- - x\n  - y\n'.repeat(1000)],
  ['mappings without indentation', 'a:\n- b:\n  - c\n'.repeat(1000)],
  ['closed brackets', '- [[x], {y: z}]\n'.repeat(1000)],
  [
    'texts that look deep',
    `a: |\n${blocks(300, () => '- x: [').replace(/^/gm, ' ')}\nb: "${'['.repeat(300)}"\nc: x${'-'.repeat(300)}\n`,
  ],
  ['texts that go on', `a: x\n  ${'y\n   '.repeat(300)}\nb: 1`],
  ['deep and back again', `${blocks(60, () => 'a:')}\n`.repeat(20)],
  ['several documents', `---\n${blocks(60, () => 'a:')}\n...\n`.repeat(3)],
  ['a bracket that never closes, and the next document', 'a: [1\n---\nb: [1\n'.repeat(300)],
  ['nothing', ''],
])('%s are not deep', (_, text) => {
  expect(lineTooDeep(text)).toBeUndefined();
});
