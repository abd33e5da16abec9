/** What `cairn COMMAND --help` prints, for the commands with options of their own. */
import { commandTable, flagsOf, operandsOf, type TaskWord } from './commands';
import type { CommandFlag } from './commands/row';
import { commandExitCodes, exitCodeLines } from './exitCodes';
import { HELP_COLUMNS } from './helpColumns';
import { wrap } from './text';

const INDENT = '      ';

/**
 * `cairn check [--url URL] [--members N] [--timeout SECONDS] [--ca-file FILE ...]`; what has to be given is without brackets, and of the
 * files for https only the first is named.
 */
export function commandUsage(word: TaskWord): string {
  const all = Object.entries(flagsOf(word));
  const flags = all.filter(([, { isLeftOutOfUsage = false }]) => !isLeftOutOfUsage);
  const texts = flags.map(([name, flag]) => {
    const text = optionText(name, flag);
    return hasToBeGiven(flag) ? text : `[${text}]`;
  });
  return [
    `cairn ${word}`,
    ...operandsOf(word),
    ...texts,
    ...(flags.length < all.length ? ['[--ca-file FILE ...]'] : []),
  ].join(' ');
}

/** The whole page, with the end of its last line. */
export function commandHelp(word: TaskWord, columns = HELP_COLUMNS): string {
  return [
    ...wrap(`Usage: ${commandUsage(word)}`, columns),
    '',
    ...wrap(commandTable[word].help, columns),
    '',
    ...Object.entries(flagsOf(word)).flatMap(([name, flag]) => [
      `  ${optionText(name, flag)}`,
      ...wrap(`${flag.help} ${limitsOf(flag)}`.trimEnd(), columns - INDENT.length).map((line) => INDENT + line),
    ]),
    '  --help, -h',
    `${INDENT}Print this help and exit.`,
    '',
    'Exit codes:',
    ...exitCodeLines(commandExitCodes, columns),
    '',
  ].join('\n');
}

/** `--timeout SECONDS`. */
export function optionText(name: string, { placeholder }: CommandFlag): string {
  return placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`;
}

function hasToBeGiven({ placeholder, default: byDefault }: CommandFlag): boolean {
  return placeholder !== undefined && byDefault === undefined;
}

/** The bounds of its value, and what it is if it is not given. */
export function limitsOf(flag: CommandFlag): string {
  const { bounds, default: byDefault, defaultShown } = flag;
  if (flag.placeholder === undefined) return '';
  const range = bounds === undefined ? '' : `${bounds.minimum} to ${bounds.maximum}. `;
  return range + (hasToBeGiven(flag) ? 'Has to be given.' : `Default: ${defaultShown ?? byDefault ?? ''}.`);
}
