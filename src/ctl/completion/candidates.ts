/** What a word that is being typed may become. Pure: the table of commands decides. */
import { firstWordsOf, flagsOf, isTaskWord, operandsOf, taskRows } from '../../config/commands';
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
  /** That begin with the word; with what is behind its `=`, if it is a flag. */
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
  if (word === undefined) return typed.startsWith('-') ? flagWords(globalFlags, typed) : commandWords();
  const row = ctlRow(word);
  if (row === undefined) return ofCairn(word, whole.slice(at + 1), typed, whole.slice(0, at));
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
  const { operands, value } = countOperands(args, flags);
  if (value !== undefined) return valueOf(value, typed);
  if (typed.startsWith('-')) return flagWords(flags, typed);
  const operand = row.operands.split(' ')[operands] ?? '';
  if (/^\[?KEY\b/.test(operand)) return { kind: 'keys', before };
  if (operand === SHELLS.join('|')) return bareWords(SHELLS);
  return /^\[?PROGRAM|^\[--\]/.test(operand) ? { kind: 'files' } : NOTHING;
}

function ofCairn(word: string, args: readonly string[], typed: string, before: readonly string[]): Completion {
  if (!isTaskWord(word)) return NOTHING;
  const flags = flagsOf(word);
  const { operands, value } = countOperands(args, flags);
  if (value !== undefined) return valueOf(value, typed);
  if (typed.startsWith('-')) return flagWords(flags, typed);
  const operand = operandsOf(word)[operands];
  if (operand === undefined) return NOTHING;
  const words = operands === 0 ? firstWordsOf(word) : [];
  if (words.length > 0) return bareWords(words);
  if (operand === 'PREFIX') return { kind: 'keys', before: [...before, ...endpointsIn(args)] };
  return { kind: 'files' };
}

/** Where the cluster is, in the words that cairnctl has for it. */
function endpointsIn(args: readonly string[]): readonly string[] {
  const at = args.findLastIndex((each) => /^--?url(?:=|$)/.test(each));
  const url = args[at]?.split('=', 2)[1] ?? args[at + 1];
  return at < 0 || url === undefined ? [] : ['--endpoints', url];
}

/** What stands there that is no flag; `value`: the last flag waits for one. */
function countOperands(
  args: readonly string[],
  flags: AnyFlags,
): { readonly operands: number; readonly value?: AnyFlag } {
  let operands = 0;
  for (let from = 0; ; operands++) {
    const { at, value } = skipFlags(args, from, flags);
    if (value !== undefined) return { operands, value };
    if (at >= args.length) return { operands };
    from = at + 1;
  }
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
    const flag = flagNamed(name, flags);
    const takesNext = flag?.placeholder !== undefined && equals === '';
    if (takesNext && at === words.length - 1) return { at: at + 1, value: flag };
    at += takesNext ? 2 : 1;
  }
  return { at };
}

function flagNamed(name: string, flags: AnyFlags): AnyFlag | undefined {
  return Object.entries(flags).find(([each, { spellings = [] }]) => [each, ...spellings].includes(name))?.[1];
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

/** The flags; those of a value if the word has its `=` already. */
function flagWords(flags: AnyFlags, typed: string): Completion {
  const [, before, name, value] = /^(--?([^=]+)=)(.*)$/s.exec(typed) ?? [];
  if (before !== undefined && name !== undefined) {
    const flag = flagNamed(name, flags);
    const completion = flag?.placeholder === undefined ? NOTHING : valueOf(flag, value ?? '');
    if (completion.kind !== 'words') return completion;
    return bareWords(completion.words.map(({ word }) => before + word));
  }
  const words = Object.entries(flags).map(([name, { help }]) => ({
    word: name.length === 1 ? `-${name}` : `--${name}`,
    help,
  }));
  return { kind: 'words', words: [...words, { word: '--help', help: 'Print how it is used.' }] };
}

function candidates(rows: readonly (readonly [string, { readonly help: string }])[]): readonly Candidate[] {
  return rows.map(([word, { help }]) => ({ word, help }));
}
