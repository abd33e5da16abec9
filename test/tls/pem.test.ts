import { pemBlocksOf } from '../../src/tls/pem';

const block = (label: string, body: string): string => `-----BEGIN ${label}-----${body}-----END ${label}-----`;

test('blocks are found in order, with what stands between their lines, whatever is around', () => {
  const text = `Subject: a\n${block('A', '\n1\n')}\n${block('B', '\n2\n')}text${block('C', '\n3\n')}\n`;
  expect(pemBlocksOf(text, ['A', 'C'])).toEqual([
    { label: 'A', body: '\n1\n', text: block('A', '\n1\n') },
    { label: 'C', body: '\n3\n', text: block('C', '\n3\n') },
  ]);
});

test.each([
  ['nothing', ''],
  ['no end', '-----BEGIN A-----\n1\n'],
  ['the end of another', '-----BEGIN A-----\n1\n-----END B-----'],
  ['half a line', '-----BEGIN A'],
  ['half the dashes', '-----BEGIN A--\n-----END A-----'],
  ['a label without end', `-----BEGIN ${'A'.repeat(100)}-----\n-----END A-----`],
])('%s is no block', (_, text) => {
  expect(pemBlocksOf(text, ['A'])).toEqual([]);
});

test('a beginning inside a block belongs to its body', () => {
  const text = `-----BEGIN A-----\n${block('A', '1')}`;
  expect(pemBlocksOf(text, ['A'])).toEqual([{ label: 'A', body: `\n-----BEGIN A-----1`, text }]);
});
