/** What the commands have in common: options, exit numbers and where their words go. */
import { parseArgs } from 'node:util';
import { commandHelp, commandUsage } from '../config/commandHelp';
import { flagsOf, operandsOf, type TaskWord } from '../config/commands';
import { commandExitCodes } from '../config/exitCodes';
import { helpColumns } from '../config/helpColumns';
import { quote } from '../config/text';
import { forTerminal, jsonForTerminal } from '../platform/terminalText';
import { withoutTrailingSlashes } from '../platform/trailingSlashes';
import { adviceOn } from './advice';
import { optionMistake, withTwoDashes } from './optionMistakes';

export const OK = commandExitCodes.done.code;
export const FAILED = commandExitCodes.failed.code;
export const BAD_USAGE = commandExitCodes.badUsage.code;

/** The arguments are wrong; the message says what to give instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The options that a command was given; those that it was not have the defaults of the table (src/config/commands.ts). */
export class CommandArguments {
  /** Whether a user was found among the options or variables: what to do about a refusal depends on it. */
  asksAsUser = false;
  private readonly given: ReadonlyMap<string, string>;
  private readonly operands: readonly string[];

  /** Throws UsageError for what the command does not have. */
  constructor(
    private readonly word: TaskWord,
    args: readonly string[],
  ) {
    const names = Object.keys(flagsOf(word));
    const today = new Map(
      Object.entries(flagsOf(word)).flatMap(([name, { spellings = [] }]) =>
        [name, ...spellings].map((spelling) => [spelling, name] as const),
      ),
    );
    const options = Object.fromEntries(
      [...today].map(([spelling, name]) => [spelling, { type: isSwitch(word, name) ? 'boolean' : 'string' } as const]),
    );
    const wanted = operandsOf(word);
    const known = new Map([...today].map(([spelling, name]) => [spelling, { takesValue: !isSwitch(word, name) }]));
    const written = withTwoDashes(args, known);
    try {
      const { values, positionals } = parseArgs({ args: [...written], options, allowPositionals: wanted.length > 0 });
      this.given = new Map(
        Object.entries(values).map(([name, value]) => [today.get(name) ?? name, String(value)] as const),
      );
      this.operands = positionals;
    } catch (error) {
      const reason = optionMistake(written, known) ?? (error instanceof Error ? error.message : String(error));
      throw new UsageError(`${reason}; the options are ${names.map((name) => `--${name}`).join(', ')}`);
    }
    const missing = wanted[this.operands.length];
    if (missing !== undefined && !missing.startsWith('['))
      throw new UsageError(`${missing} is missing: ${commandUsage(word)}`);
    const surplus = this.operands[wanted.length];
    if (surplus !== undefined)
      throw new UsageError(`${quote(surplus)} is one argument too many: ${commandUsage(word)}`);
  }

  /** What was given without an option, in place of `name` of the table. Throws UsageError if it is empty. */
  operand(name: string): string {
    const at = operandsOf(this.word).indexOf(name);
    const text = this.operands[at];
    if (text === undefined) throw new Error(`cairn ${this.word} has no ${name}`);
    if (text !== '') return text;
    throw new UsageError(`${name} is empty`);
  }

  /** The same for one that may be left out, which the table has in brackets. */
  optionalOperand(name: string): string | undefined {
    return this.operands.length > operandsOf(this.word).indexOf(name) ? this.operand(name) : undefined;
  }

  /** One of these; throws UsageError. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const text = this.text(name);
    const chosen = choices.find((each) => each === text);
    if (chosen !== undefined) return chosen;
    throw new UsageError(`--${name} ${quote(text)}: give one of ${choices.join(', ')}`);
  }

  /** What stands between commas. Throws UsageError as `text` does. */
  list(name: string): readonly string[] {
    return this.text(name)
      .split(',')
      .filter((item) => item !== '');
  }

  /** Whether a switch was given. */
  isOn(name: string): boolean {
    return this.given.has(name);
  }

  /** Whether the command has such an option at all. */
  knows(name: string): boolean {
    return flagsOf(this.word)[name] !== undefined;
  }

  /** Whether it was given itself. */
  has(name: string): boolean {
    return this.given.has(name);
  }

  /** Throws UsageError if it is empty, or has to be given and is not. */
  text(name: string): string {
    const text = this.given.get(name) ?? this.flag(name).default;
    if (text !== undefined && text !== '') return text;
    throw new UsageError(`--${name} is missing`);
  }

