/** What a word that is being typed may become. Pure: the table of commands decides. */
import { flagsOf, isTaskWord, taskRows } from '../../config/commands';
import { globalFlags } from '../../config/ctl/globalFlags';
import { SHELLS } from '../../config/ctl/moreCommands';
import { ctlRow, ctlRows, flagsOfCtl, isGroup } from '../../config/ctl/table';
import type { CtlFlag, CtlFlags, CtlRow } from '../../config/ctl/row';

export interface Candidate {
  readonly word: string;
  readonly help: string;
}

export type Completion =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  /** Keys that begin with the word; `before` are the words before the command, which say where the cluster is. */
  | { readonly kind: 'keys'; readonly before: readonly string[] }
  | { readonly kind: 'files' };

/** What a flag is, of both tables. */
type AnyFlag = Pick<CtlFlag, 'help' | 'placeholder' | 'spellings'>;
type AnyFlags = Readonly<Record<string, AnyFlag>>;

const NOTHING: Completion = { kind: 'words', words: [] };

/** @param words - behind the name of the program; the last one is being typed and may be empty */
export function completionOf(words: readonly string[]): Completion {
  const typed = words.at(-1) ?? '';
  const whole = words.slice(0, -1);
  const { at, value } = skipFlags(whole, 0, globalFlags);
  if (value !== undefined) return valueOf(value, typed);
  const word = whole[at];
  if (word === undefined) return typed.startsWith('-') ? flagWords(globalFlags) : commandWords();
  const row = ctlRow(word);
  if (row === undefined) return ofCairn(word, whole.slice(at + 1), typed);
  if (!isGroup(row)) return ofCommand(row, whole.slice(at + 1), typed, whole.slice(0, at));
  const second = whole[at + 1];
  if (second === undefined) return { kind: 'words', words: candidates(Object.entries(row.commands)) };
  const command = Object.hasOwn(row.commands, second) ? row.commands[second] : undefined;
  return command === undefined ? NOTHING : ofCommand(command, whole.slice(at + 2), typed, whole.slice(0, at));
}

function commandWords(): Completion {
  return { kind: 'words', words: candidates([...ctlRows, ...taskRows]) };
}

function ofCommand(row: CtlRow, args: readonly string[], typed: string, before: readonly string[]): Completion {
  const flags: CtlFlags = flagsOfCtl(row);
  if (args.includes('--')) return { kind: 'files' };
  let operands = 0;
  for (let from = 0; ;) {
    const { at, value } = skipFlags(args, from, flags);
    if (value !== undefined) return valueOf(value, typed);
    if (at >= args.length) break;
    operands++;
    from = at + 1;
  }
  if (typed.startsWith('-')) return flagWords(flags);
  const operand = row.operands.split(' ')[operands] ?? '';
  if (/^\[?KEY\b/.test(operand)) return { kind: 'keys', before };
  if (operand === SHELLS.join('|')) return bareWords(SHELLS);
  return /^\[?PROGRAM|^\[--\]/.test(operand) ? { kind: 'files' } : NOTHING;
}

function ofCairn(word: string, args: readonly string[], typed: string): Completion {
  if (!isTaskWord(word)) return NOTHING;
  const flags = flagsOf(word);
  const { value } = skipFlags(args.slice(-1), 0, flags);
  if (value !== undefined) return valueOf(value, typed);
  return typed.startsWith('-') ? flagWords(flags) : { kind: 'files' };
}

/** Over flags with their values; `value`: the last flag waits for one. */
function skipFlags(
  words: readonly string[],
  from: number,
  flags: AnyFlags,
): { readonly at: number; readonly value?: AnyFlag } {
  let at = from;
  while (at < words.length) {
    const [, name, equals] = /^--?([^=]+)(=?)/.exec(words[at] ?? '') ?? [];
    if (name === undefined) break;
    const flag = Object.entries(flags).find(([each, { spellings = [] }]) => [each, ...spellings].includes(name))?.[1];
    const takesNext = flag?.placeholder !== undefined && equals === '';
    if (takesNext && at === words.length - 1) return { at: at + 1, value: flag };
    at += takesNext ? 2 : 1;
  }
  return { at };
}

const FORMS = ['simple', 'extended', 'json'];

function valueOf(flag: AnyFlag, typed: string): Completion {
  if (flag === globalFlags.output) return bareWords(FORMS);
  const { placeholder } = flag;
  return placeholder === 'FILE' || placeholder === 'DIR' || typed.startsWith('/') ? { kind: 'files' } : NOTHING;
}

function bareWords(words: readonly string[]): Completion {
  return { kind: 'words', words: words.map((word) => ({ word, help: '' })) };
}

function flagWords(flags: AnyFlags): Completion {
  const words = Object.entries(flags).map(([name, { help }]) => ({
    word: name.length === 1 ? `-${name}` : `--${name}`,
    help,
  }));
  return { kind: 'words', words: [...words, { word: '--help', help: 'Print how it is used.' }] };
}

function candidates(rows: readonly (readonly [string, { readonly help: string }])[]): readonly Candidate[] {
  return rows.map(([word, { help }]) => ({ word, help }));
}
