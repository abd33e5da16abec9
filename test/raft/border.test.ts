import { faultOfStart, INDEX_MAX, judge, TERM_MAX } from '../../src/raft/border';
import { handleHeartbeat } from '../../src/raft/following';
import { RaftState } from '../../src/raft/state';
import type { Configuration, Entry, Heartbeat, Message, RaftOptions } from '../../src/raft/types';

const VOTERS = ['1', '2', '3'];
const OPTIONS: RaftOptions = {
  ...{ id: '1', electionTicks: 10, heartbeatTicks: 1, random: () => 0.5 },
  ...{ appendBytesMax: 1e6, inflightMessagesMax: 10, inflightBytesMax: 1e6, uncommittedBytesMax: 1e6 },
  entryBytesMax: 1e6,
};
const command = (index: number, term: number): Entry => ({ kind: 'command', index, term, data: Buffer.from('x') });
const configuration = (index: number, term: number, next: Configuration): Entry => ({
  ...{ kind: 'configuration', index, term, configuration: next, data: Buffer.alloc(0) },
});

/** Member 1 in term 5, with entries 3 to 6 of terms 2, 3, 3, 4 after a start at 2, committed up to 4. */
function stateOf(leader?: string, voters: readonly string[] = VOTERS): RaftState {
  const state = new RaftState(OPTIONS, {
    hardState: { term: 5, votedFor: undefined, commit: 4 },
    start: { index: 2, term: 2, configuration: { voters, learners: [] } },
    entries: [command(3, 2), command(4, 3), command(5, 3), command(6, 4)],
    applied: 2,
  });
  state.leader = leader;
  return state;
}

const from = (id: string, fields: object): Message => ({ from: id, to: '1', term: 5, ...fields }) as Message;
const append = (fields: object): Message =>
  from('2', { type: 'appendRequest', prevLogIndex: 6, prevLogTerm: 4, entries: [], commit: 0, ...fields });
const heartbeat = (fields: object): Message => from('2', { type: 'heartbeat', commit: 0, readRound: 0, ...fields });

const isOffence = (state: RaftState, message: Message): boolean => {
  const verdict = judge(state, message);
  return verdict !== undefined && verdict !== 'ignored';
};

it.each<[string, Message]>([
  ['an append that fits', append({ entries: [command(7, 5)], commit: 7 })],
  ['an append again', append({ prevLogIndex: 4, prevLogTerm: 3, entries: [command(5, 3), command(6, 4)] })],
  [
    'an append that replaces what is not committed',
    append({ prevLogIndex: 4, prevLogTerm: 3, entries: [command(5, 5)] }),
  ],
  [
    'an append from before the start',
    append({ prevLogIndex: 1, prevLogTerm: 1, entries: [command(2, 2), command(3, 2)] }),
  ],
  ['an append that leaves a gap', append({ prevLogIndex: 60, prevLogTerm: 5 })],
  ['an append of an older term', append({ term: 4, prevLogTerm: 4, entries: [command(7, 4)] })],
  ['a heartbeat that commits what is here', heartbeat({ commit: 6 })],
  ['a heartbeat of a leader that is not known yet', { ...heartbeat({ term: 6 }), from: '9' }],
  [
    'a vote request of a candidate that is not known yet',
    from('9', { type: 'voteRequest', lastLogIndex: 9, lastLogTerm: 5, term: 6, pre: true, transfer: false }),
  ],
  ['a new member', append({ entries: [configuration(7, 5, { voters: VOTERS, learners: ['4'] })] })],
])('%s is taken', (_, message) => {
  expect(judge(stateOf(), message)).toBeUndefined();
});

it('one that only joins may have lost what it acknowledged: a heartbeat that counts on it is taken', () => {
  const joining = new RaftState(OPTIONS, {
    hardState: { term: 0, votedFor: undefined, commit: 0 },
    start: { index: 0, term: 0, configuration: { voters: [], learners: [] } },
    ...{ entries: [], applied: 0 },
  });
  const counting = heartbeat({ commit: 7 }) as Heartbeat;
  expect(judge(joining, counting)).toBeUndefined();
  handleHeartbeat(joining, counting);
  expect(joining.log.commit).toBe(0);
});

