/** Whether log lines are for a person, and in colours (src/app/logging.ts). */
import { standardErrorReader } from '../../src/app/logging';

test.each([
  [{}, false],
  [{ FORCE_COLOR: '1' }, true],
  [{ FORCE_COLOR: '0' }, false],
])('a pipe has colours where another program that shows it says so: %j', (environment, hasColors) => {
  const pipe = { isTTY: false, hasColors: () => true };
  expect(standardErrorReader(pipe, environment)).toEqual({ isTerminal: false, hasColors });
});

test('a terminal is asked itself', () => {
  const terminal = { isTTY: true, hasColors: () => false };
  expect(standardErrorReader(terminal, { FORCE_COLOR: '1' })).toEqual({ isTerminal: true, hasColors: false });
});
