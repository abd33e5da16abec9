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

export function print(io: Io, line: string): void {
  io.stdout.write(bytesOfText(`${line}\n`));
}

export function complain(io: Io, line: string): void {
  io.stderr.write(bytesOfText(`${line}\n`));
}