it.each<[string, Message]>([
  ['for somebody else', { ...heartbeat({}), to: '3' }],
  ['of this member itself', { ...heartbeat({}), from: '1' }],
  ['of a leader of term 0', heartbeat({ term: 0 })],
  ['of a term beyond all', heartbeat({ term: TERM_MAX + 1 })],
  ['a commit index of what is not here', heartbeat({ commit: 7 })],
  ['a commit index beyond all', append({ commit: INDEX_MAX + 1 })],
  ['an index beyond all', append({ prevLogIndex: INDEX_MAX + 1 })],
  ['after an entry of a later term', append({ prevLogTerm: 6 })],
  ['an entry of a later term', append({ entries: [command(7, 6)] })],
  ['an entry of an earlier term than the one before', append({ entries: [command(7, 3)] })],
  ['terms that fall', append({ entries: [command(7, 5), command(8, 4)] })],
  ['a gap between entries', append({ entries: [command(7, 5), command(9, 5)] })],
  ['another term of a committed entry', append({ prevLogIndex: 4, prevLogTerm: 4 })],
  ['another committed entry', append({ prevLogIndex: 3, prevLogTerm: 2, entries: [command(4, 4)] })],
  [
    'an entry longer than a leader takes',
    append({ entries: [{ ...command(7, 5), data: Buffer.alloc(OPTIONS.entryBytesMax + 1) } as Entry] }),
  ],
  ['two members more at once', append({ entries: [configuration(7, 5, { voters: VOTERS, learners: ['4', '5'] })] })],
  ['no voters', append({ entries: [configuration(7, 5, { voters: [], learners: VOTERS })] })],
  ['a voter twice', append({ entries: [configuration(7, 5, { voters: ['1', '2', '3', '3'], learners: [] })] })],
])('a message %s is an offence', (_, message) => {
  const state = stateOf();
  // Term 0 is older than any that a member with a log is in.
  if (message.term === 0) state.enterTerm(0, undefined);
  expect(isOffence(state, message)).toBe(true);
});

it('who leads a term is the only one to say so', () => {
  expect(isOffence(stateOf('3'), heartbeat({}))).toBe(true);
  expect(isOffence(stateOf('2'), heartbeat({}))).toBe(false);
  expect(isOffence(stateOf('3'), heartbeat({ term: 6 }))).toBe(false);
});

it('configurations of entries that will be refused are not judged by a log that is another one', () => {
  const next = configuration(7, 5, { voters: ['7', '8'], learners: [] });
  expect(judge(stateOf(), append({ prevLogTerm: 5, entries: [next] }))).toBeUndefined();
});

it('answers and questions of strangers mean nothing, unless this member is only joining', () => {
  const messages = [
    from('9', { type: 'appendResponse', success: true, index: 1, hintIndex: 0, hintTerm: 0, term: 9 }),
    from('9', { type: 'voteResponse', pre: false, granted: false, term: 9 }),
    from('9', { type: 'heartbeatResponse', readRound: 0, term: 9 }),
    from('9', { type: 'readIndexRequest', context: 1, term: 9 }),
    from('9', { type: 'timeoutNow', term: 9 }),
  ];
  for (const message of messages) {
    expect(judge(stateOf(), message)).toBe('ignored');
    expect(judge(stateOf(), { ...message, from: '2' })).toBeUndefined();
    expect(judge(stateOf(undefined, []), message)).toBeUndefined();
  }
});

it('only the leader calls to an election in its term', () => {
  expect(judge(stateOf('2'), from('2', { type: 'timeoutNow' }))).toBeUndefined();
  expect(judge(stateOf('2'), from('3', { type: 'timeoutNow' }))).toBe('ignored');
  expect(judge(stateOf('2'), from('3', { type: 'readIndexResponse', context: 1, index: 9 }))).toBe('ignored');
});

describe('a state that the leader sends', () => {
  const CONFIGURATION = { voters: VOTERS, learners: [] };
  const fault = (index: number, term: number, configuration: Configuration = CONFIGURATION): string | undefined =>
    faultOfStart(stateOf('2'), { index, term, configuration });

  it.each<[string, number, number]>([
    ['what is committed here', 4, 3],
    ['the last entry of this log', 6, 4],
    ['another entry where nothing is committed', 6, 5],
    ['what is far ahead', 4000, 5],
  ])('at %s is taken', (_, index, term) => {
    expect(fault(index, term)).toBeUndefined();
  });

  it('far ahead with other members than there are here is taken', () => {
    expect(fault(4000, 5, { voters: ['2', '3'], learners: ['4'] })).toBeUndefined();
  });

  it.each<[string, number, number, RegExp]>([
    ['an index beyond all', INDEX_MAX + 1, 5, /index/],
    ['index 0', 0, 0, /index/],
    ['term 0', 40, 0, /of term 0/],
    ['a later term than the one that is led', 40, 6, /of term 6, in term 5/],
    ['another term of a committed entry', 4, 5, /contradicts/],
    ['a term before that of what is committed', 40, 2, /contradicts/],
  ])('at %s is refused', (_, index, term, text) => {
    expect(fault(index, term)).toMatch(text);
  });

  it('with other members than this log has at that very entry is refused', () => {
    expect(fault(6, 4, { voters: ['1', '2'], learners: [] })).toMatch(/other members/);
  });
});
