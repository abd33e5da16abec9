/** What is printed for a person or a pipe, rather than logged, and what the exit code says of it. */
import type { Writable } from 'node:stream';
import { exitCodes } from '../config/exitCodes';

/** cairnctl prints too, and has nothing of a server in it: so not `exitNumber`. */
const FAILURE = exitCodes.unexpectedFailure.code;

/**
 * Whoever reads may have had enough (`cairn --help | head`): what is left is for nobody, and no fault. Anything else that keeps the text
 * from its place, such as a full disk behind a redirection, is one, and is told where that can still be read.
 */
export function expectReadersToLeave(output: Writable, complain: (text: string) => void): void {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = FAILURE;
    complain(notWritten(error));
  });
}

export function notWritten({ message }: Error): string {
  return `cairn: the output cannot be written: ${message}; give it a place that takes it\n`;
}

/**
 * Where nothing is left to wait for, a process ends with 0, also in the midst of a command whose turn never comes again: then it says so, and ends
 * with 1. To be called where a command begins; what is answered is called when it has come to its end.
 */
export function expectAnEnd(complain: (text: string) => void): () => void {
  const end = (): void => {
    // Whoever ends the process on purpose gives it a code.
    if (process.exitCode !== undefined) return;
    process.exitCode = FAILURE;
    complain('cairn: the command ended in the midst of its work; what it should have done may be half done\n');
  };
  process.once('exit', end);
  return () => {
    process.off('exit', end);
  };
}

/** Sets the exit code of a command that came to its end. What could not be written stays a failure. */
export function setExitCode(code: number): void {
  if (code !== 0) process.exitCode = code;
  else process.exitCode ??= 0;
}
