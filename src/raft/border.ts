/**
 * The border of the core: what a message of another member must look like before the rules may take it. The rules throw
 * where a promise of the algorithm is broken, which ends the member; that is for faults of this member, not for what
 * another one says. A sound member never sends what is refused here.
 */
import { isSameConfiguration, isValidChange } from './configuration';
import { entryBytes } from './log';
import type { RaftState } from './state';
import type { AppendRequest, Heartbeat, LogStart, MemberId, Message, SnapshotRequest } from './types';

/** Far above what any cluster reaches, far below where numbers become inexact. */
export const INDEX_MAX = 2 ** 47;
export const TERM_MAX = 2 ** 47;

/** Undefined: to be taken. `ignored`: it may be honest, but means nothing here (any more). */
export type Verdict = undefined | 'ignored' | { readonly offence: string };

/** Judges a message from a link that belongs to its sender. Changes nothing. */
export function judge(state: RaftState, message: Message): Verdict {
  if (message.to !== state.id || message.from === state.id) return offence('a message that is for somebody else');
  if (!isBounded(message)) return offence(`a ${message.type} with numbers that no cluster reaches`);
  switch (message.type) {
    case 'appendRequest':
    case 'heartbeat':
    case 'snapshotRequest':
      // Older terms are answered with the current one, unseen.
      return message.term < state.term ? undefined : ofLeader(state, message);
    case 'voteRequest':
      return undefined;
    case 'appendResponse': {
      const isOwn = state.leadership !== undefined && message.term === state.term;
      if (isOwn && message.success && message.index > state.log.lastIndex) {
        return offence(`an acknowledgement of ${message.index}, the log ends at ${state.log.lastIndex}`);
      }
      return isMember(state, message.from) ? undefined : 'ignored';
    }
    case 'timeoutNow': {
      // The leader may have removed itself just now.
      if (message.term <= state.term) return message.from === state.leader ? undefined : 'ignored';
      return isMember(state, message.from) ? undefined : 'ignored';
    }
    case 'readIndexResponse':
      return message.term === state.term && message.from !== state.leader ? 'ignored' : undefined;
    case 'voteResponse':
    case 'heartbeatResponse':
    case 'readIndexRequest':
      return isMember(state, message.from) ? undefined : 'ignored';
  }
}

/**
 * What is wrong with the place at which the leader says that its state is (paper section 7); undefined if it may be taken. It
 * lies in the leader's log, so it is of no later term than this, and it is what is committed here as far as that goes.
 */
export function faultOfStart({ log, term }: RaftState, start: LogStart): string | undefined {
  const { index, configuration } = start;
  if (index < 1 || index > INDEX_MAX) return `a state at index ${index}`;
  if (start.term < 1 || start.term > term) return `a state of term ${start.term}, in term ${term}`;
  const committed = log.termAt(Math.min(index, log.commit));
  const contradicts = index <= log.commit ? committed !== start.term : start.term < (committed ?? 0);
  if (contradicts) return `a state at ${index} of term ${start.term}, which contradicts what is committed here`;
  if (log.matches(index, start.term) && !isSameConfiguration(log.configurationAt(index), configuration)) {
    return `a state at ${index} with other members than the log has there`;
  }
  return undefined;
}

/** Who leads a term is the only one to say so in it, and knows what this member has acknowledged and what is committed. */
function ofLeader(state: RaftState, message: AppendRequest | Heartbeat | SnapshotRequest): Verdict {
  const { from, term } = message;
  if (term === 0) return offence('a leader of term 0');
  const isOther = state.role === 'leader' || (state.leader !== undefined && state.leader !== from);
  if (term === state.term && isOther) {
    return offence(`${from} claims to lead term ${term}, which is led by ${state.leader ?? state.id}`);
  }
  switch (message.type) {
    case 'appendRequest':
      return ofAppend(state, message);
    case 'heartbeat': {
      const { lastIndex, configuration } = state.log;
      // Who is only joining may have acknowledged it before it lost its disk: it has never voted, and begins again.
      return message.commit <= lastIndex || configuration.voters.length === 0
        ? undefined
        : offence(`a commit index of ${message.commit}, of which this member has only ${lastIndex}`);
    }
    case 'snapshotRequest':
      return undefined;
  }
}

