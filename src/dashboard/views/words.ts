/** What is said where it depends on how things are. */
import { isUnknown, type Answer } from '../model/answers';
import type { MemberRow } from '../model/readings';
import type { Connection } from '../model/watching';

/** Beside a value that can be seen, and not be typed into. */
export const MIXED_LINE_ENDS =
  'This value cannot be edited here: its lines end in more than one way, or in carriage returns alone, and a browser would change them all.';

/** A whole sentence or two. @param done what was asked for */
export function wordsOf(done: 'saved' | 'created' | 'deleted', answer: Exclude<Answer, { kind: 'ok' }>): string {
  switch (answer.kind) {
    case 'refused':
      return isUnknown(answer.refusal) ? inDoubt(done, answer.refusal.text) : `Not ${done}: ${answer.refusal.text}`;
    case 'unreachable':
      return inDoubt(done, 'the member does not answer');
  }
}

function inDoubt(done: string, cause: string): string {
  return `Perhaps ${done}, perhaps not: ${cause}. Look at the key before you try again.`;
}

/** What the page is to its member, on every page. */
export function connectionWords(connection: Connection): string {
  switch (connection) {
    case 'live':
      return 'Live';
    case 'refused':
      return 'No right to read';
    case 'silent':
      return 'Not connected';
  }
}

/** Beside the state of the connection, on every page; '' if there is nothing to say. */
export function leaderWords(hasLeader: boolean | undefined): string {
  return hasLeader === false ? 'No leader: changes wait' : '';
}

/** How far a member is behind, which only the leader counts. */
export function lagWords(member: Pick<MemberRow, 'isLeader' | 'lag'>, hasLeader: boolean | undefined): string {
  if (member.isLeader) return '–';
  if (hasLeader === false) return 'no leader';
  return member.lag === undefined ? 'known to the leader' : `${member.lag.toLocaleString('en')} entries`;
}

export function childrenWords(count: number | undefined): string {
  if (count === undefined) return 'A directory.';
  return `A directory with ${count === 1 ? 'one child' : `${count.toLocaleString('en')} children`}.`;
}

/** What the right side says while no key is shown there. @param hasKeys whether there are any; undefined: not known */
export function nothingShownWords(selected: string | undefined, hasKeys: boolean | undefined): string {
  if (selected !== undefined) return `${selected} was deleted.`;
  return hasKeys === false ? 'There are no keys yet. “New key” makes the first one.' : 'Select a key to see it.';
}
