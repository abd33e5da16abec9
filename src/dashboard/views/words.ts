/** What is said when something did not work. */
import type { Answer } from '../io/keyApi';

export function wordsOf(answer: Answer): string {
  switch (answer.kind) {
    case 'ok':
      return 'done';
    case 'refused':
      return answer.refusal.text;
    case 'unreachable':
      return 'the member does not answer; it may have been done or not. Look at the key before you try again.';
  }
}
