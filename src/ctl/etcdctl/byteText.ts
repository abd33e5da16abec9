/**
 * Text that may hold bytes which are no UTF-8: each of them is a lone surrogate (U+DC80 for 0x80 and so on), as Python does it (PEP 383).
 * Values and keys are bytes to etcd, and so what is written is what was given.
 */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';

const FIRST_ESCAPE = 0xdc00;
const LONE_SURROGATE = /\p{Cs}/u;
const REPLACEMENT = '\ufffd';

export function textOfBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((count) => isUtf8(bytes.subarray(at, at + count)) && at + count <= bytes.length);
    text +=
      length === undefined
        ? String.fromCharCode(FIRST_ESCAPE + (bytes[at] ?? 0))
        : bytes.toString('utf8', at, at + length);
    at += length ?? 1;
  }
  return text;
}

export function bytesOfText(text: string): Buffer {
  if (!LONE_SURROGATE.test(text)) return Buffer.from(text, 'utf8');
  return Buffer.concat(
    Array.from(text, (char) => {
      const code = char.charCodeAt(0);
      const isEscape = char.length === 1 && code >= FIRST_ESCAPE + 0x80 && code <= FIRST_ESCAPE + 0xff;
      return isEscape ? Buffer.of(code - FIRST_ESCAPE) : Buffer.from(char, 'utf8');
    }),
  );
}

/**
 * The arguments as they were given. Node.js has put U+FFFD where they are no UTF-8; Linux still has their bytes.
 * @param args - the last ones of the process
 */
export function argumentsAsGiven(args: readonly string[], commandLine = '/proc/self/cmdline'): readonly string[] {
  if (!args.some((argument) => argument.includes(REPLACEMENT))) return args;
  try {
    const parts = splitAtNul(readFileSync(commandLine));
    return parts.slice(parts.length - args.length).map(textOfBytes);
  } catch {
    return args;
  }
}

function splitAtNul(bytes: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = bytes.indexOf(0, from);
    parts.push(bytes.subarray(from, to < 0 ? bytes.length : to));
    from = to < 0 ? bytes.length : to + 1;
  }
  return parts;
}
