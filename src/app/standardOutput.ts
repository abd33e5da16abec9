/** What is printed for a person or a pipe, rather than logged. */
import type { Writable } from 'node:stream';
import { exitNumber } from './exit';

/**
 * Whoever reads may have had enough (`cairn --help | head`): what is left is for nobody, and no fault. Anything else that keeps the text
 * from its place, such as a full disk behind a redirection, is one, and is told where that can still be read.
 */
export function expectReadersToLeave(output: Writable, complain: (text: string) => void): void {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = exitNumber('unexpectedFailure');
    complain(`cairn: the output cannot be written: ${error.message}; give it a place that takes it\n`);
  });
}
