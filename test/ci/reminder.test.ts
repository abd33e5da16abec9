const { remindEvery } = jest.requireActual<{
  remindEvery: (everyMs: number, say: (seconds: number) => void) => () => void;
}>('../../scripts/reminder.js');

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('says how long it has been, each time, until it ends', () => {
  const said: number[] = [];
  const end = remindEvery(60_000, (seconds) => void said.push(seconds));
  jest.advanceTimersByTime(59_999);
  expect(said).toEqual([]);
  jest.advanceTimersByTime(60_002);
  expect(said).toEqual([60, 120]);
  end();
  jest.advanceTimersByTime(600_000);
  expect(said).toEqual([60, 120]);
});
