import { usageNote } from '../../../src/ctl/etcdctl/usageNotes';

const OTHERS = [{ word: 'doctor', flags: ['url', 'output'] }];

test.each([
  ['flag provided but not defined: -quorm', ['get'], 'did you mean --quorum?'],
  ['flag provided but not defined: -ca-fle', [], 'did you mean --ca-file?'],
  ['flag provided but not defined: -endpoint-s', [], 'did you mean --endpoints?'],
  ['flag provided but not defined: -zzzzzz', ['get'], undefined],
  ['flag provided but not defined: -x', ['auth'], undefined],
  ['flag needs an argument: -ca-file', [], undefined],
  ['invalid value "5" for flag -timeout: parse error', [], 'a duration has a unit: 5s, 500ms, 1m30s'],
  ['invalid value "5" for flag -wait: parse error', ['lock'], 'a duration has a unit: 5s, 500ms, 1m30s'],
  ['invalid value "x" for flag -ttl: parse error', ['set'], undefined],
])('a person who is told %j of %j', (message, of, note) => {
  expect(usageNote(message, of, OTHERS)).toBe(note);
});

test.each([
  ['endpoints', ['get'], '--endpoints stands before the command, as in cairnctl --endpoints ... get ...'],
  ['u', ['get'], '-u stands before the command, as in cairnctl -u ... get ...'],
  ['ca-file', ['user'], '--ca-file stands before the command, as in cairnctl --ca-file ... user ...'],
  ['ttl', [], '--ttl stands behind a command that has it, as in cairnctl set --ttl ...'],
  ['url', [], '--url stands behind a command that has it, as in cairnctl doctor --url ...'],
  ['peer-urls', ['member', 'list'], undefined],
])('-%s at %j is a flag of another place', (name, of, note) => {
  expect(usageNote(`flag provided but not defined: -${name}`, of, OTHERS)).toBe(note);
});

test.each([
  ['endpont', ['get'], 'did you mean --endpoint? It stands before the command, as in cairnctl --endpoint ... get ...'],
  [
    'recursve',
    [],
    'did you mean --recursive? It stands behind a command that has it, as in cairnctl ls --recursive ...',
  ],
  [
    'pth',
    ['role'],
    'did you mean --path? It stands behind a command that has it, as in cairnctl role grant --path ...',
  ],
])('-%s at %j is nearly a flag of another place', (name, of, note) => {
  expect(usageNote(`flag provided but not defined: -${name}`, of, OTHERS)).toBe(note);
});
