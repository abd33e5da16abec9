/** What `cairn` can do besides running a member: `cairn NAME ...`. The table that --help, the commands and the documents go by. */
import { keyCommands } from './commands/keyCommands';
import { memberCommands } from './commands/memberCommands';
import { operatorCommands } from './commands/operatorCommands';
import type { CommandFlag, CommandRow } from './commands/row';

export const commandTable = {
  ...memberCommands,
  ...operatorCommands,
  ...keyCommands,
} as const satisfies Record<string, CommandRow>;

export type CommandWord = keyof typeof commandTable;

/** Those that do something and end, with options of their own. */
export type TaskWord = Exclude<CommandWord, 'discovery' | 'ctl'>;

/** In the order of --help. */
export const commandRows: readonly (readonly [CommandWord, CommandRow])[] = Object.entries(commandTable) as [
  CommandWord,
  CommandRow,
][];

export function isCommandWord(word: string): word is CommandWord {
  return Object.hasOwn(commandTable, word);
}

export function isTaskWord(word: string): word is TaskWord {
  return isCommandWord(word) && word !== 'discovery' && word !== 'ctl';
}

/** Those of them that end, which are commands of cairnctl too. */
export const taskRows = commandRows.filter((row): row is readonly [TaskWord, CommandRow] => isTaskWord(row[0]));

/** The options of a command, by name. */
export function flagsOf(word: TaskWord): Readonly<Record<string, CommandFlag>> {
  return commandTable[word].flags;
}

/** The names of what a command has to be given without an option. */
export function operandsOf(word: TaskWord): readonly string[] {
  const row: CommandRow = commandTable[word];
  return row.operands ?? [];
}

/** What the first of these may be; none: anything. */
export function firstWordsOf(word: TaskWord): readonly string[] {
  const row: CommandRow = commandTable[word];
  return row.firstWords ?? [];
}

/** Those that do what this variable of a client says. */
export function wordsThatHeed(variable: string): readonly TaskWord[] {
  return taskRows.flatMap(([word]) =>
    Object.values(flagsOf(word)).some(({ variables = [] }) => variables.includes(variable)) ? [word] : [],
  );
}

/** Whether --url of a command that is given these arguments may name several members. */
export function takesSeveralUrls(word: TaskWord, args: readonly string[]): boolean {
  const { severalUrlsFor = [] }: CommandRow = commandTable[word];
  const isShown = flagsOf(word)['url']?.placeholder === 'URL,...';
  return isShown || args.some((argument) => severalUrlsFor.includes(argument));
}
