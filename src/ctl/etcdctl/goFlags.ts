/** Flags by the rules of Go's package flag: one dash or two, `--flag=value` or `--flag value`. */
import type { CtlFlags } from '../../config/ctl/row';
import { FlagValues } from './flagValues';
import { ValueError } from './goValues';

/** The arguments are wrong; in the words of Go. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** --help was among them. */
export class HelpAsked extends Error {
  override readonly name = 'HelpAsked';
}

export interface ParsedFlags {
  readonly values: FlagValues;
  /** What is no flag, in its order. */
  readonly operands: readonly string[];
  /** How many operands stood before `--`; undefined: it was not there. */
  readonly separatedAt?: number;
}

/**
 * `first`: flags end at the first operand, which may be the word of a command. `anywhere`: they may stand behind operands too; there
 * what is no flag of the table is an operand, as in `set KEY -1`. Behind `--` everything is.
 * @throws FlagError, HelpAsked
 */
export function parseFlags(args: readonly string[], flags: CtlFlags, place: 'first' | 'anywhere'): ParsedFlags {
  const names = namesOf(flags);
  const values = new FlagValues(flags);
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? '';
    if (argument === '--') {
      return { values, operands: [...operands, ...args.slice(at + 1)], separatedAt: operands.length };
    }
    const written = spellingOf(argument);
    const name = written === undefined ? undefined : names.get(written.spelling);
    const isHelp = written !== undefined && name === undefined && ['help', 'h'].includes(written.spelling);
    if (isHelp) throw new HelpAsked();
    if (written === undefined || (name === undefined && operands.length > 0)) {
      if (place === 'first') return { values, operands: args.slice(at) };
      operands.push(argument);
      continue;
    }
    if (/^$|^[-=]/.test(written.text)) throw new FlagError(`bad flag syntax: ${argument}`);
    if (name === undefined) throw new FlagError(`flag provided but not defined: -${written.spelling}`);
    let { value } = written;
    if (value === undefined) {
      if (flags[name]?.kind === 'switch') value = 'true';
      else if (at + 1 < args.length) value = args[++at];
      else throw new FlagError(`flag needs an argument: -${written.spelling}`);
    }
    add(values, name, written.spelling, value ?? '');
  }
  return { values, operands };
}

function add(values: FlagValues, name: string, spelling: string, value: string): void {
  try {
    values.add(name, spelling, value);
  } catch (error) {
    throw error instanceof ValueError ? new FlagError(error.message) : error;
  }
}

function namesOf(flags: CtlFlags): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(flags).flatMap(([name, { spellings = [] }]) =>
      [name, ...spellings].map((spelling) => [spelling, name] as const),
    ),
  );
}

/** Undefined: it is no flag. */
function spellingOf(argument: string): { text: string; spelling: string; value: string | undefined } | undefined {
  const [, text] = /^--?(.*)$/s.exec(argument) ?? [];
  if (text === undefined || argument === '-') return undefined;
  const equals = text.indexOf('=');
  return equals < 0
    ? { text, spelling: text, value: undefined }
    : { text, spelling: text.slice(0, equals), value: text.slice(equals + 1) };
}
