import { parseBoolean } from './booleans';
import { commandTable, flagsOf, isTaskWord } from './commands';
import { globalFlags } from './ctl/globalFlags';
import type { CtlFlag } from './ctl/row';
import { ctlRow } from './ctl/table';
import { nearest } from './nearest';
import { findFlag, flagNames, shapeOf } from './options';
import { failure, success } from './result';
import type { Result } from './result';
import type { Setting } from './settings';
import { quote } from './text';

const FLAG_SHAPE = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/;

/** Shorter names are too close to everything to be a useful guess. */
const GUESS_LENGTH_MIN = 3;

/**
 * Takes the command line apart as Go's flag package does, which every etcd used: one or two dashes, `--flag value` or
 * `--flag=value`, a switch alone or with `=`. Settings are in the order they were written.
 */
export function parseFlags(argv: readonly string[]): Result<readonly Setting[]> {
  const settings: Setting[] = [];
  for (let position = 0; position < argv.length; position++) {
    const argument = argv[position] ?? '';
    if (argument === '--' && position === argv.length - 1) break;
    const parsed = parseFlag(argument, argv.slice(position + 1));
    if (!parsed.ok) return parsed;
    settings.push(parsed.value.setting);
    if (parsed.value.usedNext) position++;
  }
  return success(settings);
}

interface ParsedFlag {
  readonly setting: Setting;
  readonly usedNext: boolean;
}

/** @param behind - what stands behind it */
function parseFlag(argument: string, behind: readonly string[]): Result<ParsedFlag> {
  const [next] = behind;
  const [, name, attached] = FLAG_SHAPE.exec(argument) ?? [];
  if (name === undefined) return failure(explainPositional(argument));
  const named = findFlag(name);
  if (named === undefined) return failure(explainUnknown(name, behind));
  const origin = { source: 'flag', flag: `--${name}` } as const;
  if (attached !== undefined) return success({ setting: { named, text: attached, origin }, usedNext: false });
  if (shapeOf(named) === 'switch') return success({ setting: { named, text: 'true', origin }, usedNext: false });
  if (next === undefined) return failure(`--${name} needs a value and is the last argument; write --${name}=VALUE`);
  if (looksLikeKnownFlag(next)) {
    return failure(`--${name} needs a value but is followed by ${quote(next)}; write --${name}=VALUE`);
  }
  return success({ setting: { named, text: next, origin }, usedNext: true });
}

function looksLikeKnownFlag(argument: string): boolean {
  const name = FLAG_SHAPE.exec(argument)?.[1];
  return name !== undefined && findFlag(name) !== undefined;
}

function explainPositional(argument: string): string {
  if (argument === 'help') return 'unexpected argument "help": write cairn --help, or cairn COMMAND --help';
  if (argument === 'version') return 'unexpected argument "version": write cairn --version';
  if (ctlRow(argument) !== undefined)
    return `unexpected argument ${quote(argument)}: it is a command of cairnctl; write cairnctl ${argument} ..., or cairn ctl ${argument} ...`;
  const command = nearest(argument, Object.keys(commandTable));
  if (command !== undefined && argument.length >= GUESS_LENGTH_MIN)
    return `unexpected argument ${quote(argument)}; did you mean the command ${command}? It has to be the first argument`;
  const problem = `unexpected argument ${quote(argument)}: what is no command has to be a flag`;
  if (parseBoolean(argument).ok) return `${problem}; join the value of a switch to it, as in --debug=${argument}`;
  const others = /^[a-z]+$/.test(argument)
    ? '. Commands for keys, users and locks (get, user, lock, top) are those of cairnctl, or cairn ctl'
    : '';
  return `${problem}; write --FLAG=VALUE, and see --help${others}`;
}

function explainUnknown(name: string, behind: readonly string[]): string {
  const before = explainBeforeCommand(name, behind);
  if (before !== undefined) return before;
  const guess = nearest(
    name,
    flagNames.filter((known) => known.length >= GUESS_LENGTH_MIN),
  );
  const hint = guess === undefined ? '' : `did you mean --${guess}? `;
  return `unknown flag ${quote(`--${name}`)}: ${hint}${guess === undefined ? 's' : 'S'}ee --help for those there are`;
}

/** As one writes it who knows etcdctl, where such flags stand before the command. Without the value: it may be a password. */
function explainBeforeCommand(name: string, behind: readonly string[]): string | undefined {
  const flag = `${name.length === 1 ? '-' : '--'}${name}`;
  const isGlobal = Object.entries(globalFlags).some(
    ([known, { spellings = [] }]: readonly [string, CtlFlag]) => known === name || spellings.includes(name),
  );
  const word = behind.find((argument) => isTaskWord(argument) || (isGlobal && ctlRow(argument) !== undefined));
  if (word === undefined) return undefined;
  const own = isTaskWord(word) && Object.hasOwn(flagsOf(word), name) ? `cairn ${word} ${flag} ...` : undefined;
  const ways = [...(own === undefined ? [] : [own]), ...(isGlobal ? [`cairn ctl ${flag} ... ${word} ...`] : [])];
  const help = isTaskWord(word) ? `cairn ${word} --help` : `cairn ctl ${word} --help`;
  const advice = ways.length === 0 ? `the flags of ${word} stand behind it` : `write ${ways.join(' or ')}`;
  return `unknown flag ${quote(flag)} before ${word}: ${advice}; see ${help}`;
}
