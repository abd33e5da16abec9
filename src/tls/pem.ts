/** The blocks of PEM text (RFC 7468), found in one pass: a file of nothing but beginnings must not cost the square of its length. */

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';
/** No label of a file of ours is longer; what has none is no block. */
const LABEL_LENGTH_MAX = 64;

export interface PemBlock {
  readonly label: string;
  /** What stands between the two lines. */
  readonly body: string;
  /** All of it, with both lines. */
  readonly text: string;
}

/**
 * Every block with one of these labels, in order. A beginning without an end of one of the labels is none; one with another beginning
 * inside is one, whose body is damaged.
 */
export function pemBlocksOf(text: string, labels: readonly string[]): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  for (let position = 0; ;) {
    const begin = lineAt(text, BEGIN, labels, position);
    if (begin === undefined) return blocks;
    const end = lineAt(text, END, labels, begin.end);
    if (end === undefined) return blocks;
    blocks.push({
      label: begin.label,
      body: text.slice(begin.end, end.start),
      text: text.slice(begin.start, end.end),
    });
    position = end.end;
  }
}

interface Line {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/** The first line of this kind with one of the labels from `from` on. */
function lineAt(text: string, kind: string, labels: readonly string[], from: number): Line | undefined {
  for (let start = text.indexOf(kind, from); start >= 0; start = text.indexOf(kind, start + kind.length)) {
    const rest = text.slice(start + kind.length, start + kind.length + LABEL_LENGTH_MAX + DASHES.length);
    const length = rest.indexOf(DASHES);
    const label = rest.slice(0, Math.max(length, 0));
    if (length >= 0 && labels.includes(label))
      return { label, start, end: start + kind.length + length + DASHES.length };
  }
  return undefined;
}
