/** What --help prints: the table of commands, laid out by commander. Loaded only when a page is asked for. */
import { Command, Option } from 'commander';
import { globalFlags } from '../../config/ctl/globalFlags';
import type { CtlFlag, CtlFlags, CtlRow } from '../../config/ctl/row';
import { firstSentence } from '../../config/text';
import { ctlExitCodes, exitCodeLines } from '../../config/exitCodes';
import { ctlRows, flagsOfCtl, isGroup } from '../../config/ctl/table';

const COLUMNS = 100;

/** A command of `cairn` that stands beside those of the table. */
export interface OtherCommand {
  readonly word: string;
  readonly help: string;
}

/** The page of a command, a group or (no words) of the program, with the end of its last line. */
export function page(words: readonly string[], others: readonly OtherCommand[]): string {
  let command = program(others);
  for (const word of words) command = command.commands.find((each) => each.name() === word) ?? command;
  return command.helpInformation();
}

function program(others: readonly OtherCommand[]): Command {
  const root = bare('cairnctl')
    .description(
      'Reads, writes and watches keys, and looks after a cluster: the commands of etcdctl for the v2 API, and more.',
    )
    .usage('[flags] COMMAND [flags] [arguments]')
    .addHelpText('after', NOTES);
  addFlags(root, globalFlags);
  root.addOption(new Option('-v, --version', 'Print the version and exit.'));
  root.commandsGroup('Commands:');
  for (const [word, row] of ctlRows) {
    const command = isGroup(row) ? group(word, row.commands).description(row.help) : leaf(word, row);
    root.addCommand(command);
  }
  root.commandsGroup('Commands of cairn, with flags of their own:');
  for (const { word, help } of others) root.addCommand(bare(word).summary(firstSentence(help)).usage(''));
  return root;
}

const NOTES = [
  '',
  'Flags take one dash or two, and their value behind = or as the next argument. "--" ends them.',
  '',
  'Exit codes:',
  ...exitCodeLines(ctlExitCodes, COLUMNS),
].join('\n');

function group(word: string, commands: Readonly<Record<string, CtlRow>>): Command {
  const command = bare(word).usage('COMMAND [flags] [arguments]');
  for (const [second, row] of Object.entries(commands)) command.addCommand(leaf(second, row));
  return command;
}

function leaf(word: string, row: CtlRow): Command {
  const flags = flagsOfCtl(row);
  const usage = [...(Object.keys(flags).length > 0 ? ['[flags]'] : []), row.operands].filter((part) => part !== '');
  const command = bare(word).description(row.help).usage(usage.join(' '));
  addFlags(command, flags);
  if (row.notes !== undefined) command.addHelpText('after', `\n${row.notes.join('\n')}`);
  return command;
}

function bare(word: string): Command {
  return new Command(word)
    .helpCommand(false)
    .helpOption('-h, --help', 'Print this page and exit.')
    .configureHelp({ helpWidth: COLUMNS, subcommandTerm: (command) => command.name(), showGlobalOptions: false });
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
