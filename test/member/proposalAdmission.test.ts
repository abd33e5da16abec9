import type { ClusterChange } from '../../src/machine/cluster/clusterState';
import type { Command } from '../../src/machine/command';
import { encodeBatch } from '../../src/machine/commandCodec';
import { Machine } from '../../src/machine/machine';
import { ProposalAdmission } from '../../src/member/proposalAdmission';
import { Quota } from '../../src/member/quota';
import type { Raft } from '../../src/raft/raft';
import { alive, appended, flush, leader, settledLeader, tick } from '../raft/core';
import { DEFAULTS } from '../raft/harness';

const IDS = ['1', '2', '3'];

/** Member 1 leads; of the others those in `answering` were heard within the last election timeout. */
function forwarder(answering: readonly string[], strict = true): { forwarder: ProposalAdmission; raft: Raft } {
  const raft = settledLeader({ options: { entryBytesMax: 1024 } });
  for (let count = 0; count <= DEFAULTS.electionTicks; count++) {
    tick(raft, 1);
    for (const id of answering) raft.step(alive(raft, id));
  }
  return { forwarder: admissionOf(raft, strict), raft };
}

function admissionOf(raft: Raft, strict: boolean): ProposalAdmission {
  const state = { machine: threeMembers() };
  return new ProposalAdmission(raft, state, strict, new Quota(state, 0, raft));
}

function threeMembers(): Machine {
  const machine = new Machine(10);
  machine.bootstrap(IDS.map((id) => ({ id, name: `m${id}`, peerURLs: [`http://${id}:1`] })));
  return machine;
}

const propose = (own: ProposalAdmission, change: ClusterChange): unknown =>
  own.proposeChange({ origin: '1', run: 1, sequence: 1, change });

describe('while the states of members differ', () => {
  const raft = settledLeader();
  const machine = threeMembers();
  Object.defineProperty(machine.integrity, 'doubt', { get: () => 1 });
  const admission = new ProposalAdmission(raft, { machine }, true, new Quota({ machine }, 0, raft));

  it.each<[string, Command, unknown]>([
    [
      'a write',
      { type: 'set', path: '/a', nowMs: 1, dir: false, value: 'v', expirationMs: undefined, refresh: false },
      'later',
    ],
    ['a change of users', { type: 'auth', change: { type: 'enable' } }, 'later'],
    ['what the cluster itself wants', { type: 'sync', nowMs: 1, expireMax: 1 }, undefined],
  ])('%s that a member has let in, which has not heard of it, waits', (_what, command, outcome) => {
    const data = encodeBatch({ origin: '2', run: 1, sequence: 1, commands: [command] });
    expect(admission.proposeCommands(data, [command])).toBe(outcome);
  });
});

describe('with one of three silent', () => {
  it('removing one that answers is refused: nobody could commit it', () => {
    const { forwarder: own, raft } = forwarder(['2']);
    expect(propose(own, { type: 'removeMember', id: '2' })).toBe('unhealthy');
    expect(propose(own, { type: 'removeMember', id: '1' })).toBe('unhealthy');
    expect(raft.status().configuration.voters).toEqual(IDS);
  });

  it('the silent one may be removed', () => {
    const { forwarder: own, raft } = forwarder(['2']);
    expect(propose(own, { type: 'removeMember', id: '3' })).toBeUndefined();
    expect(raft.status().configuration.voters).toEqual(['1', '2']);
  });

  it('a learner may come in, which takes nobody the quorum', () => {
    const { forwarder: own } = forwarder(['2']);
    expect(propose(own, { type: 'addMember', id: '4', peerURLs: ['http://4:1'], learner: true })).toBeUndefined();
  });

  it('--strict-reconfig-check=false lets an operator do it all the same', () => {
    const { forwarder: own, raft } = forwarder(['2'], false);
    expect(propose(own, { type: 'removeMember', id: '2' })).toBeUndefined();
    expect(raft.status().configuration.voters).toEqual(['1', '3']);
  });
});

