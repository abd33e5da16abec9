/** What a command of cairnctl may touch of the process around it. */
import type { Readable, Writable } from 'node:stream';
import { bytesOfText } from './byteText';

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** From now on an interrupt (ctrl-C) ends the process with this exit code. */
  endAtInterrupt(code: number): void;
  /** From now on these signals do not end the process; `act` is called. */
  onSignals(signals: readonly NodeJS.Signals[], act: (signal: NodeJS.Signals) => void): void;
  /** From a person, or from the standard input of a script. Rejects if neither gives one. */
  askSecret(prompt: string): Promise<string>;
}

const LINES_AT_ONCE = 1000;

export function print(io: Io, line: string): void {
  io.stdout.write(bytesOfText(`${line}\n`));
}

/** Many at once: a write for each line takes longer than all the rest. */
export function printAll(io: Io, lines: Iterable<string>): void {
  let waiting: string[] = [];
  for (const line of lines) {
    if (waiting.push(line) < LINES_AT_ONCE) continue;
    print(io, waiting.join('\n'));
    waiting = [];
  }
  if (waiting.length > 0) print(io, waiting.join('\n'));
}

export function complain(io: Io, line: string): void {
  io.stderr.write(bytesOfText(`${line}\n`));
}
