/** How messages, entries and writes are written in the scenario files. */
import type { Configuration, Entry, Message, Write } from '../../src/raft/types';
import { FIRST_CONTEXT, text } from './harness';

/** A message as one line. */
export function showMessage(message: Message): string {
  const head = `${message.from}>${message.to} t${message.term}`;
  switch (message.type) {
    case 'voteRequest': {
      const kind = message.pre ? 'preVote?' : 'vote?';
      return `${head} ${kind} last=${message.lastLogIndex}@${message.lastLogTerm}${message.transfer ? ' transfer' : ''}`;
    }
    case 'voteResponse':
      return `${head} ${message.pre ? 'preVote' : 'vote'} ${message.granted ? 'granted' : 'refused'}`;
    case 'appendRequest': {
      const entries = message.entries.map(showEntry).join(' ');
      return `${head} append after ${message.prevLogIndex}@${message.prevLogTerm} [${entries}] commit=${message.commit}`;
    }
    case 'appendResponse':
      return message.success
        ? `${head} appended ${message.index}`
        : `${head} refused ${message.index} hint=${message.hintIndex}@${message.hintTerm}`;
    case 'heartbeat':
      return `${head} heartbeat commit=${message.commit}${message.readRound > 0 ? ` round=${message.readRound}` : ''}`;
    case 'heartbeatResponse':
      return `${head} alive${message.readRound > 0 ? ` round=${message.readRound}` : ''}`;
    case 'readIndexRequest':
      return `${head} read? ${showContext(message.context)}`;
    case 'readIndexResponse':
      return `${head} read ${showContext(message.context)} ${message.index === 0 ? 'refused' : `at ${message.index}`}`;
    case 'timeoutNow':
      return `${head} timeoutNow`;
    case 'snapshotRequest':
      return `${head} snapshot`;
  }
}

/** Contexts begin at a random number; what matters is which request an answer belongs to. */
function showContext(context: number): string {
  return `#${context - FIRST_CONTEXT + 1}`;
}

export function showEntry(entry: Entry): string {
  const place = `${entry.index}@${entry.term}`;
  switch (entry.kind) {
    case 'noop':
      return place;
    case 'command':
      return `${place}:${text(entry.data)}`;
    case 'configuration':
      return `${place}:${showConfiguration(entry.configuration)}`;
  }
}

export function showConfiguration({ voters, learners }: Configuration): string {
  return `(${voters.join(',')}${learners.length > 0 ? `;${learners.join(',')}` : ''})`;
}

/** A write, and what leaves after it. */
export function showWrite(write: Write): string[] {
  const parts: string[] = [];
  if (write.start !== undefined) parts.push(`start=${write.start.index}@${write.start.term}`);
  if (write.hardState !== undefined) {
    const { term, votedFor, commit } = write.hardState;
    parts.push(`term=${term} vote=${votedFor ?? '-'} commit=${commit}`);
  }
  if (write.entries.length > 0) parts.push(`[${write.entries.map(showEntry).join(' ')}]`);
  return [`write ${parts.join(' ')}`, ...write.messagesAfter.map((message) => `  then ${showMessage(message)}`)];
}
