import { Inflights } from '../../src/raft/inflights';

test('full at the limit of messages', () => {
  const inflights = new Inflights(2, 1000);
  inflights.add(5, 1);
  expect([inflights.full, inflights.empty]).toEqual([false, false]);
  inflights.add(6, 1);
  expect(inflights.full).toBe(true);
  inflights.freeTo(5);
  expect(inflights.full).toBe(false);
  inflights.freeTo(6);
  expect(inflights.empty).toBe(true);
});

test('full at the limit of bytes, which the last message may exceed', () => {
  const inflights = new Inflights(10, 100);
  inflights.add(1, 99);
  expect(inflights.full).toBe(false);
  inflights.add(2, 99);
  expect(inflights.full).toBe(true);
  inflights.freeTo(1);
  expect(inflights.full).toBe(false);
});

test('one answer frees everything up to it, and nothing beyond', () => {
  const inflights = new Inflights(4, 1000);
  for (let round = 0; round < 5; round += 1) {
    for (const index of [1, 2, 3, 4]) inflights.add(round * 10 + index, 1);
    expect(inflights.full).toBe(true);
    inflights.freeTo(round * 10 + 3);
    expect([inflights.full, inflights.empty]).toEqual([false, false]);
    inflights.freeTo(round * 10 + 9);
    expect(inflights.empty).toBe(true);
  }
});

test('clear forgets all', () => {
  const inflights = new Inflights(1, 1);
  inflights.add(1, 5);
  inflights.clear();
  expect([inflights.full, inflights.empty]).toEqual([false, true]);
});
