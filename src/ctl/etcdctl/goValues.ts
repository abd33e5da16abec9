/** Values of flags by the rules of Go's package flag. */
import type { CtlFlagKind } from '../../config/ctl/row';
import { quote } from './goText';

export type FlagValue = boolean | number | string;

/** The words that Go has for what is wrong with a value. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** @throws ValueError. Durations are in milliseconds. */
export function parseFlagValue(kind: CtlFlagKind, name: string, text: string): FlagValue {
  switch (kind) {
    case 'switch':
      if (TRUE.includes(text)) return true;
      if (FALSE.includes(text)) return false;
      throw new ValueError(`invalid boolean value ${quote(text)} for -${name}: parse error`);
    case 'number':
      return named(name, text, () => parseWholeNumber(text));
    case 'duration':
      return named(name, text, () => parseDurationMs(text));
    case 'text':
    case 'list':
      return text;
  }
}

function named<T>(name: string, text: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'parse error';
    throw new ValueError(`invalid value ${quote(text)} for flag -${name}: ${reason}`);
  }
}

const RADIX: Readonly<Record<string, number>> = { x: 16, o: 8, b: 2 };
const INT64_MAX = 2n ** 63n - 1n;

/** `strconv.ParseInt(text, 0, 64)`: also 0x10, 0o17, 017, 0b11, 1_000. */
function parseWholeNumber(text: string): number {
  const [, sign = '', rest = ''] = /^([+-]?)(.+)$/s.exec(text) ?? [];
  const [, letter, afterLetter] = /^0([xob])_?([0-9a-f]+(?:_[0-9a-f]+)*)$/i.exec(rest) ?? [];
  const octal = /^0_?([0-7]+(?:_[0-7]+)*)$/.exec(rest)?.[1];
  const decimal = /^(?:0|[1-9]\d*(?:_\d+)*)$/.test(rest) ? rest : undefined;
  const [radix, digits] =
    letter !== undefined && afterLetter !== undefined
      ? [RADIX[letter.toLowerCase()] ?? 10, afterLetter]
      : octal !== undefined
        ? [8, octal]
        : [10, decimal];
  if (digits === undefined) throw new Error('parse error');
  let value = 0n;
  for (const digit of digits.replaceAll('_', '').toLowerCase()) {
    const place = parseInt(digit, 36);
    if (place >= radix) throw new Error('parse error');
    value = value * BigInt(radix) + BigInt(place);
    if (value > INT64_MAX) throw new Error('value out of range');
  }
  return Number(sign === '-' ? -value : value);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** `time.ParseDuration`: 300ms, 1.5h, 2h45m; a bare number only if it is 0. */
function parseDurationMs(text: string): number {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
  let totalMs = 0;
  while (part.lastIndex < rest.length) {
    const found = part.exec(rest);
    if (found === null) throw new Error('parse error');
    totalMs += Number(found[1]) * (UNIT_MS[found[2] ?? ''] ?? NaN);
  }
  if (rest === '') throw new Error('parse error');
  return sign === '-' ? -totalMs : totalMs;
}