describe('whose place somebody would take because its data is lost', () => {
  it.each(['1', '2'])('member %s is not removed: the leader hears it', (id) => {
    const { forwarder: own, raft } = forwarder(['2', '3']);
    expect(propose(own, { type: 'removeMember', id, onlyIfLost: true })).toBe('running');
    expect(raft.status().configuration.voters).toEqual(IDS);
  });

  it('a member is removed when the leader has not heard it for an election timeout', () => {
    const { forwarder: own, raft } = forwarder(['2']);
    expect(propose(own, { type: 'removeMember', id: '3', onlyIfLost: true })).toBeUndefined();
    expect(raft.status().configuration.voters).toEqual(['1', '2']);
  });

  it('nobody is removed by a leader that is too young to know', () => {
    const raft = leader({ options: { entryBytesMax: 1024 } });
    raft.step(appended(raft, '2', raft.status().lastIndex));
    flush(raft);
    raft.appliedTo(raft.status().commit);
    const own = admissionOf(raft, true);
    expect(propose(own, { type: 'removeMember', id: '3', onlyIfLost: true })).toBe('later');
  });
});

it('a change waits while a new leader cannot know yet who answers', () => {
  const raft = leader({ options: { entryBytesMax: 1024 } });
  raft.step(appended(raft, '2', raft.status().lastIndex));
  flush(raft);
  raft.appliedTo(raft.status().commit);
  const own = admissionOf(raft, true);
  expect(propose(own, { type: 'removeMember', id: '2' })).toBe('later');
  raft.step(alive(raft, '3'));
  expect(propose(own, { type: 'removeMember', id: '2' })).toBeUndefined();
});

it('a change waits until everything before it is applied: it is judged by the members there are then', () => {
  const raft = settledLeader({ options: { entryBytesMax: 1024 } });
  for (const id of ['2', '3']) raft.step(alive(raft, id));
  const own = admissionOf(raft, true);
  // Of what this leader has not put into the log itself it takes none for a change of the members.
  raft.appliedTo(raft.commit);
  expect(propose(own, { type: 'removeMember', id: '9' })).toBe('notFound');
  raft.propose(Buffer.from('x'));
  flush(raft);
  raft.step(appended(raft, '2', raft.status().lastIndex));
  raft.ready();
  expect(raft.commit).toBeGreaterThan(raft.applied);
  expect(propose(own, { type: 'removeMember', id: '3' })).toBe('later');
  raft.appliedTo(raft.commit);
  expect(propose(own, { type: 'removeMember', id: '3' })).toBeUndefined();
});

it('a command that only newer members read waits, and costs nobody the link: who asks may be ahead of a new leader', () => {
  const raft = settledLeader({ options: { entryBytesMax: 1024 } });
  const state = { machine: threeMembers() };
  const own = new ProposalAdmission(raft, state, true, new Quota(state, 0, raft));
  const batch = { origin: '2', run: 1, sequence: 1, commands: [{ type: 'auth', change: { type: 'enable' } }] } as const;
  expect(own.faultOfForwarded('2', batch)).toBeUndefined();
  expect(own.proposeCommands(encodeBatch(batch), batch.commands)).toBe('later');
  state.machine.cluster.restoreLevel(2);
  expect(own.proposeCommands(encodeBatch(batch), batch.commands)).toBeUndefined();
});

it('a key that is longer than new ones may be has no room, also where another member let it in', () => {
  const raft = settledLeader({ options: { entryBytesMax: 65_536 } });
  const own = admissionOf(raft, true);
  const set = (path: string): Command =>
    ({ type: 'set', path, nowMs: 1, dir: false, value: 'v', expirationMs: undefined, refresh: false }) as const;
  const long = `/${'k'.repeat(8192)}`;
  const commands = [set('/a'), set(long), set('/b'), { ...set(long), type: 'create', inOrder: true } as Command];
  const data = encodeBatch({ origin: '2', run: 1, sequence: 1, commands });
  expect(own.proposeCommands(data, commands)).toEqual([1, 3]);
  const rest = [set('/a'), { type: 'delete', path: long, nowMs: 1, dir: false, recursive: false } as const];
  expect(own.proposeCommands(encodeBatch({ origin: '2', run: 1, sequence: 2, commands: rest }), rest)).toBeUndefined();
});
