import { answerOf } from '../../../src/dashboard/model/answers';
import { wordsOf } from '../../../src/dashboard/views/words';

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
