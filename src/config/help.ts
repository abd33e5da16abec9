import { commandRows } from './commands';
import { exitCodeLines, exitCodes } from './exitCodes';
import { activeRows, allOptions, variableOf } from './options';
import type { ActiveOption, Kind, Option } from './options/types';
import type { Preset } from './presets';
import { wrap } from './text';
import { shownWords, unitOf } from './values';

const COLUMNS = 100;
const INDENT = '      ';

/**
 * What --help prints: every option by group, with its default and its variable, in at most 100 columns.
 *
 * @param preset of a command that runs a member: with its defaults, without the options that do not go with it
 */
export function helpText(preset?: Preset): string {
  const left = new Set<string>([...(preset?.excluded ?? []), ...(preset?.pointless ?? [])]);
  const defaults: Readonly<Record<string, string>> = preset?.defaults ?? {};
  const rows = activeRows.filter(({ name }) => !left.has(name));
  const groups = [...new Set(rows.map(({ option }) => option.group))];
  return [
    ...(preset === undefined ? ownHead : headOf(preset)),
    ...groups.flatMap((group) => [
      '',
      `${group}:`,
      ...rows
        .filter(({ option }) => option.group === group)
        .flatMap(({ name, option }) => describe(name, option, defaults[name])),
    ]),
    '',
    ...(preset === undefined ? commandList() : []),
    'Instead of running:',
    ...allOptions.flatMap(({ name, option }) => (option.status === 'command' ? describeCommand(name, option) : [])),
    ...describeRest('Accepted without effect, as start scripts of etcd may have them:', 'ignored'),
    ...describeRest('Refused, as this release cannot do what they ask for:', 'unavailable'),
    '',
    'Exit codes:',
    ...exitCodeLines(exitCodes, COLUMNS),
    '',
    'Older names of etcd 0.1, 0.4 and 2.3 are accepted too; docs/configuration.md lists them.',
    '',
  ].join('\n');
}

export const flagRules =
  'One dash serves as well as two. A flag wins over its variable, a variable over the configuration file, whose keys are the ' +
  'names of the flags.';

const ownHead = [
  'Usage: cairn [--FLAG=VALUE | --FLAG VALUE | --SWITCH]...',
  '       cairn COMMAND [...]',
  '       cairn COMMAND --help',
  '',
  ...wrap(`Runs one member of a cluster. ${flagRules}`, COLUMNS),
];

function headOf({ command, help, excluded }: Preset): string[] {
  return [
    `Usage: ${command} [--FLAG=VALUE | --FLAG VALUE | --SWITCH]...`,
    '',
    ...wrap(`${help} ${flagRules}`, COLUMNS),
    '',
    ...wrap(`Refused, as they do not go with it: ${excluded.map((name) => `--${name}`).join(', ')}.`, COLUMNS),
  ];
}

function commandList(): string[] {
  return ['Commands:', ...commandRows.flatMap(([word, { help }]) => [`  ${word}`, ...indented(help)]), ''];
}

/** @param ownDefault of a command */
function describe(name: string, option: ActiveOption, ownDefault: string | undefined): string[] {
  const older = (option.spellings ?? []).map((spelling) => `-${spelling.name}`);
  const byDefault = defaultOf(ownDefault === undefined ? option : { ...option, default: ownDefault });
  return [
    `  --${name} ${placeholderOf(option.kind)}`.trimEnd(),
    ...indented(option.help),
    ...indented(`Default: ${byDefault}. Variable: ${variableOf({ name, option }) ?? ''}.`),
    ...(older.length === 0 ? [] : indented(`Older names: ${older.join(', ')}.`)),
  ];
}

function describeCommand(name: string, option: Extract<Option, { readonly status: 'command' }>): string[] {
  const placeholder = option.shape === 'value' ? ' FILE' : '';
  const short = (option.spellings ?? []).map((spelling) => `, -${spelling.name}`).join('');
  const variable = option.env === undefined ? [] : indented(`Variable: ${option.env}.`);
  return [`  --${name}${placeholder}${short}`, ...indented(option.help), ...variable];
}

function describeRest(heading: string, status: 'ignored' | 'unavailable'): string[] {
  const names = allOptions.filter(({ option }) => option.status === status).map(({ name }) => `--${name}`);
  return ['', heading, ...wrap(names.join(', '), COLUMNS - 2).map((line) => `  ${line}`)];
}

function indented(text: string): string[] {
  return wrap(text, COLUMNS - INDENT.length).map((line) => INDENT + line);
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
