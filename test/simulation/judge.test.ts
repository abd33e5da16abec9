import { Judge } from './judge';

test('the first guarantee that was broken is the verdict', () => {
  const judge = new Judge();
  judge.check(true, 'one', () => 'held');
  expect(judge.verdict).toBeUndefined();
  judge.check(false, 'two', () => 'broken');
  judge.broken('three', 'broken, too');
  expect(judge.verdict?.message).toBe('two: broken');
});

test('somebody who stumbles over an answer is a verdict, and not the end of the process', async () => {
  const judge = new Judge();
  judge.watch('c1', Promise.resolve());
  judge.watch('c2', Promise.reject(new TypeError('there is no node in it')));
  await Promise.resolve();
  expect(judge.verdict?.message).toMatch(/^answers are what was asked for: c2 TypeError: there is no node in it/);
});