/** A leader has everything that is committed, and its log is in order. */
function ofAppend(state: RaftState, message: AppendRequest): Verdict {
  const { log, options } = state;
  const { prevLogIndex, prevLogTerm, entries, term } = message;
  if (prevLogTerm > term) return offence('an append after an entry of a later term');
  const known = log.termAt(prevLogIndex);
  if (prevLogIndex <= log.commit && known !== undefined && known !== prevLogTerm) {
    return offence(`an append that contradicts the committed entry ${prevLogIndex}`);
  }
  let previousIndex = prevLogIndex;
  let previousTerm = prevLogTerm;
  for (const entry of entries) {
    if (entry.index !== previousIndex + 1 || entry.term < previousTerm || entry.term > term) {
      return offence(`entry ${entry.index} of term ${entry.term} out of order`);
    }
    // No leader could hand a longer one on.
    if (entryBytes(entry) > options.entryBytesMax) {
      return offence(`entry ${entry.index} of ${entryBytes(entry)} bytes, more than a leader takes`);
    }
    if (entry.index <= log.commit && (log.termAt(entry.index) ?? entry.term) !== entry.term) {
      return offence(`an entry that contradicts the committed entry ${entry.index}`);
    }
    previousIndex = entry.index;
    previousTerm = entry.term;
  }
  return ofConfigurations(state, message);
}

/** One configuration follows from the other by one change (thesis section 4.1). */
function ofConfigurations(state: RaftState, { prevLogIndex, prevLogTerm, entries }: AppendRequest): Verdict {
  if (!entries.some(({ kind }) => kind === 'configuration')) return undefined;
  const { log } = state;
  // Entries after a predecessor that is another one here are refused anyway.
  if (prevLogIndex > log.commit && log.termAt(prevLogIndex) !== prevLogTerm) return undefined;
  const news = entries.filter(({ index, term }) => index > log.commit && log.termAt(index) !== term);
  const first = news[0];
  if (first === undefined) return undefined;
  let current = log.configurationAt(first.index - 1);
  for (const entry of news) {
    if (entry.kind !== 'configuration') continue;
    const { configuration } = entry;
    // Who is only joining does not know a configuration yet.
    const isFirst = current.voters.length === 0 && configuration.voters.length > 0;
    if (!isFirst && !isValidChange(current, configuration)) {
      return offence(`a configuration at ${entry.index} that does not follow from the one before`);
    }
    current = configuration;
  }
  return undefined;
}

/**
 * Whether `id` belongs to the cluster as far as this member knows: it is in the configuration in force, in the one before if
 * that may come back, or on its way out. A member that is only joining knows nobody and believes everybody.
 */
function isMember(state: RaftState, id: MemberId): boolean {
  const { voters, learners } = state.log.configuration;
  if (voters.includes(id) || learners.includes(id) || voters.length === 0) return true;
  if (state.leadership?.peer(id) !== undefined) return true;
  const { index } = state.log.placedConfiguration;
  if (index <= state.log.commit) return false;
  const before = state.log.configurationAt(index - 1);
  return before.voters.includes(id) || before.learners.includes(id);
}

function isBounded(message: Message): boolean {
  if (message.term > TERM_MAX) return false;
  switch (message.type) {
    case 'voteRequest':
      return message.lastLogIndex <= INDEX_MAX && message.lastLogTerm <= TERM_MAX;
    case 'appendRequest':
      return message.prevLogIndex + message.entries.length <= INDEX_MAX && message.commit <= INDEX_MAX;
    case 'appendResponse':
      return message.index <= INDEX_MAX && message.hintIndex <= INDEX_MAX && message.hintTerm <= TERM_MAX;
    case 'heartbeat':
      return message.commit <= INDEX_MAX;
    case 'readIndexResponse':
      return message.index <= INDEX_MAX;
    case 'voteResponse':
    case 'heartbeatResponse':
    case 'readIndexRequest':
    case 'timeoutNow':
    case 'snapshotRequest':
      return true;
  }
}

function offence(text: string): Verdict {
  return { offence: text };
}
