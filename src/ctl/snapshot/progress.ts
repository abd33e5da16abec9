/** A line about how far something is, for a person at a terminal and for nobody else. */
import type { SnapshotListener } from '../../snapshot/openFile';

const WIDTH = 30;
const INTERVAL_MS = 100;

/** Where the line is drawn. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Listens to the reading of a snapshot. */
export class Progress implements Pick<SnapshotListener, 'header' | 'progress'> {
  private about = 0;
  private drawnMs = -Infinity;
  private isDrawn = false;

  constructor(
    private readonly what: string,
    private readonly screen: Screen = process.stderr,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  readonly header: NonNullable<SnapshotListener['header']> = ({ keysAbout }) => {
    this.about = keysAbout;
  };

  readonly progress = (done: number): void => {
    const { about } = this;
    if (this.screen.isTTY !== true) return;
    const nowMs = this.nowMs();
    if (nowMs - this.drawnMs < INTERVAL_MS) return;
    this.drawnMs = nowMs;
    this.isDrawn = true;
    const share = about === 0 ? 0 : Math.min(1, done / about);
    const filled = Math.round(WIDTH * share);
    const bar = '#'.repeat(filled) + '.'.repeat(WIDTH - filled);
    this.screen.write(`\r${this.what} [${bar}] ${done} of about ${about} keys `);
  };

  /** The line goes away. */
  end(): void {
    if (this.isDrawn) this.screen.write('\r\x1b[K');
    this.isDrawn = false;
  }
}
