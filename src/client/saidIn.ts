/** What a refusal says, in words: of an error of the store, of any other JSON, of text, or of a page for browsers. Pure. */
import { isRecord, parseJson, printable, textOf } from './json';

const SAID_MAX = 200;

/** Message and cause, and of what is no JSON the text itself; 200 characters at most, and nothing that a terminal obeys. */
export function saidIn(text: string): string {
  const body = parseJson(text);
  const { message, cause } = isRecord(body) ? body : {};
  const words = textOf(message);
  const said = words === undefined ? wordsOfPage(text) : [words, textOf(cause) ?? ''].filter(Boolean).join(': ');
  return printable(said).trim().slice(0, SAID_MAX);
}

/** Of a page for browsers only what it is: whatever answered so is no member. */
export function wordsOfPage(text: string): string {
  if (!/^\s*<(?:!doctype|html)/i.test(text)) return text;
  const [, title = ''] = /<title>([^<]*)/i.exec(text) ?? [];
  return `a page of HTML${title.trim() === '' ? '' : ` with the title ${JSON.stringify(title.trim())}`}`;
}
