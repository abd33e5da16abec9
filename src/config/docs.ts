import { ETCD_API_VERSION } from './version';
import { commandUsage, limitsOf } from './commandHelp';
import { clientVariables } from './clientVariables';
import { commandRows, wordsThatHeed, type CommandWord } from './commands';
import type { CommandRow } from './commands/row';
import { commandExitCodes, exitCodes } from './exitCodes';
import { defaultOf, placeholderOf } from './help';
import { activeRows, allOptions, variableOf } from './options';
import type { NamedOption } from './options';
import { exitCodeTable, table } from './markdown';
import type { ActiveOption, Kind, Spelling } from './options/types';

/** docs/configuration.md, made from the tables of options and exit codes; scripts/configuration-docs.js writes it. */
export function generateConfigurationDocs(): string {
  const groups = [...new Set(activeRows.map(({ option }) => option.group))];
  return [
    '# Configuration',
    '',
    '<!-- Written by scripts/configuration-docs.js from src/config; change the tables there. -->',
    '',
    ...introduction,
    ...groups.flatMap(groupSection),
    ...commandSection(),
    ...clientVariableSection(),
    ...spellingSection(),
    ...retiredSection('Accepted without effect', ignoredText, 'ignored'),
    ...retiredSection('Refused', refusedText, 'unavailable'),
    ...exitCodeSection(),
  ].join('\n');
}

const introduction = [
  'An option has one name. It is the flag (`--data-dir`), the key in the configuration file (`data-dir`) and, in',
  'capitals with underscores behind `ETCD_`, the environment variable (`ETCD_DATA_DIR`).',
  '',
  '- A flag wins over a variable, a variable over the configuration file, the file over the default.',
  '- Flags take one dash or two, and their value after `=` or as the next argument. A switch is on when it stands alone;',
  '  to turn it off write `--SWITCH=false`. Of a flag that is given twice the last one counts.',
  '- `true` and `false` can also be written `1`, `t`, `0` and `f`, in any case.',
  '- An empty variable counts as not set. An `ETCD_` variable that is no option is reported in the log.',
  '- Lists are separated by commas; in the file they may also be YAML lists.',
  '- Numbers and switches stand without quotes in the file. A configuration file of etcd 3.x can be read too.',
  '- `cairn --print-config` shows what would be used and where each value came from, as such a file.',
  '- A mistake ends the program with code 2 and one line that says what is wrong and what to do.',
  '',
  '```yaml',
  'name: infra0',
  'data-dir: /var/lib/cairn',
  'listen-client-urls: http://0.0.0.0:2379',
  'advertise-client-urls: http://10.0.1.10:2379',
  'listen-peer-urls: http://0.0.0.0:2380',
  'initial-advertise-peer-urls: http://10.0.1.10:2380',
  'initial-cluster:',
  '  - infra0=http://10.0.1.10:2380',
  '  - infra1=http://10.0.1.11:2380',
  '  - infra2=http://10.0.1.12:2380',
  '```',
  '',
];

const ignoredText =
  `Options of etcd that are accepted with a warning, so that scripts made for etcd up to ${ETCD_API_VERSION} (and some of ` +
  '3.x) go on working.';

const refusedText =
  'Options of etcd that end the program with code 2, because a server that ignored them would do something else than ' +
  'its operator believes. An empty value, `false` for a switch and the values in the second column ask for nothing and ' +
  'are accepted.';

function groupSection(group: string): string[] {
  return [
    `## ${group}`,
    '',
    ...table(
      ['Option', 'Value', 'Default', 'Meaning'],
      activeRows
        .filter(({ option }) => option.group === group)
        .map(({ name, option }) => [code(name), code(valueOf(option.kind)), code(defaultOf(option)), meaning(option)]),
    ),
  ];
}

function meaning(option: ActiveOption): string {
  const { kind } = option;
  if (kind.type !== 'integer' && kind.type !== 'duration') return option.help;
  return `${option.help} ${kind.minimum} to ${kind.maximum}.`;
}

function valueOf(kind: Kind): string {
  return kind.type === 'boolean' ? 'true|false' : placeholderOf(kind);
}

function commandSection(): string[] {
  const commands = allOptions.filter(({ option }) => option.status === 'command');
  return [
    '## Commands',
    '',
    'The first argument may name something else to do than running a member.',
    '',
    ...table(
      ['Command', 'Meaning'],
      commandRows.map(([word, row]) => [code(usageOf(word)), [row.help, ...flagTexts(row)].join(' ')]),
    ),
    '## Flags instead of running',
    '',
    'These are flags only; `config-file` has a variable as well.',
    '',
    ...table(
      ['Flag', 'Variable', 'Meaning'],
      commands.map(({ name, option }) => [
        code(`--${name}`),
        code(variableOf({ name, option }) ?? ''),
        option.status === 'command' ? option.help : '',
      ]),
    ),
  ];
}

