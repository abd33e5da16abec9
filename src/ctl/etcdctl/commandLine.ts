/** What is to be done, from the arguments: flags that count for all, the command, its own flags and operands. */
import { globalFlags } from '../../config/ctl/globalFlags';
import { ctlRow, flagsOfCtl, isGroup, type CtlPath } from '../../config/ctl/table';
import type { CtlRow } from '../../config/ctl/row';
import type { FlagValues } from './flagValues';
import { FlagError, HelpAsked, parseFlags } from './goFlags';

/** The words of a command, a group, or (none) the whole program. */
export type PageOf = readonly string[];

export type Outcome =
  | {
      readonly kind: 'run';
      readonly path: CtlPath;
      readonly globals: FlagValues;
      readonly flags: FlagValues;
      readonly operands: readonly string[];
      readonly separatedAt: number | undefined;
    }
  /** A word that this table does not have, and what stands behind it. */
  | { readonly kind: 'other'; readonly word: string; readonly args: readonly string[]; readonly globals: FlagValues }
  | { readonly kind: 'page'; readonly of: PageOf }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly message: string; readonly of: PageOf };

const versionFlag = { version: { kind: 'switch', help: 'Print the version and exit.', spellings: ['v'] } } as const;

export function readCommandLine(args: readonly string[]): Outcome {
  return orPage([], () => {
    const { values: globals, operands } = parseFlags(args, { ...globalFlags, ...versionFlag }, 'first');
    if (globals.isOn('version')) return { kind: 'version' };
    const [word, ...rest] = operands;
    if (word === undefined) return { kind: 'page', of: [] };
    const row = ctlRow(word);
    if (row === undefined) return readOther(word, rest, globals);
    return isGroup(row) ? readGroup(word, rest, row.commands, globals) : readCommand([word], row, rest, globals);
  });
}

function readOther(word: string, args: readonly string[], globals: FlagValues): Outcome {
  if (word !== 'help' && word !== 'h') return { kind: 'other', word, args, globals };
  const [topic, second] = args;
  const row = topic === undefined ? undefined : ctlRow(topic);
  if (topic === undefined) return { kind: 'page', of: [] };
  if (row === undefined) return { kind: 'other', word: topic, args: ['--help'], globals };
  const isCommand = second !== undefined && isGroup(row) && Object.hasOwn(row.commands, second);
  return { kind: 'page', of: isCommand ? [topic, second] : [topic] };
}

function readGroup(
  word: string,
  args: readonly string[],
  commands: Readonly<Record<string, CtlRow>>,
  globals: FlagValues,
): Outcome {
  return orPage([word], () => {
    const [second, ...rest] = parseFlags(args, {}, 'first').operands;
    if (second === undefined) return { kind: 'page', of: [word] };
    if (second === 'help' || second === 'h') return { kind: 'page', of: [word] };
    const row = Object.hasOwn(commands, second) ? commands[second] : undefined;
    if (row === undefined) return { kind: 'other', word: second, args: rest, globals };
    return readCommand([word, second], row, rest, globals);
  });
}

function readCommand(words: PageOf, row: CtlRow, args: readonly string[], globals: FlagValues): Outcome {
  return orPage(words, () => {
    const { values: flags, operands, separatedAt } = parseFlags(args, flagsOfCtl(row), 'anywhere');
    return { kind: 'run', path: words.join(' ') as CtlPath, globals, flags, operands, separatedAt };
  });
}

function orPage(of: PageOf, read: () => Outcome): Outcome {
  try {
    return read();
  } catch (error) {
    if (error instanceof HelpAsked) return { kind: 'page', of };
    if (error instanceof FlagError) return { kind: 'wrong', message: error.message, of };
    throw error;
  }
}
