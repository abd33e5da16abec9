/** Text as Go's standard library writes it, which the output and the requests of etcdctl show. */
import { bytesOfText } from './byteText';

const LONE = /\p{Cs}/gu;
const UNRESERVED = /^[A-Za-z0-9_.~-]$/;
const PLAIN_IN_PATH = /^[A-Za-z0-9_.~$&+,/:;=@-]$/;

/** As a value of a form or a query: a space is a plus. */
export function queryEscape(text: string): string {
  return escape(text, (char) => (char === ' ' ? '+' : UNRESERVED.test(char) ? char : undefined));
}

/** As a path; slashes stay. */
export function pathEscape(text: string): string {
  return escape(text, (char) => (PLAIN_IN_PATH.test(char) ? char : undefined));
}

/** One name in a path, slashes and all. */
export function pathSegment(text: string): string {
  return pathEscape(text).replaceAll('/', '%2F');
}

/** `url.Values.Encode`: in the order of their names. */
export function encodeForm(fields: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${queryEscape(name)}=${queryEscape(value)}`]))
    .sort()
    .join('&');
}

function escape(text: string, plain: (char: string) => string | undefined): string {
  return Array.from(
    bytesOfText(text),
    (byte) => plain(String.fromCharCode(byte)) ?? `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** `%q`. */
export function quote(text: string): string {
  const escaped = Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
    if (code < 0x20 || code === 0x7f) return SHORT[char] ?? `\\x${code.toString(16).padStart(2, '0')}`;
    if (UNPRINTABLE.test(char)) return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
    return SHORT[char] ?? char;
  });
  return `"${escaped.join('')}"`;
}

/** `encoding/json`: these characters are escaped, and what is no UTF-8 is replaced. */
export function goJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'string' ? inner.replace(LONE, '\ufffd') : inner,
  )
    .replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/\\[bf]/g, (short, at: number, whole: string) =>
      isEscaped(whole, at) ? short : short === '\\b' ? '\\u0008' : '\\u000c',
    );
}

/** Whether the backslash at `at` is itself the second one of a pair. */
function isEscaped(text: string, at: number): boolean {
  let before = 0;
  while (text[at - 1 - before] === '\\') before++;
  return before % 2 === 1;
}
