/** A page of a terminal that is drawn over and over, and is gone when it is left. */
import type { Writable } from 'node:stream';

interface Terminal extends Writable {
  readonly columns?: number;
  readonly rows?: number;
}

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const END_OF_LINE = '\x1b[K\r\n';
const WIPE_BELOW = '\x1b[J';
const COLOUR = /\x1b\[\d+m/g;

export class Screen {
  private isEntered = false;
  private last: readonly string[] = [];

  constructor(private readonly terminal: Terminal) {}

  draw(lines: readonly string[]): void {
    if (!this.isEntered) this.terminal.write(ENTER);
    this.isEntered = true;
    this.last = lines;
    const { columns = 80, rows = 24 } = this.terminal;
    const shown = lines.slice(0, rows - 1).map((line) => cut(line, columns) + END_OF_LINE);
    this.terminal.write(`${HOME}${shown.join('')}${WIPE_BELOW}`);
  }

  /** What was drawn last stays to be read. */
  leave(): void {
    if (this.isEntered) this.terminal.write(`${LEAVE}${this.last.join('\n')}\n`);
  }
}

/** Colours take no room, and go where something has to be cut. */
function cut(line: string, columns: number): string {
  const plain = line.replace(COLOUR, '');
  return plain.length <= columns ? line : plain.slice(0, columns);
}
