import { commandRows } from './commands';
import { exitCodeLines, exitCodes } from './exitCodes';
import { HELP_COLUMNS } from './helpColumns';
import { activeRows, allOptions, variableOf } from './options';
import type { ActiveOption, Kind, Option } from './options/types';
import type { Preset } from './presets';
import { wrap } from './text';
import { shownWords, unitOf } from './values';

const INDENT = '      ';

/**
 * What --help prints: every option by group, with its default and its variable, in so many columns.
 *
 * @param preset of a command that runs a member: with its defaults, without the options that do not go with it
 */
export function helpText(preset?: Preset, columns = HELP_COLUMNS): string {
  const left = new Set<string>([...(preset?.excluded ?? []), ...(preset?.pointless ?? [])]);
  const defaults: Readonly<Record<string, string>> = preset?.defaults ?? {};
  const rows = activeRows.filter(({ name }) => !left.has(name));
  const groups = [...new Set(rows.map(({ option }) => option.group))];
  return [
    ...(preset === undefined ? ownHead(columns) : headOf(preset, columns)),
    ...groups.flatMap((group) => [
      '',
      `${group}:`,
      ...rows
        .filter(({ option }) => option.group === group)
        .flatMap(({ name, option }) => describe(name, option, defaults[name], columns)),
    ]),
    '',
    ...(preset === undefined ? commandList(columns) : []),
    'Instead of running:',
    ...allOptions.flatMap(({ name, option }) =>
      option.status === 'command' ? describeCommand(name, option, columns) : [],
    ),
    ...describeRest('Accepted without effect, as start scripts of etcd may have them:', 'ignored', columns),
    ...describeRest('Refused, as this release cannot do what they ask for:', 'unavailable', columns),
    '',
    'Exit codes:',
    ...exitCodeLines(exitCodes, columns),
    '',
    ...wrap('Older names of etcd 0.1, 0.4 and 2.3 are accepted too; docs/configuration.md lists them.', columns),
    '',
  ].join('\n');
}

export const flagRules =
  'One dash serves as well as two. A flag wins over its variable, a variable over the configuration file, whose keys are the ' +
  'names of the flags.';

function ownHead(columns: number): string[] {
  return [
    ...wrap('Usage: cairn [--FLAG=VALUE | --FLAG VALUE | --SWITCH]...', columns),
    '       cairn COMMAND [...]',
    '       cairn COMMAND --help',
    '',
    ...wrap(`Runs one member of a cluster. ${flagRules}`, columns),
  ];
}

function headOf({ command, help, excluded }: Preset, columns: number): string[] {
  return [
    ...wrap(`Usage: ${command} [--FLAG=VALUE | --FLAG VALUE | --SWITCH]...`, columns),
    '',
    ...wrap(`${help} ${flagRules}`, columns),
    '',
    ...wrap(`Refused, as they do not go with it: ${excluded.map((name) => `--${name}`).join(', ')}.`, columns),
  ];
}

function commandList(columns: number): string[] {
  return ['Commands:', ...commandRows.flatMap(([word, { help }]) => [`  ${word}`, ...indented(help, columns)]), ''];
}

/** @param ownDefault of a command */
function describe(name: string, option: ActiveOption, ownDefault: string | undefined, columns: number): string[] {
  const older = (option.spellings ?? []).map((spelling) => `-${spelling.name}`);
  const byDefault = defaultOf(ownDefault === undefined ? option : { ...option, default: ownDefault });
  return [
    `  --${name} ${placeholderOf(option.kind)}`.trimEnd(),
    ...indented(option.help, columns),
    ...indented(`Default: ${byDefault}. Variable: ${variableOf({ name, option }) ?? ''}.`, columns),
    ...(older.length === 0 ? [] : indented(`Older names: ${older.join(', ')}.`, columns)),
  ];
}

function describeCommand(
  name: string,
  option: Extract<Option, { readonly status: 'command' }>,
  columns: number,
): string[] {
  const placeholder = option.shape === 'value' ? ' FILE' : '';
  const short = (option.spellings ?? []).map((spelling) => `, -${spelling.name}`).join('');
  const variable = option.env === undefined ? [] : indented(`Variable: ${option.env}.`, columns);
  return [`  --${name}${placeholder}${short}`, ...indented(option.help, columns), ...variable];
}

function describeRest(heading: string, status: 'ignored' | 'unavailable', columns: number): string[] {
  const names = allOptions.filter(({ option }) => option.status === status).map(({ name }) => `--${name}`);
  return ['', ...wrap(heading, columns), ...wrap(names.join(', '), columns - 2).map((line) => `  ${line}`)];
}

function indented(text: string, columns: number): string[] {
  return wrap(text, columns - INDENT.length).map((line) => INDENT + line);
}

/** What stands for the value of an option; documentation uses it for the type. */
export function placeholderOf(kind: Kind): string {
  switch (kind.type) {
    case 'string':
      return 'TEXT';
    case 'integer':
      return kind.unit === 'bytes' ? 'BYTES' : 'NUMBER';
    case 'duration':
      return 'MILLISECONDS';
    case 'boolean':
      return '';
    case 'enum':
      return shownWords(kind.values).join('|');
    case 'urls':
      return 'URL,...';
    case 'strings':
      return kind.placeholder;
    case 'cluster':
      return 'NAME=URL,...';
  }
}

/** A default with its unit, as a reader wants to see it. */
export function defaultOf({ kind, default: byDefault }: ActiveOption): string {
  if (typeof byDefault !== 'string') return byDefault.shown;
  if (byDefault === '') return 'none';
  return kind.type === 'integer' || kind.type === 'duration' ? `${byDefault}${unitOf(kind)}` : byDefault;
}
