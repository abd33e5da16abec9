/** Changes to bytes as transmission errors, clumsy programs and attackers make them. The same chance makes the same changes. */

/** Whole numbers below `limit`. */
export type Chance = (limit: number) => number;

/** @param seed 32 bits */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return (limit) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** What programs count wrongly with. */
const NUMBERS: readonly (readonly number[])[] = [
  [0],
  [0x7f],
  [0x80],
  [0xff],
  [0xff, 0xff],
  [0x7f, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0, 0, 0, 0, 0, 0, 0, 0],
];

/** What texts are taken apart at, and what should never come through. */
const TEXTS = [
  ...[
    '=',
    '&',
    ';',
    ',',
    '%',
    '%00',
    '%zz',
    '+',
    '"',
    '\\',
    '\\u0000',
    '\r\n',
    '\r\n\r\n',
    '/',
    '//',
    '/../',
    '\0',
    '{',
    '[',
    ']',
    '}',
  ],
  ...[
    '__proto__',
    '{"__proto__":{"a":1}}',
    'constructor',
    '9007199254740993',
    '-1',
    '1e999',
    'null',
    'é',
    '\ud800',
    '--',
    ':',
  ],
] as const;

const CHANGES_MAX = 6;
const REPEATS_MAX = 64;
/** Inputs stay so short, and what they are made of on the way: six changes of 64 repeats each make gigabytes of a kilobyte. */
const INPUT_BYTES_MAX = 256 * 1024;

/** @param others what may be mixed in; one of them at least */
export function mutated(bytes: Buffer, others: readonly Buffer[], chance: Chance): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let left = 1 + chance(CHANGES_MAX); left > 0; left--) {
    result = changed(result, others, chance).subarray(0, INPUT_BYTES_MAX);
  }
  return result;
}

function changed(bytes: Buffer, others: readonly Buffer[], chance: Chance): Buffer {
  const at = chance(bytes.length + 1);
  const end = at + chance(bytes.length - at + 1);
  const before = bytes.subarray(0, at);
  switch (chance(9)) {
    case 0:
      return flipped(bytes, at, 1 << chance(8));
    case 1:
      return flipped(bytes, at, chance(256));
    case 2:
      return Buffer.from(before);
    case 3:
      return Buffer.concat([before, bytes.subarray(end)]);
    case 4:
      return Buffer.concat([
        before,
        ...Array<Buffer>(Math.min(chance(REPEATS_MAX), repeatsOf(end - at))).fill(bytes.subarray(at, end)),
        bytes.subarray(at),
      ]);
    case 5:
      return over(bytes, at, Buffer.from(NUMBERS[chance(NUMBERS.length)] ?? []));
    case 6:
      return Buffer.concat([before, Buffer.from(NUMBERS[chance(NUMBERS.length)] ?? []), bytes.subarray(at)]);
    case 7:
      return Buffer.concat([before, Buffer.from(TEXTS[chance(TEXTS.length)] ?? ''), bytes.subarray(at)]);
    default: {
      const other = others[chance(others.length)] ?? bytes;
      return Buffer.concat([before, other.subarray(chance(other.length + 1))]);
    }
  }
}

/** How often something so long fits. */
function repeatsOf(length: number): number {
  return length === 0 ? 0 : Math.ceil(INPUT_BYTES_MAX / length);
}

function flipped(bytes: Buffer, at: number, mask: number): Buffer {
  if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ mask;
  return bytes;
}

function over(bytes: Buffer, at: number, piece: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(Math.min(bytes.length, at + piece.length))]);
}
