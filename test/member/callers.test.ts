import type { Command } from '../../src/machine/command';
import { Callers } from '../../src/member/callers';
import type { Clock } from '../../src/platform/clock';

const COMMAND: Command = { type: 'delete', path: '/x', nowMs: 1, dir: false, recursive: false };
const clock = { now: () => 0, monotonicMs: () => 0 } as unknown as Clock;

/** What became of a promise so far. */
function fateOf(promise: Promise<unknown>): { text: string } {
  const fate = { text: 'waits' };
  promise.then(
    () => (fate.text = 'answered'),
    (error: unknown) => (fate.text = String(error)),
  );
  return fate;
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('after the state jumped, what was in flight hears that its fate is unknown as soon as the member has caught up', async () => {
  const callers = new Callers('a1', 1, clock, 1000, () => undefined);
  const fates = [fateOf(callers.propose(COMMAND)), fateOf(callers.change({ type: 'removeMember', id: 'b2' }))];
  callers.proposals.next();
  callers.changes.take();
  callers.stateReplaced();
  const late = fateOf(callers.propose(COMMAND));
  callers.proposals.next();
  const context = callers.reads.takeRound();
  await soon();
  expect(fates.map(({ text }) => text)).toEqual(['waits', 'waits']);
  callers.reads.answered({ context: context!, index: 9 });
  callers.reads.release(9);
  await soon();
  expect(fates.map(({ text }) => text)).toEqual(Array(2).fill('MemberError: etcdserver: request timed out'));
  expect(late.text).toBe('waits');
});

test('what is applied before that is answered as always', async () => {
  const callers = new Callers('a1', 1, clock, 1000, () => undefined);
  const fate = fateOf(callers.propose(COMMAND));
  const batch = callers.proposals.next();
  callers.stateReplaced();
  callers.proposals.settle({ origin: 'a1', run: 1, sequence: batch!.sequence, results: [undefined] });
  await soon();
  expect(fate.text).toBe('answered');
});

test('a jump with nobody waiting asks nothing', () => {
  const callers = new Callers('a1', 1, clock, 1000, () => undefined);
  callers.stateReplaced();
  expect(callers.reads.hasQueued).toBe(false);
});
