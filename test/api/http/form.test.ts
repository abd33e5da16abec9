import { parseForm } from '../../../src/api/http/form';
import type { Form } from '../../../src/api/http/form';

const WANTED = new Set(['a', 'b', '__proto__']);

function parse(text: string): { complaint: string | undefined; form: Record<string, string>[] } {
  const form: Form = new Map();
  const complaint = parseForm(text, WANTED, form);
  return { complaint, form: [...form].map(([name, value]) => ({ name, value })) };
}

test.each([
  ['', []],
  ['&&', []],
  ['a', [['a', '']]],
  ['a=', [['a', '']]],
  ['a=1&a=2', [['a', '1']]],
  [
    'b=x&a=1',
    [
      ['b', 'x'],
      ['a', '1'],
    ],
  ],
  ['a=b=c', [['a', 'b=c']]],
  ['%61=%31+%2B', [['a', '1 +']]],
  ['A=1&c=2', []],
  ['a=\xff', [['a', '\xff']]],
  ['=x', []],
])('parseForm(%j)', (text, pairs) => {
  expect(parse(text)).toEqual({ complaint: undefined, form: pairs.map(([name, value]) => ({ name, value })) });
});

test('what is in the form already stays', () => {
  const form: Form = new Map([['a', 'body']]);
  parseForm('a=query&b=2', WANTED, form);
  expect([...form]).toEqual([
    ['a', 'body'],
    ['b', '2'],
  ]);
});

test.each([
  ['a=%zz', 'invalid URL escape "%zz"'],
  ['%z=1', 'invalid URL escape "%z"'],
  ['x=%"q', 'invalid URL escape "%\\"q"'],
  ['a=%1&b=%2', 'invalid URL escape "%1"'],
  ['a=1;b=2', 'invalid semicolon separator in query'],
  ['a=%zz&b;', 'invalid semicolon separator in query'],
])('parseForm(%j) complains', (text, complaint) => {
  expect(parse(text).complaint).toBe(complaint);
});

test('well-formed pairs beside a malformed one are kept', () => {
  expect(parse('a=%zz&b=2').form).toEqual([{ name: 'b', value: '2' }]);
});

test('a parameter named like a prototype property is an ordinary one', () => {
  expect(parse('__proto__=x').form).toEqual([{ name: '__proto__', value: 'x' }]);
});
