/** Asks a person for a secret, which is not shown while it is typed. */
import type { Writable } from 'node:stream';
import { CTRL_C, type Keyboard } from '../keyboard';

const LINE_BYTES_MAX = 64 * 1024;

/**
 * From a terminal without echo; from anything else the first line, so that a script can hand it over. What follows it is left for whoever
 * reads next. The prompt goes to `output`, which is not where data goes. Rejects with an Error if it is interrupted, or nothing is left.
 */
export function askSecret(input: Keyboard, output: Writable, prompt: string): Promise<string> {
  const isTerminal = input.isTTY === true && input.setRawMode !== undefined;
  if (input.readableEnded) return Promise.reject(new Error('the standard input has ended'));
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
    const onData = (read: Buffer): void => {
      const piece = isTerminal ? withoutSequences(read) : read;
      for (const [at, byte] of piece.entries()) {
        if (byte === LINE_FEED || byte === CARRIAGE_RETURN || (isTerminal && byte === CTRL_D)) {
          const isOfTwo = byte === CARRIAGE_RETURN && piece[at + 1] === LINE_FEED;
          const rest = piece.subarray(at + (isOfTwo ? 2 : 1));
          answer();
          // Pasted at once: it is for the next question. Only now, when nobody listens.
          if (rest.length > 0) input.unshift(rest);
          return;
        }
        if (isTerminal && (byte === CTRL_C || byte === CTRL_BACKSLASH)) {
          onError(new Error('interrupted'));
          return;
        }
        if (isTerminal && isControl(byte)) edit(typed, byte);
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
const CTRL_U = 21;
const CTRL_W = 23;
const CTRL_BACKSLASH = 28;
const BLANK = 32;
const BACKSPACE = 8;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const DELETE = 127;

function isControl(byte: number): boolean {
  return byte < BLANK || byte === DELETE;
}

/** What arrows and other keys send, and what a terminal puts around what is pasted. */
function withoutSequences(piece: Buffer): Buffer {
  const text = piece.toString('latin1').replaceAll(/\x1b(?:\[[0-?]*[ -/]*[@-~]|O[@-~])/g, '');
  return Buffer.from(text, 'latin1');
}

/** As a terminal does it; any other control character does nothing, and is no part of a secret. */
function edit(typed: number[], control: number): void {
  switch (control) {
    case BACKSPACE:
    case DELETE:
      removeLastCharacter(typed);
      return;
    case CTRL_U:
      typed.length = 0;
      return;
    case CTRL_W:
      while (typed.at(-1) === BLANK) typed.pop();
      while (typed.length > 0 && typed.at(-1) !== BLANK) typed.pop();
  }
}

/** In UTF-8 every byte of a character but its first one begins with the bits 10. */
function removeLastCharacter(typed: number[]): void {
  for (let last = typed.pop(); last !== undefined && (last & 0xc0) === 0x80;) last = typed.pop();
}
