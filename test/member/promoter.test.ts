import type { ClusterChange } from '../../src/machine/cluster/clusterState';
import { Machine } from '../../src/machine/machine';
import { Promoter } from '../../src/member/promoter';
import type { Raft } from '../../src/raft/raft';
import type { ProgressStatus } from '../../src/raft/types';

const SELF = 'abc';
const COMMIT = 1000;
const learner: ProgressStatus = {
  ...{
    id: 'def',
    matchIndex: COMMIT - 100,
    nextIndex: COMMIT,
    state: 'replicate',
    recentlyActive: true,
    learner: true,
  },
};

function proposedFor(progress: ProgressStatus, leader?: string | null, name = 'd'): ClusterChange[] {
  const machine = new Machine(10);
  machine.bootstrap([{ id: SELF, peerURLs: ['http://a:1'] }]);
  machine.cluster.apply({ type: 'addMember', id: learner.id, peerURLs: ['http://d:1'], learner: true });
  machine.cluster.publish(learner.id, name, [], '0.1.0', 1);
  const proposed: ClusterChange[] = [];
  const raft = {
    id: SELF,
    leader: leader === undefined ? SELF : (leader ?? undefined),
    status: () => ({ progress: [progress], commit: COMMIT }),
  };
  const promoter = new Promoter(raft as unknown as Raft, { machine }, (change) => {
    proposed.push(change);
    return new Promise(() => undefined);
  });
  promoter.check();
  promoter.check();
  return proposed;
}

it('the leader makes a voter of a learner that has caught up and answers, once', () => {
  expect(proposedFor(learner)).toEqual([{ type: 'promoteMember', id: 'def' }]);
});

it.each<[string, ProgressStatus]>([
  ['is a voter', { ...learner, learner: false }],
  ['is behind', { ...learner, matchIndex: COMMIT - 101 }],
  ['does not answer', { ...learner, recentlyActive: false }],
  ['is being probed', { ...learner, state: 'probe' }],
  ['is being sent the state', { ...learner, state: 'snapshot' }],
])('not one that %s', (_, progress) => {
  expect(proposedFor(progress)).toEqual([]);
});

it('nobody but the leader does', () => {
  expect(proposedFor(learner, 'def')).toEqual([]);
  expect(proposedFor(learner, null)).toEqual([]);
});

it('not one that has not said who it is: if it lost its disk, nobody would see that it had voted', () => {
  expect(proposedFor(learner, SELF, '')).toEqual([]);
});
