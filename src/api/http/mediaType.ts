/** The Content-Type header, read as strictly as Go's mime.ParseMediaType reads it. */

export type MediaType =
  | { readonly ok: true; readonly type: string }
  /** `complaint` is Go's text for what is wrong. */
  | { readonly ok: false; readonly complaint: string };

const FORM_URLENCODED = 'application/x-www-form-urlencoded';

/** What nearly every client sends, ready made. */
const FORM: MediaType = { ok: true, type: FORM_URLENCODED };

/** What a body without Content-Type counts as. */
const UNKNOWN: MediaType = { ok: true, type: 'application/octet-stream' };

/** RFC 7230 tokens, from where `lastIndex` stands. */
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const QUOTED = /"((?:[^"\\\r\n]|\\[^\r\n])*)"/y;
const SPACE = /[ \t\n\v\f\r\x85\xa0]*/y;

/** Reads what `pattern` finds exactly at `position`; undefined if it does not match there. */
function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) ?? undefined;
}

function skipSpace(text: string, position: number): number {
  return position + (matchAt(SPACE, text, position)?.[0].length ?? 0);
}

/** The lower-case media type of a request; parameters are checked and dropped. */
export function parseMediaType(header: string | undefined): MediaType {
  if (header === FORM_URLENCODED) return FORM;
  if (header === undefined || header === '') return UNKNOWN;
  const semicolon = header.indexOf(';');
  const type = (semicolon < 0 ? header : header.slice(0, semicolon)).trim().toLowerCase();
  const complaint = checkType(type) ?? (semicolon < 0 ? undefined : checkParameters(header, semicolon));
  return complaint === undefined ? { ok: true, type } : { ok: false, complaint };
}

function checkType(type: string): string | undefined {
  const major = matchAt(TOKEN, type, 0)?.[0];
  if (major === undefined) return 'mime: no media type';
  if (major.length === type.length) return undefined;
  if (type[major.length] !== '/') return 'mime: expected slash after first token';
  const minor = matchAt(TOKEN, type, major.length + 1)?.[0];
  if (minor === undefined) return 'mime: expected token after slash';
  return major.length + 1 + minor.length === type.length ? undefined : 'mime: unexpected content after media subtype';
}

/** Checks `; name=value` pairs from `start` on: a lone semicolon at the end is fine, a name with two values is not. */
function checkParameters(text: string, start: number): string | undefined {
  const values = new Map<string, string>();
  let position = skipSpace(text, start);
  while (position < text.length) {
    const parameter = parameterAt(text, position);
    if (parameter === undefined) {
      return text.slice(position).trim() === ';' ? undefined : 'mime: invalid media parameter';
    }
    const known = values.get(parameter.name);
    if (known !== undefined && known !== parameter.value) return 'mime: duplicate parameter name';
    values.set(parameter.name, parameter.value);
    position = skipSpace(text, parameter.end);
  }
  return undefined;
}

interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly end: number;
}

function parameterAt(text: string, position: number): Parameter | undefined {
  if (text[position] !== ';') return undefined;
  const nameStart = skipSpace(text, position + 1);
  const name = matchAt(TOKEN, text, nameStart)?.[0];
  if (name === undefined) return undefined;
  const equals = skipSpace(text, nameStart + name.length);
  if (text[equals] !== '=') return undefined;
  const valueStart = skipSpace(text, equals + 1);
  const token = matchAt(TOKEN, text, valueStart)?.[0];
  if (token !== undefined) return { name: name.toLowerCase(), value: token, end: valueStart + token.length };
  const quoted = matchAt(QUOTED, text, valueStart);
  if (quoted === undefined) return undefined;
  return {
    name: name.toLowerCase(),
    value: (quoted[1] ?? '').replace(/\\(.)/g, '$1'),
    end: valueStart + quoted[0].length,
  };
}
