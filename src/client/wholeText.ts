import { refuseNoText } from './given';

/** Half of a surrogate pair. */
const HALF = /\p{Cs}/u;

/** The text itself. Throws TypeError if it is none, or has half a character in it: as UTF-8 that would become another one, without a word. */
export function wholeText(name: string, text: unknown): string {
  refuseNoText(name, text);
  if (HALF.test(text)) throw new TypeError(`${name} has half a character (of a surrogate pair) in it`);
  return text;
}
