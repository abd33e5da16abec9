import { linesOfChange } from '../../../src/ctl/sync/showChanges';
import type { Change } from '../../../src/ctl/keyFile/plan';

const SHOW = { namesOnly: false };

function replacement(before: string, value: string): Change {
  return { kind: 'replace', key: '/k', before, value, modifiedIndex: 1 };
}

test.each<[Change, readonly string[]]>([
  [{ kind: 'makeDirectory', key: '/d' }, ['+ /app/d/']],
  [{ kind: 'removeDirectory', key: '/d' }, ['- /app/d/']],
  [{ kind: 'create', key: '/k', value: 'one\ntwo\n' }, ['+ /app/k', '    + one', '    + two']],
  [{ kind: 'delete', key: '/k', before: 'x', modifiedIndex: 1 }, ['- /app/k', '    - x']],
  [replacement('a\nb\nc\n', 'a\nB\nc\n'), ['~ /app/k', '    - b', '    + B']],
  [replacement('same', 'same'), ['~ /app/k', '    = the same value; its TTL goes']],
])('%j', (change, lines) => {
  expect(linesOfChange('/app', change, SHOW)).toEqual(lines);
  expect(linesOfChange('/app', change, { namesOnly: true })).toEqual(lines.slice(0, 1));
});

test('a terminal is shown nothing that it would obey', () => {
  const change: Change = { kind: 'create', key: '/\u001b[2J', value: '\u0007\u202e\u009b31m' };
  expect(linesOfChange('', change, SHOW)).toEqual(['+ /?[2J', '    + ???31m']);
});

test('long values are shortened', () => {
  const many = Array.from({ length: 1000 }, (_, at) => `line ${at}`).join('\n');
  const lines = linesOfChange('', { kind: 'create', key: '/k', value: many }, SHOW);
  expect(lines).toHaveLength(42);
  expect(lines.at(-1)).toBe('    … 960 more lines');
  const [, long] = linesOfChange('', { kind: 'create', key: '/k', value: 'x'.repeat(5000) }, SHOW);
  expect(long!.length).toBeLessThan(200);
  expect(long).toContain('(5006 characters)');
});

test('a large value that differs everywhere is told in the time of its length', () => {
  const [before, after] = ['a', 'b'].map((letter) =>
    Array.from({ length: 20_000 }, (_, at) => `${letter}${at}`).join('\n'),
  );
  const startMs = process.cpuUsage().user / 1000;
  expect(linesOfChange('', replacement(before!, after!), SHOW)).toEqual([
    '~ /k',
    '    ~ 20000 lines become 20000 others',
  ]);
  expect(process.cpuUsage().user / 1000 - startMs).toBeLessThan(3000);
});
