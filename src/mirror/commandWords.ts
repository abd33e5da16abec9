/** Splits a command line into words without a shell: nothing in it means more than itself. */

/**
 * Words are parted by blanks. Single quotes hold everything up to the next one, double quotes too, but for `\"` and `\\`; a backslash outside
 * of quotes takes the next letter as it is. Undefined: a quote is not closed, or a backslash stands last.
 */
export function commandWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let rest = line;
  while (rest !== '') {
    const blank = /^\s+/.exec(rest)?.[0];
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      rest = rest.slice(blank.length);
      continue;
    }
    const piece = nextPiece(rest);
    if (piece === undefined) return undefined;
    word = (word ?? '') + piece.text;
    rest = rest.slice(piece.length);
  }
  return word === undefined ? words : [...words, word];
}

interface Piece {
  readonly text: string;
  /** Of what was read for it. */
  readonly length: number;
}

function nextPiece(rest: string): Piece | undefined {
  const [whole, plain, letter, single, double] =
    /^(?:([^\s'"\\]+)|\\([^])|'([^']*)'|"((?:[^"\\]|\\[^])*)")/.exec(rest) ?? [];
  if (whole === undefined) return undefined;
  const text = plain ?? letter ?? single ?? double?.replace(/\\(["\\])/g, '$1') ?? '';
  return { text, length: whole.length };
}
