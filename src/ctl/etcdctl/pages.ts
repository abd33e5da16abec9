/** What --help prints: the table of commands, laid out by commander. Loaded only when a page is asked for. */
import { Command, Option } from 'commander';
import { globalFlags } from '../../config/ctl/globalFlags';
import type { CtlFlag, CtlFlags, CtlRow } from '../../config/ctl/row';
import { firstSentence, wrap } from '../../config/text';
import { ctlExitCodes, exitCodeLines } from '../../config/exitCodes';
import { ctlRows, flagsOfCtl, isGroup } from '../../config/ctl/table';

/** Beside the names of flags, where commander would give up and break no line at all. */
const TEXT_COLUMNS_MIN = 8;

/** A command of `cairn` that stands beside those of the table. */
export interface OtherCommand {
  readonly word: string;
  readonly help: string;
}

/** The page of a command, a group or (no words) of the program, with the end of its last line. */
export function page(words: readonly string[], others: readonly OtherCommand[], columns: number): string {
  let command = program(others, columns);
  for (const word of words) command = command.commands.find((each) => each.name() === word) ?? command;
  return command.helpInformation();
}

function program(others: readonly OtherCommand[], columns: number): Command {
  const root = bare('cairnctl', columns)
    .description(
      'Reads, writes and watches keys, and looks after a cluster: the commands of etcdctl for the v2 API, and more.',
    )
    .usage('[flags] COMMAND [flags] [arguments]')
    .addHelpText('after', notes(columns));
  addFlags(root, globalFlags);
  root.addOption(new Option('-v, --version', 'Print the version and exit.'));
  root.commandsGroup('Commands:');
  for (const [word, row] of ctlRows) {
    const command = isGroup(row) ? group(word, row.commands, columns).description(row.help) : leaf(word, row, columns);
    root.addCommand(command);
  }
  root.commandsGroup('Commands of cairn, with flags of their own:');
  for (const { word, help } of others) root.addCommand(bare(word, columns).summary(firstSentence(help)).usage(''));
  return root;
}

function notes(columns: number): string {
  return [
    '',
    ...wrap('Flags take one dash or two, and their value behind = or as the next argument. "--" ends them.', columns),
    '',
    'Exit codes:',
    ...exitCodeLines(ctlExitCodes, columns),
  ].join('\n');
}

function group(word: string, commands: Readonly<Record<string, CtlRow>>, columns: number): Command {
  const command = bare(word, columns).usage('COMMAND [flags] [arguments]');
  for (const [second, row] of Object.entries(commands)) command.addCommand(leaf(second, row, columns));
  return command;
}

function leaf(word: string, row: CtlRow, columns: number): Command {
  const flags = flagsOfCtl(row);
  const usage = [...(Object.keys(flags).length > 0 ? ['[flags]'] : []), row.operands].filter((part) => part !== '');
  const command = bare(word, columns).description(row.help).usage(usage.join(' '));
  addFlags(command, flags);
  if (row.notes !== undefined)
    command.addHelpText('after', `\n${row.notes.flatMap((note) => wrap(note, columns)).join('\n')}`);
  return command;
}

function bare(word: string, columns: number): Command {
  return new Command(word)
    .helpCommand(false)
    .helpOption('-h, --help', 'Print this page and exit.')
    .configureHelp({
      helpWidth: columns,
      minWidthToWrap: TEXT_COLUMNS_MIN,
      subcommandTerm: (command) => command.name(),
      showGlobalOptions: false,
    });
}

function addFlags(command: Command, flags: CtlFlags): void {
  for (const [name, flag] of Object.entries(flags)) command.addOption(optionOf(name, flag));
}

function optionOf(name: string, flag: CtlFlag): Option {
  const letter = [name, ...(flag.spellings ?? [])].find((spelling) => spelling.length === 1);
  const long = name.length > 1 ? `--${name}` : undefined;
  const term = [...(letter === undefined ? [] : [`-${letter}`]), ...(long === undefined ? [] : [long])].join(', ');
  const option = new Option(`${term}${flag.placeholder === undefined ? '' : ` <${flag.placeholder}>`}`, flag.help);
  const variables = flag.variables ?? [];
  option.description += variables.length > 0 ? ` (${variables.join(', ')})` : '';
  return flag.default === undefined ? option : option.default(flag.default, flag.default);
}
