import type { Configuration } from '../../src/raft/types';
import { alive, core, FIVE, leader, settledLeader, THREE, tick } from './core';
import { DEFAULTS } from './harness';

const { electionTicks } = DEFAULTS;
const of = (...voters: string[]): Configuration => ({ voters, learners: [] });

test('only a leader can tell', () => {
  expect(core().hearsQuorumOf(THREE)).toBeUndefined();
});

test('a leader that nobody answered yet does not know', () => {
  const raft = leader();
  expect(raft.hearsQuorumOf(THREE)).toBeUndefined();
  raft.step(alive(raft, '2'));
  expect(raft.hearsQuorumOf(THREE)).toBe(true);
  expect(raft.hearsQuorumOf(of('1', '3'))).toBeUndefined();
});

test('after an election timeout silence is an answer', () => {
  const raft = settledLeader();
  for (let count = 0; count <= electionTicks; count++) {
    tick(raft, 1);
    raft.step(alive(raft, '2'));
  }
  expect(raft.hearsQuorumOf(THREE)).toBe(true);
  expect(raft.hearsQuorumOf(of('1', '2'))).toBe(true);
  expect(raft.hearsQuorumOf(of('1', '3'))).toBe(false);
  expect(raft.hearsQuorumOf(of('2', '3'))).toBe(false);
});

test('right after a quorum check, too, members that were heard count', () => {
  const raft = settledLeader({ configuration: FIVE });
  for (let count = 0; count < 2 * electionTicks; count++) {
    for (const id of ['2', '3']) raft.step(alive(raft, id));
    tick(raft, 1);
  }
  const active = raft.status().progress.filter(({ recentlyActive }) => recentlyActive);
  expect(active.map(({ id }) => id)).toEqual(['2', '3']);
  expect(raft.hearsQuorumOf(FIVE)).toBe(true);
});
