/**
 * Text that somebody else wrote, on its way to a terminal. Keys, values and names may hold what a terminal obeys: it changes titles, moves over
 * lines that stand there already, answers as if somebody typed, or turns the direction of what follows.
 */

const OBEYED = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const LINE_END_OR_OBEYED = /\r\n|[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Whether there is anything in it that a terminal would not just show. Line ends and tabs count. */
export function isObeyed(text: string): boolean {
  return OBEYED.test(text);
}

/** With `?` in place of all that; line ends and tabs stay. */
export function forTerminal(text: string): string {
  return text.replace(LINE_END_OR_OBEYED, (found) =>
    found === '\n' || found === '\t' || found === '\r\n' ? found : '?',
  );
}

/** The same data, with escapes in place of all that. @param json - as `JSON.stringify` writes it, or YAML that has such text between double quotes */
export function jsonForTerminal(json: string): string {
  return json.replace(LINE_END_OR_OBEYED, (found) =>
    found === '\n' || found === '\t' ? found : Array.from(found, escaped).join(''),
  );
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
