/** Short ways to bring one core into a situation, and to see what it says. */
import { Raft } from '../../src/raft/raft';
import type { Configuration, Entry, MemberId, Message, RaftOptions, RestoredState } from '../../src/raft/types';
import { bytes, command, optionsOf } from './harness';

export const THREE: Configuration = { voters: ['1', '2', '3'], learners: [] };
export const FIVE: Configuration = { voters: ['1', '2', '3', '4', '5'], learners: [] };

export interface Situation {
  readonly configuration?: Configuration;
  readonly term?: number;
  readonly votedFor?: MemberId;
  readonly commit?: number;
  /** The terms of the entries from index 1 on. */
  readonly terms?: readonly number[];
  readonly options?: Partial<RaftOptions>;
}

export function restored(situation: Situation = {}): RestoredState {
  const { configuration = THREE, terms = [], votedFor, commit = 0 } = situation;
  const term = situation.term ?? terms.at(-1) ?? 0;
  return {
    hardState: { term, votedFor, commit },
    start: { index: 0, term: 0, configuration },
    entries: terms.map((entryTerm, position): Entry => command(position + 1, entryTerm)),
    applied: 0,
  };
}

/** Member 1. */
export function core(situation: Situation = {}): Raft {
  return new Raft(optionsOf('1', situation.options), restored(situation));
}

/** Makes everything durable and takes everything that may leave. */
export function flush(raft: Raft): Message[] {
  const messages = [...raft.ready().messages];
  for (let write = raft.takeWrite(); write !== undefined; write = raft.takeWrite()) {
    raft.persisted();
    messages.push(...write.messagesAfter, ...raft.ready().messages);
  }
  return messages;
}

/** Member 1 wins an election with everybody's vote; its no-op is durable at home, and nowhere else. */
export function leader(situation: Situation = {}): Raft {
  const raft = core(situation);
  const { voters } = situation.configuration ?? THREE;
  const others = voters.filter((id) => id !== '1');
  raft.campaign();
  const term = raft.status().term + (others.length === 0 ? 0 : 1);
  flush(raft);
  for (const from of others) raft.step({ type: 'voteResponse', from, to: '1', term, pre: true, granted: true });
  flush(raft);
  for (const from of others) raft.step({ type: 'voteResponse', from, to: '1', term, pre: false, granted: true });
  flush(raft);
  return raft;
}

/** A leader whose no-op is committed. */
export function settledLeader(situation: Situation = {}): Raft {
  const raft = leader(situation);
  const { configuration, lastIndex } = raft.status();
  for (const from of configuration.voters) if (from !== '1') raft.step(appended(raft, from, lastIndex));
  flush(raft);
  raft.appliedTo(raft.status().commit);
  return raft;
}

export function appended(raft: Raft, from: MemberId, index: number): Message {
  const { term } = raft.status();
  return { type: 'appendResponse', from, to: '1', term, success: true, index, hintIndex: 0, hintTerm: 0 };
}

export function refused(raft: Raft, from: MemberId, index: number, hintIndex: number, hintTerm: number): Message {
  const { term } = raft.status();
  return { type: 'appendResponse', from, to: '1', term, success: false, index, hintIndex, hintTerm };
}

export function alive(raft: Raft, from: MemberId, readRound = 0): Message {
  return { type: 'heartbeatResponse', from, to: '1', term: raft.status().term, readRound };
}

export function heartbeat(term: number, commit = 0, from: MemberId = '2'): Message {
  return { type: 'heartbeat', from, to: '1', term, commit, readRound: 0 };
}

export function voteRequest(
  term: number,
  lastLogIndex: number,
  lastLogTerm: number,
  changes: { from?: MemberId; pre?: boolean; transfer?: boolean } = {},
): Message {
  const { from = '2', pre = false, transfer = false } = changes;
  return { type: 'voteRequest', from, to: '1', term, pre, lastLogIndex, lastLogTerm, transfer };
}

export function append(
  term: number,
  prevLogIndex: number,
  prevLogTerm: number,
  terms: readonly number[],
  commit = 0,
  from: MemberId = '2',
): Message {
  const entries = terms.map((entryTerm, position) => command(prevLogIndex + 1 + position, entryTerm));
  return { type: 'appendRequest', from, to: '1', term, prevLogIndex, prevLogTerm, entries, commit };
}

export function propose(raft: Raft, value = 'x'): void {
  const result = raft.propose(bytes(value));
  if (!result.ok) throw new Error(`refused: ${result.reason}`);
}

export function tick(raft: Raft, times: number): void {
  for (let count = 0; count < times; count += 1) raft.tick();
}

/** The terms of the log's entries. */
export function termsOf(raft: Raft): number[] {
  const { firstIndex, lastIndex } = raft.status();
  return raft.entries(firstIndex, lastIndex).map((entry) => entry.term);
}

export function ofType<T extends Message['type']>(
  messages: readonly Message[],
  type: T,
): Extract<Message, { type: T }>[] {
  return messages.filter((message): message is Extract<Message, { type: T }> => message.type === type);
}
