import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { commandWords } from '../../src/mirror/commandWords';

test.each<[string, readonly string[] | undefined]>([
  ['nginx -s reload', ['nginx', '-s', 'reload']],
  ['  a\t b\n', ['a', 'b']],
  ["sh -c 'echo $HOME; exit 1'", ['sh', '-c', 'echo $HOME; exit 1']],
  [String.raw`a"b c"'d e'\ f`, ['ab cd e f']],
  [String.raw`"\"\\\n"`, [String.raw`"\\n`.replace('\\\\', '\\\\')]],
  ["''", ['']],
  ['$HOME;|&*', ['$HOME;|&*']],
  ['', []],
  ["'open", undefined],
  ['"open', undefined],
  ['end\\', undefined],
])('%j', (line, words) => {
  expect(commandWords(line)).toEqual(words);
});

test('a shell splits words in quotes in the same way', () => {
  const word = fc.string({ unit: fc.constantFrom('a', ' ', "'", '\\', '"', '$', '\n', '*') });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      const line = words.map((each) => `'${each.replaceAll("'", String.raw`'\''`)}'`).join(' ');
      expect(commandWords(line)).toEqual(words);
      const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
      expect(stdout.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 50 },
  );
});
