/** Keys of a terminal, one by one as they are pressed. */
import type { Io } from './etcdctl/io';

export type Keyboard = Io['stdin'] & { setRawMode?: (isRaw: boolean) => unknown };

export const CTRL_C = 3;

/** `act` is called for each byte of what is pressed, Ctrl-C among them; what is returned gives the keyboard back. Nothing without a terminal. */
export function readKeys(input: Keyboard, act: (byte: number) => void): () => void {
  if (input.isTTY !== true || input.setRawMode === undefined) return () => undefined;
  const onData = (piece: Buffer): void => {
    for (const byte of piece) act(byte);
  };
  input.setRawMode(true);
  input.on('data', onData);
  input.resume();
  return () => {
    input.off('data', onData);
    input.pause();
    input.setRawMode?.(false);
  };
}
