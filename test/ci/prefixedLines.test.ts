import type { Transform } from 'node:stream';
import { text } from 'node:stream/consumers';

const { prefixedLines } = jest.requireActual<{ prefixedLines: (prefix: string) => Transform }>(
  '../../scripts/prefixedLines.js',
);

async function through(...pieces: readonly (string | Buffer)[]): Promise<string> {
  const lines = prefixedLines('a | ');
  const out = text(lines);
  for (const piece of pieces) lines.write(piece);
  lines.end();
  return out;
}

test.each([
  [['one\ntwo\n'], 'a | one\na | two\n'],
  [['o', 'ne\nt', 'wo'], 'a | one\na | two\n'],
  [['\n\n'], 'a | \na | \n'],
  [[], ''],
])('%j', async (pieces, expected) => {
  expect(await through(...pieces)).toBe(expected);
});

test('a character that comes in two pieces stays one', async () => {
  const bytes = Buffer.from('ä名\n');
  expect(await through(bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4))).toBe('a | ä名\n');
});

test('a line that does not end is not kept whole', async () => {
  expect((await through('x'.repeat(70_000), 'y\n')).split('\n')[0]).toBe(`a | ${'x'.repeat(70_000)}`);
});
