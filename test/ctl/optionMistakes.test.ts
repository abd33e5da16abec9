import { optionMistake, withTwoDashes, type KnownOptions } from '../../src/ctl/optionMistakes';

const known: KnownOptions = new Map([
  ['url', { takesValue: true }],
  ['members', { takesValue: true }],
  ['yes', { takesValue: false }],
]);

it.each([
  [['--url'], '--url needs a value and is the last argument; write --url=VALUE'],
  [['--url', '--yes'], '--url needs a value but is followed by "--yes"; write --url=VALUE'],
  [['--members', '-1'], '--members needs a value but is followed by "-1"; write --members=VALUE'],
  [['--yes=no'], '--yes is a switch and takes no value; leave =no out'],
  [['--urll', 'x'], 'there is no option "--urll"; did you mean --url?'],
  [['-u', 'a:secret'], 'there is no option "-u"'],
  [['--nonsense=secret'], 'there is no option "--nonsense"'],
])('%j', (args, message) => {
  expect(optionMistake(args, known)).toBe(message);
});

it.each([[['--url', '-']], [['--url=-x']], [['word', '--yes']], [['--', '--nonsense']]])('%j is none', (args) => {
  expect(optionMistake(args, known)).toBeUndefined();
});

it('one dash is as good as two, but for what stands behind --', () => {
  expect(withTwoDashes(['-url', 'x', '-url=x', '-other', '-y', '--', '-url'], known)).toEqual([
    ...['--url', 'x', '--url=x', '-other', '-y', '--', '-url'],
  ]);
});
