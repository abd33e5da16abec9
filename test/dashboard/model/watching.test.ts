import { BEGINNING, Lines, next, pauseMs, type Outcome, type Watching } from '../../../src/dashboard/model/watching';

function after(...outcomes: Outcome[]): Watching {
  return outcomes.reduce(next, BEGINNING);
}

test('it begins with a listing, and asks for what comes after it', () => {
  expect(BEGINNING.from).toBeUndefined();
  expect(after({ kind: 'listed', index: 10 }).from).toBe(11);
});

test('it goes on after the last event it saw, also when it was cut', () => {
  const seen: Outcome[] = [
    { kind: 'listed', index: 10 },
    { kind: 'event', index: 15 },
  ];
  expect(after(...seen, { kind: 'failed' }).from).toBe(16);
  expect(after(...seen, { kind: 'ended' })).toEqual({ from: 16, failures: 0 });
  expect(after(...seen, { kind: 'event', index: 12 }).from).toBe(16);
});

test('when the history is cleared, everything is listed again', () => {
  expect(after({ kind: 'listed', index: 10 }, { kind: 'cleared' })).toEqual(BEGINNING);
});

test('a member that is away is asked ever more seldom, up to each five seconds', () => {
  const pauses = [0, 1, 2, 3, 9].map((failures) => pauseMs({ from: 1, failures }));
  expect(pauses).toEqual([0, 250, 500, 1000, 5000]);
  expect(after({ kind: 'failed' }, { kind: 'failed' }, { kind: 'idle' }).failures).toBe(0);
  expect(after({ kind: 'failed' }, { kind: 'failed' }, { kind: 'event', index: 3 }).failures).toBe(0);
});

test('lines are put together from pieces', () => {
  const lines = new Lines();
  expect(lines.take('{"a":')).toEqual([]);
  expect(lines.take('1}\n{"b"')).toEqual(['{"a":1}']);
  expect(lines.take(':2}\n\n')).toEqual(['{"b":2}']);
});
