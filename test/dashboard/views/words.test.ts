import { answerOf } from '../../../src/dashboard/model/answers';
import {
  childrenWords,
  connectionWords,
  lagWords,
  leaderWords,
  nothingShownWords,
  wordsOf,
} from '../../../src/dashboard/views/words';

const SILENT = 'Perhaps saved, perhaps not: the member does not answer. Look at the key before you try again.';
const LOST = 'Perhaps saved, perhaps not: Raft Internal Error. Look at the key before you try again.';

test.each([
  // A proxy or a balancer that got no answer.
  [502, { message: 'proxy: unable to get response from 1 endpoint(s)' }, SILENT],
  [504, undefined, SILENT],
  [503, { message: 'proxy: zero endpoints currently available' }, SILENT],
  // A member that does not know.
  [500, { errorCode: 300, message: 'Raft Internal Error' }, LOST],
  // A member that knows.
  [503, { errorCode: 300, message: 'Raft Internal Error', cause: 'busy' }, 'Not saved: Raft Internal Error: busy'],
  [507, { errorCode: 300, message: 'Raft Internal Error', cause: 'full' }, 'Not saved: Raft Internal Error: full'],
  [403, { errorCode: 110, message: 'Not allowed' }, 'Not saved: Not allowed'],
])('of a save that got %i and %j', (status, body, words) => {
  const answer = answerOf(status, body, 0);
  if (answer.kind === 'ok') throw new Error('it was done');
  expect(wordsOf('saved', answer)).toBe(words);
});

test('a member that says nothing to this user is not one that says nothing', () => {
  const words = (['live', 'refused', 'silent'] as const).map(connectionWords);
  expect(words).toEqual(['Live', 'No right to read', 'Not connected']);
});

test('without a leader every page says that changes wait', () => {
  expect(leaderWords(false)).toBe('No leader: changes wait');
  expect([leaderWords(true), leaderWords(undefined)]).toEqual(['', '']);
});

test.each([
  [{ isLeader: false, lag: undefined }, false, 'no leader'],
  [{ isLeader: false, lag: undefined }, true, 'known to the leader'],
  [{ isLeader: false, lag: 1200 }, true, '1,200 entries'],
  [{ isLeader: true, lag: undefined }, true, '–'],
])('behind the leader: %j where there being one is %s', (member, hasLeader, words) => {
  expect(lagWords(member, hasLeader)).toBe(words);
});

test('a directory and its children', () => {
  expect([undefined, 0, 1, 1200].map(childrenWords)).toEqual([
    'A directory.',
    'A directory with 0 children.',
    'A directory with one child.',
    'A directory with 1,200 children.',
  ]);
});

test('an empty cluster asks nobody to select a key', () => {
  expect(nothingShownWords(undefined, false)).toBe('There are no keys yet. “New key” makes the first one.');
  expect(nothingShownWords(undefined, true)).toBe('Select a key to see it.');
  expect(nothingShownWords('/a', true)).toBe('/a was deleted.');
});
