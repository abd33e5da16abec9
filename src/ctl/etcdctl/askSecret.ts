/** Asks a person for a secret, which is not shown while it is typed. */
import type { Writable } from 'node:stream';
import { CTRL_C, type Keyboard } from '../keyboard';

const LINE_BYTES_MAX = 64 * 1024;

/**
 * From a terminal without echo; from anything else the first line, so that a script can hand it over. The prompt goes to `output`, which
 * is not where data goes. Rejects with an Error if it is interrupted, or ends before it began.
 */
export function askSecret(input: Keyboard, output: Writable, prompt: string): Promise<string> {
  const isTerminal = input.isTTY === true && input.setRawMode !== undefined;
  // Whoever is asked may begin to type at once: nothing of it is shown then.
  if (isTerminal) input.setRawMode?.(true);
  if (isTerminal) output.write(prompt);
  return new Promise<string>((resolve, reject: (error: Error) => void) => {
    const typed: number[] = [];
    const end = (settle: () => void): void => {
      input.off('data', onData);
      input.off('end', answer);
      input.off('error', onError);
      input.pause();
      if (isTerminal) {
        input.setRawMode?.(false);
        output.write('\n');
      }
      settle();
    };
    const answer = (): void => {
      end(() => {
        resolve(Buffer.from(typed).toString('utf8'));
      });
    };
    const onError = (error: Error): void => {
      end(() => {
        reject(error);
      });
    };
    const onData = (piece: Buffer): void => {
      for (const byte of piece) {
        if (byte === LINE_FEED || byte === CARRIAGE_RETURN || (isTerminal && byte === CTRL_D)) {
          answer();
          return;
        }
        if (isTerminal && byte === CTRL_C) {
          onError(new Error('interrupted'));
          return;
        }
        if (isTerminal && (byte === BACKSPACE || byte === DELETE)) removeLastCharacter(typed);
        else typed.push(byte);
        if (typed.length > LINE_BYTES_MAX) {
          onError(new Error(`it is longer than ${LINE_BYTES_MAX} bytes`));
          return;
        }
      }
    };
    input.on('data', onData);
    input.on('end', answer);
    input.on('error', onError);
    input.resume();
  });
}

const CTRL_D = 4;
const BACKSPACE = 8;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const DELETE = 127;

/** In UTF-8 every byte of a character but its first one begins with the bits 10. */
function removeLastCharacter(typed: number[]): void {
  for (let last = typed.pop(); last !== undefined && (last & 0xc0) === 0x80;) last = typed.pop();
}
