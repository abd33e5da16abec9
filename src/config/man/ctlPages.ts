/** The pages of `cairnctl` and its commands, from the tables that --help goes by. */
import { taskRows } from '../commands';
import { globalFlags } from '../ctl/globalFlags';
import { ctlRows, flagsOfCtl, isGroup } from '../ctl/table';
import type { CtlFlag, CtlFlags, CtlGroup, CtlRow } from '../ctl/row';
import { ctlExitCodes } from '../exitCodes';
import { firstSentence } from '../text';
import { exitStatus, summary } from './cairnPages';
import { page, paragraph, section, subsection, term, usage, type Roff } from './roff';

/** By the names of their files: one for each word, with the commands of its group. */
export function ctlPages(version: string): ReadonlyMap<string, string> {
  return new Map([
    ['cairnctl.1', programPage(version)],
    ...ctlRows.map(([word, row]) => [`cairnctl-${word}.1`, wordPage(word, row, version)] as const),
  ]);
}

function programPage(version: string): string {
  const pages = ctlRows.map(([word]) => `cairnctl-${word}(1)`).join(', ');
  return page(
    { name: 'cairnctl', version },
    section('NAME', ['cairnctl \\- read, write and watch keys, and look after a cluster']),
    section('SYNOPSIS', usage('cairnctl [FLAGS] COMMAND [FLAGS] [ARGUMENTS]')),
    section(
      'DESCRIPTION',
      paragraph(
        'The commands of etcdctl for the v2 API, with the same flags, variables, output and exit codes, and more. `cairn ctl` is the same.',
      ),
      paragraph(
        'Flags take one dash or two, and their value behind = or as the next argument. `--` ends them. Those for all commands stand before the ' +
          'command, and win over variables.',
      ),
    ),
    section('OPTIONS', flagTerms(globalFlags), term('--version, -v', 'Print the version and exit.')),
    section('COMMANDS', ...ctlRows.map(([word, { help }]) => term(word, help, `See cairnctl-${word}(1).`))),
    section(
      'COMMANDS OF CAIRN',
      ...taskRows.map(([word, { help }]) => term(word, firstSentence(help), `See cairn-${word}(1).`)),
    ),
    exitStatus(ctlExitCodes),
    section('SEE ALSO', paragraph(`cairn(1), ${pages}`)),
  );
}

function wordPage(word: string, row: CtlRow | CtlGroup, version: string): string {
  const body = isGroup(row) ? groupSections(word, row) : rowSections(word, row);
  return page(
    { name: `cairnctl-${word}`, version },
    section('NAME', [`cairnctl\\-${word.replaceAll('-', '\\-')} \\- ${summary(row.help)}`]),
    ...body,
    exitStatus(ctlExitCodes),
    section(
      'SEE ALSO',
      paragraph('cairnctl(1), for the flags that stand before the command and say where the cluster is'),
    ),
  );
}

function rowSections(word: string, row: CtlRow): readonly Roff[] {
  return [
    section('SYNOPSIS', usage(usageOf(word, row))),
    section('DESCRIPTION', ...[row.help, ...(row.notes ?? [])].map(paragraph)),
    section('OPTIONS', flagTerms(flagsOfCtl(row))),
  ];
}

function groupSections(word: string, { help, commands }: CtlGroup): readonly Roff[] {
  const rows = Object.entries(commands);
  return [
    section('SYNOPSIS', ...rows.map(([second, row]) => usage(usageOf(`${word} ${second}`, row)))),
    section('DESCRIPTION', paragraph(help)),
    section(
      'COMMANDS',
      ...rows.map(([second, row]) =>
        subsection(`${word} ${second}`, ...[row.help, ...(row.notes ?? [])].map(paragraph), flagTerms(flagsOfCtl(row))),
      ),
    ),
  ];
}

function usageOf(path: string, row: CtlRow): string {
  const flags = Object.keys(flagsOfCtl(row)).length > 0 ? ' [FLAGS]' : '';
  return `cairnctl ${path}${flags} ${row.operands}`.trimEnd();
}

function flagTerms(flags: CtlFlags): Roff {
  return Object.entries(flags).flatMap(([name, flag]) => term(spellings(name, flag), flag.help, defaultsOf(flag)));
}

function spellings(name: string, { spellings: others = [], placeholder }: CtlFlag): string {
  const all = [name, ...others].map((each) => (each.length === 1 ? `-${each}` : `--${each}`)).join(', ');
  return placeholder === undefined ? all : `${all} ${placeholder}`;
}

function defaultsOf({ default: byDefault, variables = [] }: CtlFlag): string {
  return [
    ...(byDefault === undefined ? [] : [`Default: ${byDefault}.`]),
    ...(variables.length === 0 ? [] : [`Variables: ${variables.join(', ')}.`]),
  ].join(' ');
}
