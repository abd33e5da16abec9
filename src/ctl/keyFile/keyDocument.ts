/** The file that `cairn export` writes and `cairn import` reads: the keys below a prefix. Pure. */
import { Document, parseDocument, Scalar, visit } from 'yaml';
import { isRecord } from '../../client/json';
import { isObeyed, jsonForTerminal } from '../../platform/terminalText';
import { lineTooDeep, YAML_LEVELS_MAX } from '../../platform/yamlDepth';

/** What says that a file is one of these, and of which version. */
const KIND = 'keys';
const VERSION = 1;
/** Of a key: more slashes than in any answer that is read. */
const PARTS_MAX = 1000;
const HALF_CHARACTER = /\p{Cs}/u;

export type KeyFileForm = 'json' | 'yaml';

interface EntryPlace {
  /** Below the prefix: /db/host. The prefix itself is none. */
  readonly key: string;
  readonly expiry?: Expiry;
}

export type KeyEntry = (EntryPlace & { readonly value: string }) | (EntryPlace & { readonly directory: true });

/** A key that goes away by itself. */
export interface Expiry {
  /** What was left when the file was written. */
  readonly ttlS: number;
  /** When that is over, as members write dates. */
  readonly date: string;
}

export interface KeyDocument {
  readonly prefix: string;
  /** When it was written. */
  readonly date: string;
  /** Each directory stands before what is in it; those that hold something need not stand there. */
  readonly keys: readonly KeyEntry[];
}

/** The file cannot be used; the message says where and what was expected. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

export function isDirectory(entry: KeyEntry): entry is EntryPlace & { readonly directory: true } {
  return 'directory' in entry;
}

export function writeKeyDocument({ prefix, date, keys }: KeyDocument, form: KeyFileForm): string {
  const content = {
    cairn: KIND,
    version: VERSION,
    prefix,
    date,
    keys: keys.map((entry) => ({
      key: entry.key,
      ...(isDirectory(entry) ? { directory: true } : { value: entry.value }),
      ...(entry.expiry === undefined ? {} : { ttl: entry.expiry.ttlS, expires: entry.expiry.date }),
    })),
  };
  switch (form) {
    case 'json':
      return `${jsonForTerminal(JSON.stringify(content, undefined, 2))}\n`;
    case 'yaml':
      return yamlOf(content);
  }
}

/** White space at an end of a value or of one of its lines, which the library does not keep in all of its forms: " \n" became "\n". */
const OUTER_SPACE = /^\s|[ \t](?:\n|$)/;

/** Values are one string each: none is folded, and what looks like a number is quoted. What a terminal would obey is written as JSON has it. */
function yamlOf(content: object): string {
  const document = new Document(content);
  visit(document, {
    Scalar: (_, scalar) => {
      const { value } = scalar;
      if (typeof value === 'string' && (OUTER_SPACE.test(value) || isObeyed(value.replace(/[\t\n]/g, ''))))
        scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return jsonForTerminal(document.toString({ lineWidth: 0 }));
}

/** JSON or YAML, whichever it is. @throws KeyFileError */
export function parseKeyDocument(text: string): KeyDocument {
  const content = parseText(text);
  if (!isRecord(content) || content['cairn'] !== KIND)
    throw new KeyFileError(`it is no file of cairn export: it does not begin with "cairn": "${KIND}"`);
  if (content['version'] !== VERSION)
    throw new KeyFileError(
      `it has version ${JSON.stringify(content['version'])}, and this program reads version ${VERSION}: use a newer one`,
    );
  onlyKnown('the file', content, ['cairn', 'version', 'prefix', 'date', 'keys']);
  const list = content['keys'];
  if (!Array.isArray(list)) throw new KeyFileError('keys: a list was expected');
  const keys = list.map((entry: unknown, at) => entryOf(`keys[${at}]`, entry));
  refuseContradictions(keys);
  return { prefix: pathIn('prefix', content['prefix']), date: textIn('date', content['date']), keys };
}

function parseText(text: string): unknown {
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new KeyFileError(`it is no JSON: ${error instanceof Error ? error.message : ''}`);
    }
  }
  const deepLine = lineTooDeep(text);
  if (deepLine !== undefined)
    throw new KeyFileError(`it is no YAML that is read: line ${deepLine} is more than ${YAML_LEVELS_MAX} levels deep`);
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault !== undefined) throw new KeyFileError(`it is no YAML: ${fault.message.split('\n', 1)[0] ?? ''}`);
  try {
    return document.toJS();
  } catch (error) {
    // Aliases that grow without end.
    throw new KeyFileError(`it is no YAML that can be read: ${error instanceof Error ? error.message : ''}`);
  }
}