function clientVariableSection(): string[] {
  const rows = Object.entries(clientVariables).map(([flag, variables]) => {
    const heeding = wordsThatHeed(flag === 'username' ? clientVariables['user-file'][0] : variables[0]);
    return [variables.map(code).join(', '), code(`--${flag}`), heeding.map(code).join(', ')];
  });
  return [
    '## Variables of clients',
    '',
    'The variables of etcdctl 2 and 3. `cairnctl` heeds all of them; the last column says which commands of `cairn` do. A flag wins over a variable, of two',
    'that say where to ask, or as whom, the upper one, and a variable over what is known of the member on this machine. An empty one counts as not set.',
    '',
    '- `healthcheck` and `prestop` ask the member beside them, whatever cluster the variables name. `migrate` has two clusters, and the variables do not say which:',
    '  give `--from` and `--url`.',
    '- Commands that ask one member take the first endpoint; `mirror` and `snapshot follow` take all of them. `http://` may be left out in a variable.',
    '- A user is `NAME:PASSWORD` for the commands of `cairn`, which ask nobody for a password.',
    '- Variables of the members (`ETCD_…`) say nothing to `cairnctl`; commands of `cairn` find the member on this machine by them.',
    '',
    ...table(['Variables', 'Flag of cairnctl', 'Commands of cairn that heed them'], rows),
  ];
}

function usageOf(word: CommandWord): string {
  if (word === 'ctl') return 'cairn ctl COMMAND';
  return word === 'discovery' ? 'cairn discovery' : commandUsage(word);
}

function flagTexts({ flags = {} }: CommandRow): string[] {
  return Object.entries(flags).map(([name, flag]) => `${code(`--${name}`)}: ${flag.help} ${limitsOf(flag)}`);
}

function spellingSection(): string[] {
  const rows = allOptions.flatMap((row) => (row.option.spellings ?? []).map((spelling) => ({ row, spelling })));
  return [
    '## Older names',
    '',
    'Names that etcd 0.1, 0.4 and 2.3 had for options. The host:port names say something about two options at once:',
    'where to listen and what to advertise. `-addr` alone listens on all interfaces, `-c` alone on the address it names,',
    'as these versions did; both styles for the same addresses are refused, as in 2.3.',
    '',
    ...table(
      ['Name', 'etcd', 'Variable', 'Today', 'Difference'],
      rows.map(({ row, spelling }) => [
        code(`-${spelling.name}`),
        spelling.era,
        code(spelling.env ?? ''),
        code(`--${row.name}`),
        difference(row, spelling),
      ]),
    ),
  ];
}

function difference({ option }: NamedOption, spelling: Spelling): string {
  if (option.status === 'ignored') return 'accepted without effect';
  if (option.status === 'unavailable') return 'refused';
  if (spelling.convert === 'address') return 'HOST:PORT, one address';
  if (spelling.convert === 'same') return '';
  if (spelling.convert === 'authorities') return 'also demands a certificate of each client';
  return spelling.shape === 'switch' ? 'sets `debug`' : 'in seconds';
}

function retiredSection(heading: string, text: string, status: 'ignored' | 'unavailable'): string[] {
  const rows = allOptions.filter(({ option }) => option.status === status);
  return [
    `## ${heading}`,
    '',
    text,
    '',
    ...(status === 'ignored'
      ? table(
          ['Option', 'Why'],
          rows.map(({ name, option }) => [code(name), reasonOf(option)]),
        )
      : table(
          ['Option', 'Accepted', 'Why'],
          rows.map(({ name, option }) => [code(name), acceptedOf(option), reasonOf(option)]),
        )),
  ];
}

function reasonOf(option: NamedOption['option']): string {
  return option.status === 'ignored' || option.status === 'unavailable' ? option.because : '';
}

function acceptedOf(option: NamedOption['option']): string {
  return option.status === 'unavailable' ? option.harmless.map(code).join(', ') : '';
}

function exitCodeSection(): string[] {
  const rows = Object.entries(exitCodes).map(([name, { code: number, meaning: text }]) => [
    `${number}`,
    code(name),
    text,
  ]);
  return [
    '## Exit codes',
    '',
    'Of a process that runs a member, a proxy or a standby:',
    '',
    ...table(['Code', 'Name', 'Meaning'], rows),
    'Of `cairn COMMAND`, also as `cairnctl COMMAND`; those of cairnctl itself are in [cairnctl.md](cairnctl.md#exit-codes):',
    '',
    ...exitCodeTable(commandExitCodes),
  ];
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

/** A Markdown table and an empty line. */
