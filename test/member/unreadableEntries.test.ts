import { UnreadableEntries } from '../../src/member/unreadableEntries';
import { LogRecorder } from '../peer/harness';

function scene() {
  const log = new LogRecorder();
  const clock = { nowMs: 1_000_000, now: () => clock.nowMs };
  return { log, clock, unreadable: new UnreadableEntries(clock, log) };
}

test('the first is said at once, with what is wrong with it', () => {
  const { log, unreadable } = scene();
  unreadable.note(17, 'a sync that has no bound');
  expect(log.lines).toEqual([
    {
      level: 'error',
      text: expect.stringContaining('an entry of the log had no effect'),
      fields: { index: 17, fault: 'a sync that has no bound', entries: 1 },
    },
  ]);
});

test('however many follow, there is one line in half a minute, which counts all of them', () => {
  const { log, clock, unreadable } = scene();
  for (let index = 1; index <= 1000; index++) unreadable.note(index, 'x');
  clock.nowMs += 29_999;
  unreadable.note(1001, 'x');
  expect(log.lines).toHaveLength(1);
  clock.nowMs += 1;
  unreadable.note(1002, 'y');
  unreadable.note(1003, 'y');
  expect(log.lines.slice(1).map(({ fields }) => fields)).toEqual([{ index: 1002, fault: 'y', entries: 1002 }]);
});

test('a clock that was set back silences nobody', () => {
  const { log, clock, unreadable } = scene();
  unreadable.note(1, 'x');
  clock.nowMs -= 3_600_000;
  unreadable.note(2, 'x');
  expect(log.lines).toHaveLength(2);
});
