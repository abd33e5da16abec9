/** What is said when something did not work. */
import { isUnknown, type Answer } from '../model/answers';

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
