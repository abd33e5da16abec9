import type { ClusterChange } from '../../src/machine/cluster/clusterState';
import { Changes } from '../../src/member/changes';
import { CHANGES_MAX } from '../../src/member/settings';
import { MemberError, MembershipError } from '../../src/member/types';

const SELF = 'abc';
const RUN = 7;
const change: ClusterChange = { type: 'removeMember', id: 'def' };
const timeout = (): MemberError => new MemberError('timeout', 'too late');

let changes: Changes;
beforeEach(() => {
  changes = new Changes(SELF, RUN);
});

it('an applied change answers the caller of this member and run, and nobody else', async () => {
  const caller = changes.add(change, 100);
  expect(changes.take()).toEqual([{ origin: SELF, run: RUN, sequence: 1, change }]);
  changes.settle({ origin: 'def', run: RUN, sequence: 1, change });
  changes.settle({ origin: SELF, run: RUN - 1, sequence: 1, change });
  changes.settle({ origin: SELF, run: RUN, sequence: 2, change });
  expect(changes.pending).toBe(1);
  changes.settle({ origin: SELF, run: RUN, sequence: 1, change });
  await caller;
  expect(changes.pending).toBe(0);
});

it('a change that was not taken waits again under its number', async () => {
  const caller = changes.add(change, 100);
  changes.take();
  expect(changes.hasQueued).toBe(false);
  changes.putBack(1);
  expect(changes.take()).toMatchObject([{ sequence: 1 }]);
  changes.refuse(1, 'notFound');
  await expect(caller).rejects.toEqual(new MembershipError('notFound'));
});

it('only whom it was sent to may decline it', () => {
  void changes.add(change, 100);
  changes.take();
  expect(changes.wasSentTo(1, 'def')).toBe(false);
  changes.sent(1, 'def');
  expect(changes.wasSentTo(1, 'def')).toBe(true);
  expect(changes.wasSentTo(1, '999')).toBe(false);
  changes.putBack(1);
  changes.take();
  expect(changes.wasSentTo(1, 'def')).toBe(false);
});

it('rejects those whose time is up, queued or in flight', async () => {
  const inFlight = changes.add(change, 100);
  changes.take();
  const queued = changes.add(change, 100);
  const patient = changes.add(change, 300);
  changes.expire(200, timeout);
  expect(changes.pending).toBe(1);
  changes.rejectAll(timeout());
  const outcomes = await Promise.allSettled([inFlight, queued, patient]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});

it('refuses more than its bound', async () => {
  const callers = Array.from({ length: CHANGES_MAX }, () => changes.add(change, 100));
  await expect(changes.add(change, 100)).rejects.toMatchObject({ reason: 'tooManyRequests' });
  changes.rejectAll(timeout());
  await Promise.allSettled(callers);
});
