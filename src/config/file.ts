import { LineCounter, isAlias, isMap, isNode, isScalar, parseDocument } from 'yaml';
import type { Document, Pair } from 'yaml';
import { textOfNode } from './fileValues';
import { lineTooDeep, YAML_LEVELS_MAX } from '../platform/yamlDepth';
import { nearest } from './nearest';
import { findFlag, flagNames, variableOf } from './options';
import type { Named } from './options';
import { failure, success } from './result';
import type { Result } from './result';
import { place, type Setting } from './settings';
import { quote } from './text';

/** A block of etcd's configuration file: the names inside lack the prefix that the names of the flags have. */
interface Block {
  readonly name: string;
  readonly prefix: string;
}

const blocks: readonly Block[] = [
  { name: 'client-transport-security', prefix: '' },
  { name: 'peer-transport-security', prefix: 'peer-' },
];

const blockKeys = ['cert-file', 'key-file', 'client-cert-auth', 'trusted-ca-file', 'auto-tls'];

/** Shorter names are too close to everything to be a useful guess. */
const GUESS_LENGTH_MIN = 3;

/** One file while it is read. */
interface Reader {
  readonly path: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

/**
 * Parses a configuration file: YAML, one mapping from the names of flags to values. Lists may be YAML lists or one
 * text with commas, as etcd writes them; a key without a value counts as not set.
 */
export function parseFile(path: string, text: string): Result<readonly Setting[]> {
  const deepLine = lineTooDeep(text);
  if (deepLine !== undefined) {
    return failure(
      `${path}:${deepLine}: the YAML is more than ${YAML_LEVELS_MAX} levels deep; write one option a line as NAME: VALUE`,
    );
  }
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    // With 'silent' it would leave out whatever stands behind the first document, and not say so.
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  } catch (error) {
    // The parser reports mistakes as values; what it throws is a limit it hit.
    const reason = error instanceof Error ? error.message : 'for no known reason';
    return failure(`${path}: the YAML cannot be parsed: ${reason}; write one option a line as NAME: VALUE`);
  }
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    if (error.code === 'MULTIPLE_DOCS') {
      return failure(
        `${path}:${line}: another document begins here; put all options into one, without --- or ... between`,
      );
    }
    return failure(`${path}:${line}: the YAML is not well formed: ${error.message}; correct this line`);
  }
  const settings = readMapping({ path, document, lines }, document.contents, undefined);
  return settings.ok ? withoutDoubles(settings.value) : settings;
}

/** The parser sees to it that no name is there twice, but not that an option is, at the top and in a block. An older spelling beside today's may be. */
function withoutDoubles(settings: readonly Setting[]): Result<readonly Setting[]> {
  const places = new Map<string, string>();
  for (const { named, origin } of settings) {
    if (named.spelling !== undefined) continue;
    const before = places.get(named.name);
    if (before !== undefined)
      return failure(`${place(origin)}: ${named.name} is given twice, first at ${before}; remove one of them`);
    places.set(named.name, place(origin));
  }
  return success(settings);
}

function readMapping(reader: Reader, node: unknown, block: Block | undefined): Result<readonly Setting[]> {
  if (isEmpty(node)) return success([]);
  if (!isMap(node)) {
    const what = block === undefined ? 'there are no options' : `${block.name} has no options`;
    return failure(`${reader.path}:${lineOf(reader, node)}: ${what}; write one a line as NAME: VALUE`);
  }
  const settings: Setting[] = [];
  for (const pair of node.items) {
    const read = readPair(reader, pair, block);
    if (!read.ok) return read;
    settings.push(...read.value);
  }
  return success(settings);
}

function readPair(reader: Reader, pair: Pair, block: Block | undefined): Result<readonly Setting[]> {
  const line = lineOf(reader, pair.key);
  const where = `${reader.path}:${line}`;
  if (!isScalar(pair.key) || typeof pair.key.value !== 'string') {
    return failure(`${where}: a key is not a name; write each option as NAME: VALUE`);
  }
  const key = pair.key.value;
  const node = isAlias(pair.value) ? pair.value.resolve(reader.document) : pair.value;
  if (isAlias(pair.value) && node === undefined) {
    return failure(
      `${where}: ${key}: *${pair.value.source} has no &${pair.value.source} before it; write the value itself, or quote it`,
    );
  }
  const inner = block === undefined ? blocks.find(({ name }) => name === key) : undefined;
  if (inner !== undefined) return readMapping(reader, node, inner);

  const named = findKey(key, block);
  if (named === undefined) return failure(`${where}: ${explainUnknown(key, block)}`);
  if (named.option.status === 'command') return failure(`${where}: ${explainCommand(named)}`);
  if (isEmpty(node)) return success([]);
  const text = textOfNode(named, node);
  if (!text.ok) return failure(`${where}: ${key}: ${text.message}`);
  return success([{ named, text: text.value, origin: { source: 'file', path: reader.path, line, key } }]);
}

function findKey(key: string, block: Block | undefined): Named | undefined {
  if (block === undefined) return findFlag(key);
  return blockKeys.includes(key) ? findFlag(block.prefix + key) : undefined;
}

function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && (node.value === null || node.value === undefined));
}

function lineOf(reader: Reader, node: unknown): number {
  const start = isNode(node) ? node.range?.[0] : undefined;
  return reader.lines.linePos(start ?? 0).line;
}

function explainUnknown(key: string, block: Block | undefined): string {
  const known = block === undefined ? flagNames.filter(({ length }) => length >= GUESS_LENGTH_MIN) : blockKeys;
  const guess = nearest(key, known);
  const there = block === undefined ? 'an option' : `an option of ${block.name}`;
  return `${quote(key)} is not ${there}; ${guess === undefined ? 'see --help for those there are' : `did you mean ${guess}?`}`;
}

function explainCommand(named: Named): string {
  const variable = variableOf(named);
  const also = variable === undefined ? '' : ` or ${variable}`;
  return `${named.name} cannot be in a file; remove it and use the flag --${named.name}${also}`;
}
