import type { ClusterChange } from '../../src/machine/cluster/clusterState';
import { Machine } from '../../src/machine/machine';
import { PendingRequests } from '../../src/member/pendingRequests';
import type { Clock } from '../../src/platform/clock';
import { Membership } from '../../src/member/membership';
import { MEMBERSHIP_REFUSALS, MemberError, MembershipError, type MembershipRefusal } from '../../src/member/types';
import { LogRecorder } from '../peer/harness';

const [SELF, OTHER] = ['a1', 'b2'];
const LIMIT_MS = 1000;

/** What operators ask of a cluster of two; the tests answer in the place of the leader. */
function scene() {
  const machine = new Machine(10);
  machine.bootstrap([SELF, OTHER].map((id) => ({ id, peerURLs: [`http://${id}:2380`] })));
  const clock = { nowMs: 1000, now: () => clock.nowMs, monotonicMs: () => 0 };
  const log = new LogRecorder();
  const requests = new PendingRequests(SELF, 1, clock as unknown as Clock, LIMIT_MS, () => undefined);
  const membership = new Membership('cafe', requests, { machine }, clock, log);
  /** Takes what waits; it is applied. */
  const settle = (): ClusterChange[] =>
    requests.changes.take().map((proposed) => {
      requests.changes.settle(proposed);
      return proposed.change;
    });
  /** Takes what waits; it is refused. */
  const refuse = (refusal: MembershipRefusal): void => {
    for (const { sequence } of requests.changes.take()) requests.changes.refuse(sequence, refusal);
  };
  /** A linearizable read is answered. */
  const read = async (): Promise<void> => {
    const context = requests.reads.takeRound();
    requests.reads.answered({ context: context!, index: 1 });
    requests.reads.release(1);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, log, machine, requests, membership, settle, refuse, read };
}

test('a member is added as a learner without a name, and answered once the change is applied', async () => {
  const { membership, settle } = scene();
  const peerURLs = ['http://c3:2380'];
  const added = membership.addMember(peerURLs);
  const changes = settle();
  const member = await added;
  expect(member).toEqual({ id: member.id, name: '', peerURLs, clientURLs: [], learner: true });
  expect(member.id).toMatch(/^[1-9a-f][0-9a-f]{0,15}$/);
  expect(changes).toEqual([{ type: 'addMember', id: member.id, peerURLs, learner: true }]);
});

test('URLs that were a member’s before get another id: who was removed must not come back under its old one', async () => {
  const { clock, membership, settle } = scene();
  const ids: string[] = [];
  for (let time = 0; time < 3; time++) {
    clock.nowMs += 1;
    const added = membership.addMember(['http://c3:2380']);
    settle();
    ids.push((await added).id);
  }
  expect(new Set(ids).size).toBe(3);
});

test('a removal asked for by who takes the place of a lost member says so to the leader, one by an operator does not', async () => {
  const { membership, settle } = scene();
  const removed = [membership.removeMember(OTHER, { onlyIfLost: true }), membership.removeMember(OTHER)];
  expect(settle()).toEqual([
    { type: 'removeMember', id: OTHER, onlyIfLost: true },
    { type: 'removeMember', id: OTHER },
  ]);
  await Promise.all(removed);
});

test('an unhealthy refusal, of which a client of etcd hears no reason, is in the log with what to do', async () => {
  const { membership, refuse, log } = scene();
  const removed = membership.removeMember(OTHER);
  refuse('unhealthy');
  await expect(removed).rejects.toThrow(new MembershipError('unhealthy'));
  expect(log.lines).toEqual([
    {
      level: 'warn',
      text: expect.stringMatching(/no majority answers now.*--strict-reconfig-check=false/),
      fields: { member: OTHER, change: 'removeMember' },
    },
  ]);
});

test.each(MEMBERSHIP_REFUSALS.filter((refusal) => refusal !== 'unhealthy'))(
  'the refusal %s is the caller’s alone',
  async (refusal) => {
    const { membership, refuse, log } = scene();
    const added = membership.addMember(['http://c3:2380']);
    refuse(refusal);
    await expect(added).rejects.toMatchObject({ name: 'MembershipError', refusal });
    expect(log.lines).toEqual([]);
  },
);

test('new URLs are proposed only after a linearizable read, and as a command of the log', async () => {
  const { membership, requests, read } = scene();
  const updated = membership.updateMember(OTHER, ['http://new:2380']);
  expect(requests.proposals.next()).toBeUndefined();
  await read();
  const batch = requests.proposals.next();
  requests.proposals.settle({ origin: SELF, run: 1, sequence: batch!.sequence, results: [undefined] });
  await updated;
  expect(requests.pending).toBe(0);
});

test.each<[string, string, string, MembershipRefusal]>([
  ['of a stranger', 'c3', 'http://new:2380', 'notFound'],
  ['that another member has', OTHER, `http://${SELF}:2380`, 'peerURLExists'],
])('URLs %s are refused and nothing is proposed', async (_, id, url, refusal) => {
  const { membership, requests, read } = scene();
  const updated = membership.updateMember(id, [url]);
  const refused = expect(updated).rejects.toMatchObject({ name: 'MembershipError', refusal });
  await read();
  await refused;
  expect(requests.pending).toBe(0);
});

test('new URLs that the leader has not taken are judged anew, by the members there are then', async () => {
  const { machine, membership, requests, read } = scene();
  const updated = membership.updateMember(OTHER, ['http://new:2380']);
  const refused = expect(updated).rejects.toMatchObject({ name: 'MembershipError', refusal: 'peerURLExists' });
  await read();
  const batch = requests.proposals.next();
  machine.cluster.updatePeerURLs(SELF, ['http://new:2380']);
  requests.proposals.failPart(batch!.sequence, [0], new MemberError('noSpace', 'not taken'));
  await new Promise((resolve) => setImmediate(resolve));
  await read();
  await refused;
  expect(requests.pending).toBe(0);
});

test('without a leader to read from, new URLs are given up at the limit', async () => {
  const { membership, requests } = scene();
  const updated = membership.updateMember(OTHER, ['http://new:2380']);
  requests.expire(LIMIT_MS);
  await expect(updated).rejects.toMatchObject({ name: 'MemberError', reason: 'timeout' });
});
