import { answerOf, type Answer } from '../../../src/dashboard/model/answers';
import { readAsSeen } from '../../../src/dashboard/model/reading';
import { urlOf } from '../../../src/dashboard/model/saving';

async function read(seenIndex: number, ...answers: Answer[]): Promise<readonly [Answer, readonly string[]]> {
  const asked: string[] = [];
  const ask = (request: Parameters<typeof urlOf>[0]) => {
    asked.push(urlOf(request));
    return Promise.resolve(answers[asked.length - 1]!);
  };
  return [await readAsSeen(ask, '/a', seenIndex), asked];
}

const old = answerOf(200, 'old', 7);
const current = answerOf(200, 'new', 9);

test('a member that is not behind is believed', async () => {
  expect(await read(9, current)).toEqual([current, ['/v2/keys/a']]);
  expect(await read(0, old)).toEqual([old, ['/v2/keys/a']]);
});

test('one that is behind what was seen, as the next one behind a proxy may be, is not: a majority is asked', async () => {
  expect(await read(9, old, current)).toEqual([current, ['/v2/keys/a', '/v2/keys/a?quorum=true']]);
});

test('a refusal and silence are what they are', async () => {
  for (const answer of [answerOf(404, {}, 0), answerOf(502, {}, 0)])
    expect(await read(9, answer)).toEqual([answer, ['/v2/keys/a']]);
});
