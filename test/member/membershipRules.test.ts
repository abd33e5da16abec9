import { ClusterState, type ClusterChange } from '../../src/machine/cluster/clusterState';
import { configurationAfter, refusalOf, refusalOfUpdate } from '../../src/member/membershipRules';

const voter = (id: string): ClusterChange => ({ type: 'addMember', id, peerURLs: [`http://${id}:1`], learner: false });

function clusterOf(...changes: ClusterChange[]): ClusterState {
  const cluster = new ClusterState();
  for (const change of changes) cluster.apply(change);
  return cluster;
}

describe('refusals', () => {
  const cluster = clusterOf(voter('a'), voter('b'), { type: 'removeMember', id: 'b' });

  it.each<[ClusterChange, string | undefined]>([
    [voter('c'), undefined],
    [{ ...voter('c'), type: 'addMember', peerURLs: ['http://a:1'] } as ClusterChange, 'peerURLExists'],
    [voter('a'), 'idExists'],
    [voter('b'), 'idExists'],
    [{ type: 'removeMember', id: 'a' }, 'lastMember'],
    [{ type: 'removeMember', id: 'b' }, 'removed'],
    [{ type: 'removeMember', id: 'x' }, 'notFound'],
    [{ type: 'promoteMember', id: 'a' }, 'notFound'],
  ])('%j: %s', (change, refusal) => {
    expect(refusalOf(cluster, change)).toBe(refusal);
  });

  it('of a learner while 32 wait to be promoted; a voter, or a learner after one of them is gone, is taken', () => {
    const learner = (n: number): ClusterChange => ({
      ...{ type: 'addMember', id: `l${n}`, peerURLs: [`http://l${n}:1`], learner: true },
    });
    const full = clusterOf(voter('a'), ...Array.from({ length: 32 }, (_, n) => learner(n)));
    expect(refusalOf(full, learner(32))).toBe('tooManyLearners');
    expect(refusalOf(full, learner(0))).toBe('idExists');
    expect(refusalOf(full, voter('b'))).toBeUndefined();
    full.apply({ type: 'promoteMember', id: 'l0' });
    expect(refusalOf(full, learner(32))).toBeUndefined();
    full.apply(learner(32));
    full.apply({ type: 'removeMember', id: 'l1' });
    expect(refusalOf(full, learner(33))).toBeUndefined();
  });

  it('of new URLs', () => {
    const two = clusterOf(voter('a'), voter('c'));
    expect(refusalOfUpdate(two, 'a', ['http://a:1', 'http://a:2'])).toBeUndefined();
    expect(refusalOfUpdate(two, 'a', ['http://c:1'])).toBe('peerURLExists');
    expect(refusalOfUpdate(two, 'x', ['http://x:1'])).toBe('notFound');
    expect(refusalOfUpdate(cluster, 'b', ['http://b:2'])).toBe('removed');
  });
});

it('configurations stay sorted, and a promoted learner is no learner any more', () => {
  const start = { voters: ['a', 'c'], learners: ['d'] };
  expect(configurationAfter(start, { type: 'addMember', id: 'b', peerURLs: [], learner: true })).toEqual({
    voters: ['a', 'c'],
    learners: ['b', 'd'],
  });
  expect(configurationAfter(start, { type: 'promoteMember', id: 'd' })).toEqual({
    voters: ['a', 'c', 'd'],
    learners: [],
  });
  expect(configurationAfter(start, { type: 'removeMember', id: 'a' })).toEqual({ voters: ['c'], learners: ['d'] });
});
