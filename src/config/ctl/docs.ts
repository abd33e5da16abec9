/** docs/cairnctl.md, made from the tables; scripts/configuration-docs.js writes it. */
import { taskRows } from '../commands';
import { ctlExitCodes } from '../exitCodes';
import { exitCodeTable, table } from '../markdown';
import { differences } from './differences';
import { globalFlags } from './globalFlags';
import type { CtlFlag, CtlFlags, CtlRow } from './row';
import { ctlRows, flagsOfCtl, isGroup } from './table';

export function generateCtlDocs(): string {
  return [
    '# cairnctl',
    '',
    '<!-- Written by scripts/configuration-docs.js from src/config/ctl; change the tables there. -->',
    '',
    ...introduction,
    '## Flags before the command',
    '',
    ...flagTable(globalFlags),
    ...ctlRows.flatMap(([word, row]) =>
      isGroup(row)
        ? [
            `## cairnctl ${word}`,
            '',
            row.help,
            '',
            ...Object.entries(row.commands).flatMap(([second, command]) =>
              section('###', `${word} ${second}`, command),
            ),
          ]
        : section('##', word, row),
    ),
    ...otherSection(),
    ...exitCodeSection(),
    ...differenceSection(),
  ].join('\n');
}

const introduction = [
  '`cairnctl` (also `cairn ctl`) does what `etcdctl` does for the v2 API: the same commands, flags, variables, output and exit codes, so that',
  'scripts go on working. Behind those come commands that etcdctl has not. `cairnctl --help` and `cairnctl COMMAND --help` say the same as this page.',
  '',
  '- Flags take one dash or two, and their value after `=` or as the next argument; those of the command may stand behind the arguments too, those for all',
  '  commands stand before it. What looks like a flag there and is none is a word, as with etcdctl; on a terminal a note says so,',
  '  and where a flag is refused the last line says which one was meant. `--` ends them.',
  '- A flag wins over a variable.',
  '- Members are asked in turn, at the endpoints and then at the URLs that the members themselves publish (`--no-sync`: only at the endpoints).',
  '- A password on the command line can be read by others on the machine until the program has started: leave it out and be asked, or use',
  '  `--user-file`.',
  '',
  '```sh',
  'cairnctl set /app/color blue',
  'cairnctl get /app/color',
  'cairnctl -o json ls -r /app',
  'cairnctl watch --forever -r /app',
  'cairnctl exec-watch -r /app -- sh -c \'echo "$ETCD_WATCH_KEY is $ETCD_WATCH_VALUE"\'',
  '```',
  '',
];

function section(level: string, path: string, row: CtlRow): readonly string[] {
  const flags = flagsOfCtl(row);
  return [
    `${level} cairnctl ${path}`,
    '',
    row.help,
    ...(row.notes ?? []),
    '',
    '```sh',
    ['cairnctl', path, ...(Object.keys(flags).length > 0 ? ['[flags]'] : []), row.operands].join(' ').trimEnd(),
    '```',
    '',
    ...(Object.keys(flags).length > 0 ? flagTable(flags) : []),
  ];
}

function flagTable(flags: CtlFlags): readonly string[] {
  return [
    ...table(
      ['flag', 'meaning', 'default', 'variables'],
      Object.entries(flags).map(([name, flag]) => [
        spellings(name, flag),
        flag.help,
        flag.default === undefined ? '' : `\`${flag.default}\``,
        (flag.variables ?? []).map((variable) => `\`${variable}\``).join(', '),
      ]),
    ),
  ];
}

function spellings(name: string, { spellings: others = [], placeholder }: CtlFlag): string {
  const all = [name, ...others].map((each) => (each.length === 1 ? `-${each}` : `--${each}`));
  return all
    .map((each, index) => `\`${each}${index === 0 && placeholder !== undefined ? ` ${placeholder}` : ''}\``)
    .join(', ');
}

function otherSection(): readonly string[] {
  return [
    '## Commands of cairn',
    '',
    `Every other command of \`cairn\` is one of \`cairnctl\` too, with flags of its own: ${taskRows.map(([word]) => `\`${word}\``).join(', ')}.`,
    'See [configuration.md](configuration.md#commands), also on [which variables](configuration.md#variables-of-clients) they heed. `--endpoints` says where they ask',
    '(the first one), `-u` and `--user-file` as whom, and the flags that they have too may stand before them: `cairnctl --endpoints http://10.0.0.1:2379 -u root check`.',
    '',
  ];
}

function exitCodeSection(): readonly string[] {
  return [
    '## Exit codes',
    '',
    ...exitCodeTable(ctlExitCodes),
    'Commands of `cairn` have [their own](configuration.md#exit-codes) here too.',
    '',
  ];
}

function differenceSection(): readonly string[] {
  return [
    '## Where it differs from etcdctl',
    '',
    '`test/transcripts/etcdctl` holds what etcdctl 3.4 writes to etcd 3.4, byte for byte. On purpose cairnctl does something else in these cases:',
    '',
    ...table(
      ['name', 'etcdctl 3.4', 'cairnctl'],
      Object.entries(differences).map(([name, { etcdctl, cairnctl }]) => [name, etcdctl, cairnctl]),
    ),
    '`backup` of etcdctl copies files of etcd, which Cairn has not: `cairnctl snapshot save` keeps the state of a running cluster. `import` takes the file without `--snap`.',
    '',
  ];
}
