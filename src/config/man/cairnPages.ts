/** The pages of `cairn` and its commands, from the tables that --help goes by. */
import { clientVariables } from '../clientVariables';
import { commandUsage, limitsOf, optionText } from '../commandHelp';
import { commandRows, commandTable, flagsOf, taskRows, type CommandWord, type TaskWord } from '../commands';
import { commandExitCodes, exitCodes, type ExitCode } from '../exitCodes';
import { defaultOf, flagRules, placeholderOf } from '../help';
import { activeRows, allOptions, variableOf, type NamedOption } from '../options';
import type { ActiveOption } from '../options/types';
import { discoveryPreset } from '../presets';
import { firstSentence } from '../text';
import { page, paragraph, section, subsection, term, usage, type Roff } from './roff';

const DOCUMENTS =
  'The documents of Cairn (docs/README.md) say more: how clusters are made, run, secured, backed up and mended.';

/** By the names of their files. */
export function cairnPages(version: string): ReadonlyMap<string, string> {
  return new Map([
    ['cairn.1', cairnPage(version)],
    ['cairn-ctl.1', ctlPage(version)],
    ['cairn-discovery.1', discoveryPage(version)],
    ...taskRows.map(([word]) => [`cairn-${word}.1`, taskPage(word, version)] as const),
  ]);
}

function cairnPage(version: string): string {
  const groups = [...new Set(activeRows.map(({ option }) => option.group))];
  return page(
    { name: 'cairn', version },
    section('NAME', ['cairn \\- run a member of a cluster, or a command beside one']),
    section(
      'SYNOPSIS',
      usage('cairn [--FLAG=VALUE | --FLAG VALUE | --SWITCH]...'),
      usage('cairn COMMAND [...]'),
      usage('cairn COMMAND --help'),
    ),
    section('DESCRIPTION', paragraph(`Runs one member of a cluster. ${flagRules}`), paragraph(DOCUMENTS)),
    section(
      'COMMANDS',
      ...commandRows.map(([word, { help }]) => term(word, firstSentence(help), `See ${pageOf(word)}(1).`)),
    ),
    section(
      'OPTIONS',
      ...groups.map((group) =>
        subsection(group, ...activeRows.filter(({ option }) => option.group === group).map(activeTerm)),
      ),
      subsection('Instead of running', ...allOptions.map(commandTerm)),
      subsection(
        'Others',
        paragraph(`Accepted without effect, as start scripts of etcd may have them: ${names('ignored')}.`),
        paragraph(`Refused, as this release cannot do what they ask for: ${names('unavailable')}.`),
        paragraph('Older names of etcd 0.1, 0.4 and 2.3 are accepted too; docs/configuration.md lists them.'),
      ),
    ),
    exitStatus(exitCodes),
    section('SEE ALSO', paragraph(`cairnctl(1), ${commandRows.map(([word]) => `${pageOf(word)}(1)`).join(', ')}`)),
  );
}

/** With what is needed to find the other one: a page that only names it (`.so`) is empty where it is read by its path. */
function ctlPage(version: string): string {
  return page(
    { name: 'cairn-ctl', version },
    section('NAME', [`cairn\\-ctl \\- ${summary(commandTable.ctl.help)}`]),
    section('SYNOPSIS', usage('cairn ctl [FLAGS] COMMAND [FLAGS] [ARGUMENTS]')),
    section(
      'DESCRIPTION',
      paragraph('The program cairnctl is the same; cairnctl(1) has its flags, commands and exit codes.'),
    ),
    section('SEE ALSO', paragraph('cairnctl(1), cairn(1)')),
  );
}

function activeTerm({ name, option }: { readonly name: string; readonly option: ActiveOption }): Roff {
  const older = (option.spellings ?? []).map((spelling) => `-${spelling.name}`);
  return term(
    `--${name} ${placeholderOf(option.kind)}`.trimEnd(),
    option.help,
    `Default: ${defaultOf(option)}. Variable: ${variableOf({ name, option }) ?? ''}.`,
    older.length === 0 ? '' : `Older names: ${older.join(', ')}.`,
  );
}

function commandTerm({ name, option }: NamedOption): Roff {
  if (option.status !== 'command') return [];
  const short = (option.spellings ?? []).map((spelling) => `, -${spelling.name}`).join('');
  const typed = `--${name}${option.shape === 'value' ? ' FILE' : ''}${short}`;
  return term(typed, option.help, option.env === undefined ? '' : `Variable: ${option.env}.`);
}

function names(status: 'ignored' | 'unavailable'): string {
  return allOptions
    .filter(({ option }) => option.status === status)
    .map(({ name }) => `--${name}`)
    .join(', ');
}

function discoveryPage(version: string): string {
  const { help, excluded, defaults } = discoveryPreset;
  return page(
    { name: 'cairn-discovery', version },
    section('NAME', ['cairn\\-discovery \\- run a discovery service and nothing else']),
    section('SYNOPSIS', usage('cairn discovery [--FLAG=VALUE | --FLAG VALUE | --SWITCH]...')),
    section(
      'DESCRIPTION',
      paragraph(help),
      paragraph('It takes the options of cairn(1), with these defaults:'),
      ...Object.entries(defaults).map(([name, value]) => term(`--${name}`, value)),
      paragraph(`Refused, as they do not go with it: ${excluded.map((name) => `--${name}`).join(', ')}.`),
    ),
    exitStatus(exitCodes),
    section('SEE ALSO', paragraph('cairn(1)')),
  );
}

function taskPage(word: TaskWord, version: string): string {
  const { help } = Object.fromEntries(taskRows)[word] ?? { help: '' };
  const flags = Object.entries(flagsOf(word));
  const variables = flags.flatMap(([name, { variables: own = [] }]) =>
    own.map((variable) => [variable, name] as const),
  );
  const users = flagsOf(word)['user-file'] === undefined ? [] : clientVariables.username;
  return page(
    { name: `cairn-${word}`, version },
    section('NAME', [`cairn\\-${word.replaceAll('-', '\\-')} \\- ${summary(help)}`]),
    section('SYNOPSIS', usage(commandUsage(word))),
    section('DESCRIPTION', paragraph(help)),
    section(
      'OPTIONS',
      ...flags.map(([name, flag]) => term(optionText(name, flag), flag.help, limitsOf(flag))),
      term('--help, -h', 'Print this help and exit.'),
    ),
    section(
      'ENVIRONMENT',
      ...variables.map(([variable, name]) => term(variable, `Says what --${name} says, where that is not given.`)),
      ...users.map((variable) => term(variable, 'NAME:PASSWORD of whom to ask as, where no file says it.')),
    ),
    exitStatus(commandExitCodes),
    section('SEE ALSO', paragraph('cairn(1), cairnctl(1)')),
  );
}

export function exitStatus(codes: Readonly<Record<string, ExitCode>>): Roff {
  return section('EXIT STATUS', ...Object.values(codes).map(({ code, meaning }) => term(String(code), meaning)));
}

function pageOf(word: CommandWord): string {
  return word === 'ctl' ? 'cairnctl' : `cairn-${word}`;
}

/** Behind the name of a page, where it stands in the lists of man -k. */
export function summary(help: string): string {
  const text = firstSentence(help).replace(/\.$/, '').replaceAll('`', '').replaceAll('-', '\\-');
  return text.charAt(0).toLowerCase() + text.slice(1);
}
