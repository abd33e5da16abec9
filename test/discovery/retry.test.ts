import { Retry } from '../../src/discovery/retry';
import { dialTcp } from '../../src/platform/dial';

let wallMs = 0;
let monotonicMs = 0;
let lines: string[];
let retry: Retry;

beforeEach(() => {
  wallMs = 1_700_000_000_000;
  monotonicMs = 0;
  lines = [];
  const clock = { now: () => wallMs, monotonicMs: () => monotonicMs, after: () => () => undefined };
  const log = (_fields: object, message: string): void => void lines.push(message);
  const { signal } = new AbortController();
  retry = new Retry({ clock, random: () => 0, log: { info: log, warn: log }, signal, dial: dialTcp });
});

it('says the same again after 30 s, and something else at once', () => {
  retry.warn({}, 'a');
  monotonicMs = 29_999;
  retry.warn({}, 'a');
  expect(lines).toEqual(['a']);
  retry.warn({}, 'b');
  monotonicMs += 30_000;
  retry.info({}, 'b');
  expect(lines).toEqual(['a', 'b', 'b']);
});

it('does so also when the clock was set back', () => {
  retry.warn({}, 'a');
  wallMs -= 3_600_000;
  monotonicMs = 31_000;
  retry.warn({}, 'a');
  expect(lines).toEqual(['a', 'a']);
});
