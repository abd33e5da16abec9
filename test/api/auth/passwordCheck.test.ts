import { PasswordCheck, type Verdict } from '../../../src/api/auth/passwordCheck';
import { NOBODYS_HASH } from '../../../src/api/auth/passwords';

const HERE = '127.0.0.1';

let nowMs: number;
let asked: string[];
let check: PasswordCheck;
/** Released one by one if a test holds them. */
let held: (() => void)[] | undefined;

beforeEach(() => {
  nowMs = 0;
  asked = [];
  held = undefined;
  check = new PasswordCheck(() => nowMs, {
    hashOf: (password) => Promise.resolve(`hash of ${password.toString()}`),
    isPasswordOf: async (hash, password) => {
      asked.push(hash);
      if (held !== undefined) await new Promise<void>((resolve) => held?.push(resolve));
      return hash === `hash of ${password.toString()}`;
    },
  });
});

function ask(name: string, password: string, hash: string | undefined, address = HERE) {
  return check.check(name, Buffer.from(password), hash, address);
}

test('a password is checked once, and then known', async () => {
  expect(await ask('ann', 'x', 'hash of x')).toBe('right');
  expect(ask('ann', 'x', 'hash of x')).toBe('right');
  expect(await ask('ann', 'y', 'hash of x')).toBe('wrong');
  expect(ask('ann', 'y', 'hash of x')).toBe('wrong');
  expect(asked).toHaveLength(2);
});

test('a right password is another one for another user, and for another hash of the same', async () => {
  expect(await ask('ann', 'x', 'hash of x')).toBe('right');
  expect(await ask('bob', 'x', 'hash of y')).toBe('wrong');
  expect(await ask('ann', 'x', 'hash of new')).toBe('wrong');
  expect(await ask('ann', 'new', 'hash of new')).toBe('right');
  // Back to the old one: nothing is left of what was known.
  expect(await ask('ann', 'x', 'hash of x')).toBe('right');
});

test('somebody who is not there is checked too, with the same outcome as a wrong password', async () => {
  expect(await ask('nobody', 'x', undefined)).toBe('wrong');
  expect(asked).toEqual([NOBODYS_HASH]);
  expect(ask('nobody', 'x', undefined)).toBe('wrong');
  // As soon as there is one the password is checked.
  expect(await ask('nobody', 'x', 'hash of x')).toBe('right');
});

test('many who come with the same password at once are one check', async () => {
  const verdicts = await Promise.all(Array.from({ length: 100 }, async () => ask('ann', 'x', 'hash of x')));
  expect(new Set(verdicts)).toEqual(new Set(['right']));
  expect(asked).toHaveLength(1);
});

async function guess(times: number, name = 'ann', address = HERE): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (let each = 0; each < times; each++)
    verdicts.push(await ask(name, `guess ${asked.length}`, 'hash of x', address));
  return verdicts;
}

test('after ten different wrong ones the next has to wait, whether it is right or not', async () => {
  expect(new Set(await guess(10))).toEqual(new Set(['wrong']));
  expect(ask('ann', 'x', 'hash of x')).toEqual({ waitMs: 1000 });
  expect(ask('ann', 'y', 'hash of x')).toEqual({ waitMs: 1000 });
  expect(asked).toHaveLength(10);
  // Others are not held up: not other users here, not the same user elsewhere.
  expect(await ask('bob', 'x', 'hash of x')).toBe('right');
  expect(await ask('ann', 'x', 'hash of x', '10.0.0.9')).toBe('right');
});

test('who waits is let in again, and a wrong one doubles the wait', async () => {
  await guess(10);
  nowMs = 1000;
  expect(await ask('ann', 'y', 'hash of x')).toBe('wrong');
  expect(ask('ann', 'x', 'hash of x')).toEqual({ waitMs: 2000 });
  nowMs = 3000;
  expect(await ask('ann', 'x', 'hash of x')).toBe('right');
  expect(new Set(await guess(10))).toEqual(new Set(['wrong']));
});

test('a program with an old password is one wrong guess, however often it comes, and holds nobody up', async () => {
  for (let each = 0; each < 1000; each++) expect(await ask('ann', 'old', 'hash of x')).toBe('wrong');
  expect(asked).toHaveLength(1);
  expect(await ask('ann', 'x', 'hash of x')).toBe('right');
});

test('who is known is let in, however much is guessed beside', async () => {
  expect(await ask('ann', 'x', 'hash of x')).toBe('right');
  await guess(10);
  expect(ask('ann', 'x', 'hash of x')).toBe('right');
});

test('another name each time does not help: the address is slowed too', async () => {
  for (let each = 0; each < 100; each++) expect(await ask(`user${each}`, 'x', undefined)).toBe('wrong');
  expect(ask('user101', 'x', undefined)).toEqual({ waitMs: 500 });
  expect(ask('ann', 'x', 'hash of x')).toEqual({ waitMs: 500 });
  expect(await ask('ann', 'x', 'hash of x', '10.0.0.9')).toBe('right');
});

test('guesses that come all at once are slowed like those that come one by one', async () => {
  const verdicts = await Promise.all(
    Array.from({ length: 30 }, async (_, each) => ask('ann', `g${each}`, 'hash of x')),
  );
  expect(verdicts.filter((verdict) => verdict === 'wrong').length).toBeLessThanOrEqual(11);
  expect(asked.length).toBeLessThanOrEqual(11);
});

test('a flood from one address leaves others their turn, and is refused beyond a bound', async () => {
  held = [];
  const flood = Array.from({ length: 100 }, (_, each) => ask(`user${each}`, 'x', undefined));
  expect(flood.filter((verdict) => verdict === 'busy').length).toBeGreaterThanOrEqual(66);
  const mine = ask('ann', 'x', 'hash of x', '10.0.0.9');
  const letGo = held;
  held = undefined;
  for (const release of letGo) release();
  expect(await mine).toBe('right');
  // It was not behind all of them.
  expect(asked.indexOf('hash of x')).toBeLessThan(6);
  for (const each of flood) await each;
});
