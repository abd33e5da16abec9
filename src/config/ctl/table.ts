/** The table of cairnctl's commands. The command line, --help, docs/cairnctl.md and completion go by it. */
import { authGroup, roleGroup, userGroup } from './authCommands';
import { clusterCommands, memberGroup } from './clusterCommands';
import { keyCommands } from './keyCommands';
import { moreCommands } from './moreCommands';
import type { CtlFlags, CtlGroup, CtlRow } from './row';
import { watchCommands } from './watchCommands';

const ctlTable = {
  ...keyCommands,
  ...watchCommands,
  ...clusterCommands,
  member: memberGroup,
  user: userGroup,
  role: roleGroup,
  auth: authGroup,
  ...moreCommands,
} as const satisfies Record<string, CtlRow | CtlGroup>;

type Table = typeof ctlTable;

/** `get`, `member list`, ... */
export type CtlPath = {
  [Word in keyof Table]: Table[Word] extends { readonly commands: infer Commands }
    ? `${Word} ${keyof Commands & string}`
    : Word;
}[keyof Table];

/** The first word of a command. */
export type CtlWord = keyof Table;

/** In the order of --help. */
export const ctlRows: readonly (readonly [string, CtlRow | CtlGroup])[] = Object.entries(ctlTable);

export function isGroup(row: CtlRow | CtlGroup): row is CtlGroup {
  return 'commands' in row;
}

/** All commands with their whole path, those of groups among them. */
export const ctlCommands: readonly (readonly [CtlPath, CtlRow])[] = ctlRows.flatMap(([word, row]) =>
  isGroup(row)
    ? Object.entries(row.commands).map(([second, command]) => [`${word} ${second}` as CtlPath, command] as const)
    : [[word as CtlPath, row] as const],
);

/** What stands at a word, or undefined. */
export function ctlRow(word: string): CtlRow | CtlGroup | undefined {
  return Object.hasOwn(ctlTable, word) ? ctlTable[word as keyof Table] : undefined;
}

export function flagsOfCtl(row: CtlRow): CtlFlags {
  return row.flags ?? {};
}
