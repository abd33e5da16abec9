/** What the commands have in common: options, exit numbers and where their words go. */
import { parseArgs } from 'node:util';

/** Exit numbers of the commands; the meanings are in docs/kubernetes.md. */
export const OK = 0;
export const FAILED = 1;
export const BAD_USAGE = 2;

const WHERE_TO_READ_ON = '\nWhat it does: cairn --help, docs/configuration.md.';

/** The arguments are wrong; the message says what to give instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was asked how it is used. */
export class HelpWanted extends Error {
  override readonly name = 'HelpWanted';

  constructor(readonly options: readonly string[]) {
    super('help was asked for');
  }
}

/** `--NAME VALUE` pairs of a command; throws UsageError for what is not in `names`, and HelpWanted. */
export function valuesOf(args: readonly string[], names: readonly string[]): ReadonlyMap<string, string> {
  if (args.some((argument) => /^--?h(elp)?$/.test(argument))) throw new HelpWanted(names);
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' } as const]));
  try {
    const { values } = parseArgs({ args: [...args], options });
    return new Map(
      Object.entries(values).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${reason}; the options are ${names.map((name) => `--${name}`).join(', ')}`);
  }
}

/** An option that is a URL; throws UsageError. */
export function urlOf(values: ReadonlyMap<string, string>, name: string, otherwise: string): string {
  const text = values.get(name) ?? otherwise;
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
  throw new UsageError(`--${name} ${JSON.stringify(text)} is not a URL; give one like ${otherwise}`);
}

/** An option that is a whole number; throws UsageError. */
export function numberOf(
  values: ReadonlyMap<string, string>,
  name: string,
  { minimum, maximum, otherwise }: { readonly minimum: number; readonly maximum: number; readonly otherwise?: number },
): number {
  const text = values.get(name) ?? (otherwise === undefined ? '' : String(otherwise));
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number >= minimum && number <= maximum) return number;
  throw new UsageError(`--${name} ${JSON.stringify(text)}: give a whole number from ${minimum} to ${maximum}`);
}

/** An option that has to be there; throws UsageError. */
export function textOf(values: ReadonlyMap<string, string>, name: string): string {
  const text = values.get(name);
  if (text !== undefined && text !== '') return text;
  throw new UsageError(`--${name} is missing`);
}

/** Runs a command: what it throws becomes one line on the standard error and an exit number. */
export async function runCommand(name: string, run: () => Promise<void>): Promise<number> {
  try {
    await run();
    return OK;
  } catch (error) {
    if (error instanceof HelpWanted) {
      say(usageOf(name, error.options));
      return OK;
    }
    process.stderr.write(`cairn ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? BAD_USAGE : FAILED;
  }
}

/** How a command is used. */
function usageOf(name: string, options: readonly string[]): string {
  return [`Usage: cairn ${name}`, ...options.map((option) => `[--${option} VALUE]`)].join(' ') + WHERE_TO_READ_ON;
}

/** One line about what was done. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