  /** The path of a file, and what names it; undefined if nothing does. Throws UsageError if it is given and empty. */
  file(
    name: string,
    environment: Readonly<Record<string, string | undefined>>,
  ): { readonly option: string; readonly path: string } | undefined {
    if (this.given.has(name)) return { option: `--${name}`, path: this.text(name) };
    const said = this.valueOfVariable(name, environment);
    return said && { option: said.variable, path: said.value };
  }

  /** The strongest of the variables that say the same as this option, where it is not given; undefined if none does. */
  valueOfVariable(
    name: string,
    environment: Readonly<Record<string, string | undefined>>,
  ): { readonly variable: string; readonly value: string } | undefined {
    for (const variable of this.flag(name).variables ?? []) {
      const value = environment[variable];
      if (value !== undefined && value !== '') return { variable, value };
    }
    return undefined;
  }

  /** Without slashes at its end; throws UsageError. */
  url(name: string): string {
    const text = this.text(name);
    this.refuseUser(name, `--${name}`, text);
    return this.urlOf(name, text);
  }

  /** The same for one or more that are parted by commas; throws UsageError. */
  urls(name: string): readonly [string, ...string[]] {
    const text = this.text(name);
    this.refuseUser(name, `--${name}`, text);
    const [first = '', ...others] = text.split(',');
    return [this.urlOf(name, first), ...others.map((text) => this.urlOf(name, text))];
  }

  /** A whole number within its bounds; throws UsageError, also if it has to be given and is not. */
  number(name: string): number {
    const { bounds, default: byDefault } = this.flag(name);
    if (bounds === undefined) throw new Error(`--${name} of cairn ${this.word} is no number`);
    const text = this.given.get(name) ?? byDefault;
    if (text === undefined) throw new UsageError(`--${name} is missing`);
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (number >= bounds.minimum && number <= bounds.maximum) return number;
    throw new UsageError(`--${name} ${quote(text)}: give a whole number from ${bounds.minimum} to ${bounds.maximum}`);
  }

  /**
   * A user in a URL would be in each line about it, and is not sent. No URL of a member has an @ otherwise, so that this also hides what is
   * none. @throws UsageError
   *
   * @param said - the option or the variable that has it, in place of the option `name`
   */
  refuseUser(name: string, said: string, urls: string): void {
    if (!urls.includes('@')) return;
    const file = name === 'url' ? 'user-file' : `${name}-user-file`;
    const instead = this.knows(file) ? `, and give --${file} with a file of one line like NAME:PASSWORD` : '';
    throw new UsageError(`${said} ${quote(urls)} has a user in it, who is not sent: leave that out${instead}`);
  }

  private urlOf(name: string, text: string): string {
    if (/^https?:\/\//.test(text) && URL.canParse(text)) return withoutTrailingSlashes(text);
    throw new UsageError(
      `--${name} ${quote(text)} is not a URL; give one like ${this.flag(name).default ?? 'http://127.0.0.1:2379'}`,
    );
  }

  private flag(name: string) {
    const flag = flagsOf(this.word)[name];
    if (flag === undefined) throw new Error(`cairn ${this.word} has no option --${name}`);
    return flag;
  }
}

function isSwitch(word: TaskWord, name: string): boolean {
  return flagsOf(word)[name]?.placeholder === undefined;
}

/**
 * Runs a command: what it throws becomes one line on the standard error and an exit number. Asked how it is used, it says so and does
 * nothing.
 */
export async function runCommand(
  word: TaskWord,
  args: readonly string[],
  run: (values: CommandArguments) => Promise<void>,
): Promise<number> {
  if (args.some((argument) => /^--?h(elp)?$/.test(argument))) {
    process.stdout.write(commandHelp(word, helpColumns(process.stdout)));
    return OK;
  }
  let values: CommandArguments | undefined;
  try {
    values = new CommandArguments(word, args);
    await run(values);
    return OK;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`cairn ${word}: ${forTerminal(message)}\n`);
    const advice = adviceOn(error, word, values?.asksAsUser === true);
    if (advice !== undefined) process.stderr.write(`${advice}\n`);
    return error instanceof UsageError ? BAD_USAGE : FAILED;
  }
}

/** One line about what was done. What of it a terminal would obey is not in it, also where it is written to a log that is read on one. */
export function say(line: string): void {
  sayPainted(forTerminal(line));
}

/** One line that does not mix with what is made: to the standard error. */
export function warn(line: string): void {
  process.stderr.write(`${forTerminal(line)}\n`);
}

/** A line with colours, and without anything that somebody else wrote and a terminal would obey. */
export function sayPainted(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** For programs, and as safe for a terminal. */
export function sayJson(value: object): void {
  sayPainted(jsonForTerminal(JSON.stringify(value, undefined, 2)));
}
