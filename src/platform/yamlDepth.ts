/**
 * How deep a YAML document is, before it is parsed: for a deep one the parser takes seconds, and its recursion may end the process.
 * Nothing that this program reads has more than a handful of levels.
 */
import { Lexer } from 'yaml';

export const YAML_LEVELS_MAX = 100;

/** What the lexer puts between the pieces of the text, and is none. */
const MARKS: ReadonlySet<string> = new Set(['\ufeff', '\x02']);
const SCALAR_FOLLOWS = '\x1f';
const FLOW_BREAKS_OFF = '\x18';
/** What begins a block within the line. */
const INDICATORS: ReadonlySet<string> = new Set(['-', '?', ':']);
const SPACE = /^[ \t]+$/;

/** The first line, from 1 on, with more levels than that; undefined if there is none. */
export function lineTooDeep(text: string): number | undefined {
  const depth = new Depth();
  for (const lexeme of new Lexer().lex(text)) {
    depth.add(lexeme);
    if (depth.levels > YAML_LEVELS_MAX) return depth.line;
  }
  return undefined;
}

/** Follows the pieces that the lexer makes of a text. */
class Depth {
  line = 1;
  private column = 0;
  /** Brackets and braces that are open. */
  private flow = 0;
  /** Where the blocks begin that are open, each further to the right. */
  private readonly blocks: number[] = [];
  /** Nothing but space and indicators came in this line. */
  private isAtStart = true;
  private isScalar = false;

  get levels(): number {
    return this.flow + this.blocks.length;
  }

  add(lexeme: string): void {
    if (MARKS.has(lexeme)) return;
    const { isScalar } = this;
    this.isScalar = !isScalar && lexeme === SCALAR_FOLLOWS;
    if (this.isScalar) return;
    if (!isScalar && lexeme === FLOW_BREAKS_OFF) {
      this.flow = 0;
      return;
    }
    if (this.flow === 0 && this.isAtStart) this.beginBlock(lexeme, isScalar);
    if (!isScalar) this.countFlow(lexeme);
    this.goOn(lexeme);
  }

  private beginBlock(lexeme: string, isScalar: boolean): void {
    if (!isScalar && (SPACE.test(lexeme) || lexeme.startsWith('\n') || lexeme.startsWith('\r'))) return;
    while ((this.blocks.at(-1) ?? -1) > this.column) this.blocks.pop();
    if (this.blocks.at(-1) !== this.column) this.blocks.push(this.column);
    this.isAtStart = !isScalar && INDICATORS.has(lexeme);
  }

  private countFlow(lexeme: string): void {
    if (lexeme === '[' || lexeme === '{') this.flow += 1;
    if (lexeme === ']' || lexeme === '}') this.flow = Math.max(0, this.flow - 1);
  }

  private goOn(lexeme: string): void {
    const lines = lexeme.split('\n');
    const last = lines.at(-1) ?? '';
    if (lines.length === 1) {
      this.column += last.length;
      return;
    }
    this.line += lines.length - 1;
    this.column = last.length;
    if (last === '') this.isAtStart = true;
  }
}
