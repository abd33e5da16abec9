import { shrink, simplify } from './shrink';

const NUMBERS = Array.from({ length: 60 }, (_, index) => index);

test('what does not matter is left out', async () => {
  const needs = (items: readonly number[]) => Promise.resolve([7, 31, 59].every((each) => items.includes(each)));
  expect(await shrink(NUMBERS, needs, 1000)).toEqual([7, 31, 59]);
});

test('the last item that matters stays', async () => {
  expect(await shrink(NUMBERS, () => Promise.resolve(true), 1000)).toHaveLength(1);
});

test('it stops after so many trials and still fails', async () => {
  let trials = 0;
  const needs = (items: readonly number[]) => {
    trials += 1;
    return Promise.resolve(items.includes(0) && items.includes(59));
  };
  const found = await shrink(NUMBERS, needs, 5);
  expect(trials).toBe(5);
  expect(found).toEqual(expect.arrayContaining([0, 59]));
});

test('items become simpler as long as that does not matter', async () => {
  const shorter = (text: string) => Array.from(text, (_, index) => text.slice(0, index) + text.slice(index + 1));
  const needs = (texts: readonly string[]) => Promise.resolve(texts.join(' ').includes('x') && texts.length === 2);
  expect(await simplify(['abxc', 'de'], shorter, needs, 1000)).toEqual(['x', '']);
});
