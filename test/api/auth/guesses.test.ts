import { Guesses } from '../../../src/api/auth/guesses';

test('some wrong ones are free, then each has to wait twice as long as the one before, up to a limit', () => {
  const guesses = new Guesses({ free: 3, waitMaxMs: 4000, guessersMax: 10 });
  let nowMs = 0;
  const waits = [];
  for (let each = 0; each < 7; each++) {
    const waitMs = guesses.waitMs('me', nowMs);
    waits.push(waitMs);
    nowMs += waitMs;
    expect(guesses.waitMs('me', nowMs)).toBe(0);
    guesses.wrong('me', nowMs);
  }
  expect(waits).toEqual([0, 0, 0, 1000, 2000, 4000, 4000]);
  expect(guesses.waitMs('somebody else', nowMs)).toBe(0);
});

test('a right one ends it, and so does a quarter of an hour without a wrong one', () => {
  const guesses = new Guesses({ free: 1, waitMaxMs: 4000, guessersMax: 10 });
  guesses.wrong('a', 0);
  guesses.right('a');
  expect(guesses.waitMs('a', 0)).toBe(0);
  for (let each = 0; each < 5; each++) guesses.wrong('b', 0);
  guesses.wrong('b', 15 * 60_000);
  guesses.wrong('b', 15 * 60_000);
  expect(guesses.waitMs('b', 15 * 60_000)).toBe(2000);
});

test('of too many guessers the one that was silent longest is forgotten', () => {
  const guesses = new Guesses({ free: 1, waitMaxMs: 4000, guessersMax: 2 });
  guesses.wrong('a', 0);
  guesses.wrong('b', 1);
  guesses.wrong('a', 2);
  guesses.wrong('c', 3);
  expect(['a', 'b', 'c'].map((each) => guesses.waitMs(each, 3) > 0)).toEqual([true, false, true]);
});
