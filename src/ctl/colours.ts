/** Colours, where they help: on a terminal whose owner does not object (https://no-color.org). */
import type { Writable } from 'node:stream';

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
} as const;

export type Colour = keyof typeof CODES;

export type Paint = (colour: Colour, text: string) => string;

/** @param output - where the text goes */
export function paintFor(
  output: Writable & { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Paint {
  const objects = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  if (output.isTTY !== true || objects) return (_, text) => text;
  return (colour, text) => {
    const [on, off] = CODES[colour];
    return `\x1b[${on}m${text}\x1b[${off}m`;
  };
}
