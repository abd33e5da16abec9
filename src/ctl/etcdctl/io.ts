/** What a command of cairnctl may touch of the process around it. */
import type { Readable, Writable } from 'node:stream';
import { forTerminal } from '../../platform/terminalText';
import { bytesOfText } from './byteText';

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** From now on an interrupt (ctrl-C) ends the process with this exit code. */
  endAtInterrupt(code: number): void;
  /** From now on these signals do not end the process; `act` is called. */
  onSignals(signals: readonly NodeJS.Signals[], act: (signal: NodeJS.Signals) => void): void;
  /** From now on the process does not end where nobody reads what it says any more (EPIPE); `act` is called then. */
  onReaderGone(act: () => void): void;
  /** From a person, or from the standard input of a script. Rejects if neither gives one. */
  askSecret(prompt: string): Promise<string>;
}

const LINES_AT_ONCE = 1000;

/** As it is, byte for byte, unless a terminal would obey parts of it: there those are shown as `?`. */
export function print({ stdout }: Io, line: string): void {
  stdout.write(bytesOfText(`${shownOn(stdout, line)}\n`));
}

/** What is made for a terminal, colours included. */
function printPainted({ stdout }: Io, line: string): void {
  stdout.write(bytesOfText(`${line}\n`));
}

function shownOn(output: { readonly isTTY?: boolean }, text: string): string {
  return output.isTTY === true ? forTerminal(text) : text;
}

/** Many at once: a write for each line takes longer than all the rest. */
export function printAll(io: Io, lines: Iterable<string>): void {
  inBundles(lines, (bundle) => {
    print(io, bundle);
  });
}

/** The same for lines in which nothing is left that a terminal would obey, but for what is meant. */
export function printAllPainted(io: Io, lines: Iterable<string>): void {
  inBundles(lines, (bundle) => {
    printPainted(io, bundle);
  });
}

function inBundles(lines: Iterable<string>, printBundle: (bundle: string) => void): void {
  let waiting: string[] = [];
  for (const line of lines) {
    if (waiting.push(line) < LINES_AT_ONCE) continue;
    printBundle(waiting.join('\n'));
    waiting = [];
  }
  if (waiting.length > 0) printBundle(waiting.join('\n'));
}

/** @param end - how lines end */
export function complain({ stderr }: Pick<Io, 'stderr'>, line: string, end = '\n'): void {
  stderr.write(bytesOfText(`${shownOn(stderr, line)}${end}`));
}
