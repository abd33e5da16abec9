/**
 * Reads JSON as Go's decoder does where it matters: fields in the order in which they come, each as often as it does, and
 * nothing is looked at behind the first value. Names of fields never become names of properties.
 */
export type JsonTree =
  | { readonly type: 'null' | 'boolean' | 'number' }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'list'; readonly items: readonly JsonTree[] }
  | { readonly type: 'object'; readonly fields: readonly (readonly [name: string, value: JsonTree])[] };

/** Nobody nests deeper on purpose, and each level is a call. */
const LEVELS_MAX = 100;

/** Of fields and values, far more than any role or user has: a megabyte of `[0,0,` has half a million. */
const PARTS_MAX = 10_000;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const WORDS = [
  ['null', 'null'],
  ['true', 'boolean'],
  ['false', 'boolean'],
] as const;

/** The first value of a text; undefined if there is none, it is none of JSON, or it has too many parts. What follows it is not read. */
export function firstJsonTree(text: string): JsonTree | undefined {
  try {
    return new Reader(text).value(0);
  } catch (error) {
    if (error instanceof NoJson) return undefined;
    throw error;
  }
}

/** Signals inside this file that the text is no JSON. */
class NoJson extends Error {}

class Reader {
  private position = 0;
  private parts = 0;

  constructor(private readonly text: string) {}

  value(level: number): JsonTree {
    if (level > LEVELS_MAX) throw new NoJson();
    this.count();
    this.match(SPACE);
    switch (this.text[this.position]) {
      case '{':
        return { type: 'object', fields: this.sequence('}', () => this.field(level)) };
      case '[':
        return { type: 'list', items: this.sequence(']', () => this.value(level + 1)) };
      case '"':
        return { type: 'text', text: this.string() };
      case undefined:
      default:
        return this.wordOrNumber();
    }
  }

  /** What stands between brackets, with commas between. */
  private sequence<T>(end: string, readOne: () => T): T[] {
    const all: T[] = [];
    this.position += 1;
    this.match(SPACE);
    if (this.take(end)) return all;
    do {
      all.push(readOne());
      this.match(SPACE);
    } while (this.take(','));
    if (!this.take(end)) throw new NoJson();
    return all;
  }

  private field(level: number): readonly [string, JsonTree] {
    this.count();
    this.match(SPACE);
    const name = this.string();
    this.match(SPACE);
    if (!this.take(':')) throw new NoJson();
    return [name, this.value(level + 1)];
  }

  /** Half a surrogate pair becomes the replacement character, as in Go. */
  private string(): string {
    const start = this.position;
    if (!this.take('"')) throw new NoJson();
    for (; this.text[this.position] !== '"'; this.position += 1) {
      if (this.position >= this.text.length) throw new NoJson();
      if (this.text[this.position] === '\\') this.position += 1;
    }
    this.position += 1;
    try {
      return Buffer.from(String(JSON.parse(this.text.slice(start, this.position))), 'utf8').toString('utf8');
    } catch {
      throw new NoJson();
    }
  }

  private wordOrNumber(): JsonTree {
    for (const [word, type] of WORDS) {
      if (this.text.startsWith(word, this.position)) {
        this.position += word.length;
        return { type };
      }
    }
    if (this.match(NUMBER) === '') throw new NoJson();
    return { type: 'number' };
  }

  private count(): void {
    this.parts += 1;
    if (this.parts > PARTS_MAX) throw new NoJson();
  }

  private take(character: string): boolean {
    if (this.text[this.position] !== character) return false;
    this.position += 1;
    return true;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const [found = ''] = pattern.exec(this.text) ?? [];
    this.position += found.length;
    return found;
  }
}