function entryOf(where: string, value: unknown): KeyEntry {
  if (!isRecord(value)) throw new KeyFileError(`${where}: a mapping with key and value was expected`);
  onlyKnown(where, value, ['key', 'value', 'directory', 'ttl', 'expires']);
  const place = { key: pathIn(`${where}.key`, value['key']), ...expiryOf(where, value) };
  if (place.key === '/') throw new KeyFileError(`${where}.key: the prefix itself is no key below it`);
  if (value['directory'] === undefined) return { ...place, value: textIn(`${where}.value`, value['value']) };
  if (value['directory'] !== true || value['value'] !== undefined)
    throw new KeyFileError(`${where}: a directory has directory: true and no value`);
  return { ...place, directory: true };
}

function expiryOf(where: string, { ttl, expires }: Readonly<Record<string, unknown>>): { readonly expiry?: Expiry } {
  if (ttl === undefined && expires === undefined) return {};
  if (typeof ttl !== 'number' || !Number.isSafeInteger(ttl) || ttl < 1)
    throw new KeyFileError(`${where}.ttl: seconds were expected, 1 or more`);
  const date = textIn(`${where}.expires`, expires);
  if (Number.isNaN(Date.parse(date)))
    throw new KeyFileError(`${where}.expires: a date was expected, like 2030-01-31T12:00:00Z`);
  return { expiry: { ttlS: ttl, date } };
}

/** Of two entries of one name one would be lost, and no key can lie below one that has a value. */
function refuseContradictions(keys: readonly KeyEntry[]): void {
  const seen = new Map<string, KeyEntry>();
  for (const entry of keys) {
    if (seen.has(entry.key)) throw new KeyFileError(`${entry.key} is there twice`);
    seen.set(entry.key, entry);
  }
  for (const { key } of keys) {
    const above = directoriesAbove(key).find((each) => {
      const entry = seen.get(each);
      return entry !== undefined && !isDirectory(entry);
    });
    if (above !== undefined)
      throw new KeyFileError(`${key} lies below ${above}, which has a value and so is no directory`);
  }
}

/** /a/b/c: /a and /a/b. */
export function directoriesAbove(key: string): readonly string[] {
  const parts = key.split('/').slice(1, -1);
  return parts.map((_, at) => `/${parts.slice(0, at + 1).join('/')}`);
}

/** As members spell keys: with a slash before each part, and no part that a member would take for something else. */
function pathIn(where: string, value: unknown): string {
  const path = textIn(where, value);
  if (path.split('/', PARTS_MAX + 2).length > PARTS_MAX + 1)
    throw new KeyFileError(`${where} has more than ${PARTS_MAX} parts`);
  const parts = path.split('/').slice(1);
  const isRoot = path === '/';
  if (isRoot || (path.startsWith('/') && parts.every((part) => part !== '' && part !== '.' && part !== '..')))
    return path;
  throw new KeyFileError(`${where}: ${JSON.stringify(path)} is no key; one like /db/host was expected`);
}

function textIn(where: string, value: unknown): string {
  if (typeof value === 'string' && HALF_CHARACTER.test(value))
    throw new KeyFileError(`${where} has half a character in it, which no member can store`);
  if (typeof value === 'string') return value;
  const hint = typeof value === 'number' || typeof value === 'boolean' ? '; put it into quotes' : '';
  throw new KeyFileError(`${where}: a text was expected${value === undefined ? ', and there is none' : hint}`);
}

function onlyKnown(where: string, value: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new KeyFileError(
      `${where} has ${JSON.stringify(unknown)}, which means nothing; it may have ${names.join(', ')}`,
    );
}
