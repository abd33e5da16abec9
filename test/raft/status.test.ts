import { core, FIVE, settledLeader } from './core';
import { bytes } from './harness';

test('a follower in one line', () => {
  expect(core({ terms: [1, 2], commit: 1, votedFor: '3' }).describe()).toBe(
    '1 follower term=2 vote=3 leader=- log=[1,2] persisted=2 commit=1 applied=0 voters=1,2,3',
  );
});

test('a leader in one line, with its followers', () => {
  const raft = settledLeader({ configuration: { voters: ['1', '2'], learners: ['3'] } });
  expect(raft.describe()).toBe(
    '1 leader term=1 vote=1 leader=1 log=[1,1] persisted=1 commit=1 applied=1 voters=1,2 learners=3 ' +
      '(2 replicate match=1 next=2) (3 probe match=0 next=1 learner silent)',
  );
});

test('status names the members of the configuration in force, not those that leave', () => {
  const raft = settledLeader({ configuration: FIVE });
  raft.proposeConfiguration({ voters: ['1', '2', '3', '4'], learners: [] }, bytes(''));
  expect(raft.status().progress.map(({ id }) => id)).toEqual(['2', '3', '4']);
});
