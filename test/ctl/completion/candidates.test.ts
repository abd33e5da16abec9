import fc from 'fast-check';
import { commandRows } from '../../../src/config/commands';
import { ctlCommands, ctlRows, flagsOfCtl } from '../../../src/config/ctl/table';
import { completionOf } from '../../../src/ctl/completion/candidates';

function words(typed: readonly string[]): readonly string[] {
  const completion = completionOf(typed);
  return completion.kind === 'words' ? completion.words.map(({ word }) => word) : [completion.kind];
}

it('every command of both tables', () => {
  const found = words(['']);
  for (const [word] of ctlRows) expect(found).toContain(word);
  for (const [word] of commandRows) expect(found.includes(word)).toBe(word !== 'ctl' && word !== 'discovery');
});

it.each(ctlCommands.map(([path, row]) => [path, row] as const))('every flag of %s', (path, row) => {
  const found = words([...path.split(' '), '--']);
  expect(found).toEqual([
    ...Object.keys(flagsOfCtl(row)).map((name) => (name.length === 1 ? '-p' : `--${name}`)),
    '--help',
  ]);
});

it.each([
  [
    ['member', ''],
    ['list', 'add', 'remove', 'update'],
  ],
  [
    ['-o', ''],
    ['simple', 'extended', 'json'],
  ],
  [
    ['--endpoints', 'http://a', '-o', 'x', 'member', ''],
    ['list', 'add', 'remove', 'update'],
  ],
  [['--cert-file', ''], ['files']],
  [['get', ''], ['keys']],
  [['get', '--sort', '/a'], ['keys']],
  [['set', '--ttl', ''], []],
  [['set', '--ttl', '5', '/k'], ['keys']],
  [['set', '/k', ''], []],
  [['exec-watch', '/k', '--', ''], ['files']],
  [['exec-watch', '-r', '/k', ''], ['files']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['certs', '--directory', ''], ['files']],
  [['doctor', '--output', ''], []],
  [['--output=js'], ['--output=simple', '--output=extended', '--output=json']],
  [['--cert-file=/e'], ['files']],
  [['certs', '--directory=x'], ['files']],
  [['get', '--sort=x'], []],
  [['--nope=x'], []],
  [
    ['snapshot', ''],
    ['save', 'status', 'verify', 'restore', 'follow'],
  ],
  [['snapshot', '--output', 'json', 'status', ''], ['files']],
  [['snapshot', 'status', 'FILE', ''], []],
  [
    ['check', ''],
    ['perf', 'security'],
  ],
  [['sync', ''], ['files']],
  [['sync', 'DIR', ''], ['keys']],
  [['nope', ''], []],
  [['member', 'nope', ''], []],
])('%j: %j', (typed, expected) => {
  expect(words(typed)).toEqual(expected);
});

it('says where the cluster of the keys is', () => {
  expect(completionOf(['--endpoints', 'http://a', 'ls', '/'])).toEqual({
    kind: 'keys',
    before: ['--endpoints', 'http://a'],
  });
});

it.each([
  [['export', '/'], []],
  [
    ['--endpoints', 'http://a', 'export', '/'],
    ['--endpoints', 'http://a'],
  ],
  [
    ['export', '--url', 'http://a', '/'],
    ['--endpoints', 'http://a'],
  ],
  [
    ['export', '--url=http://a', '/'],
    ['--endpoints', 'http://a'],
  ],
])('and of those that a command of cairn takes: %j', (typed, before) => {
  expect(completionOf(typed)).toEqual({ kind: 'keys', before });
});

it('survives whatever is typed', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('--', '-o', 'get', 'member', '--endpoints', 'certs', '__proto__', 'constructor'),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (typed) => {
      expect(['words', 'keys', 'files']).toContain(completionOf(typed).kind);
    }),
  );
});
