import type { Command } from '../../src/machine/command';
import { PendingRequests } from '../../src/member/pendingRequests';
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
  const requests = new PendingRequests('a1', 1, clock, 1000, () => undefined);
  const fates = [fateOf(requests.propose(COMMAND)), fateOf(requests.change({ type: 'removeMember', id: 'b2' }))];
  requests.proposals.next();
  requests.changes.take();
  requests.stateReplaced();
  const late = fateOf(requests.propose(COMMAND));
  requests.proposals.next();
  const context = requests.reads.takeRound();
  await soon();
  expect(fates.map(({ text }) => text)).toEqual(['waits', 'waits']);
  requests.reads.answered({ context: context!, index: 9 });
  requests.reads.release(9);
  await soon();
  expect(fates.map(({ text }) => text)).toEqual(Array(2).fill('MemberError: etcdserver: request timed out'));
  expect(late.text).toBe('waits');
});

test('what is applied before that is answered as always', async () => {
  const requests = new PendingRequests('a1', 1, clock, 1000, () => undefined);
  const fate = fateOf(requests.propose(COMMAND));
  const batch = requests.proposals.next();
  requests.stateReplaced();
  requests.proposals.settle({ origin: 'a1', run: 1, sequence: batch!.sequence, results: [undefined] });
  await soon();
  expect(fate.text).toBe('answered');
});

test('a jump with nobody waiting asks nothing', () => {
  const requests = new PendingRequests('a1', 1, clock, 1000, () => undefined);
  requests.stateReplaced();
  expect(requests.reads.hasQueued).toBe(false);
});
