import { shownToken } from '../platform/shownToken';
import { withoutUsers } from '../platform/withoutUsers';

/** Longer values are cut in messages: a whole file pasted into a flag must not fill the log. */
const QUOTED_LENGTH_MAX = 80;

/** Characters that would end a line or disturb a terminal. */

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** What a discovery service takes for a token. */
const TOKEN = /(?<![0-9a-z])[0-9a-f]{32}(?![0-9a-z])/gi;

/** A value as messages show it: in double quotes, escaped, cut to a readable length, and without what nobody may read in a log. */
export function quote(text: string): string {
  const open = withoutUsers(text).replaceAll(TOKEN, shownToken);
  const shown = open.length > QUOTED_LENGTH_MAX ? `${open.slice(0, QUOTED_LENGTH_MAX)}...` : open;
  return JSON.stringify(shown);
}

/** The text on one line, whatever a file name or a variable's name brought into it. */
export function oneLine(text: string): string {
  return text.replace(CONTROL, ' ');
}

/** The items of a list with commas; blanks around them and empty items, such as after a last comma, are dropped. */
export function listItems(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** `a, b and c`. */
export function enumerate(words: readonly string[], conjunction: 'and' | 'or'): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}

/** Breaks text at spaces into lines of at most `columns`; a longer word stays whole. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Of a text of several; it ends with a full stop. */
export function firstSentence(text: string): string {
  return /^.*?[.:;](?=\s|$)/s.exec(text)?.[0].replace(/[:;]$/, '.') ?? text;
}
