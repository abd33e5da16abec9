import type { Socket } from 'node:net';

export type Rule =
  | { readonly kind: 'open' }
  /** Bytes wait; nobody is told, as when a cable is cut. */
  | { readonly kind: 'held' }
  | { readonly kind: 'slow'; readonly delayMs: number };

const WAITING_BYTES_MAX = 1024 * 1024;

/** One direction of a connection: bytes leave in the order they came, when the rule lets them. */
export class Lane {
  private rule: Rule = { kind: 'open' };
  private readonly waiting: { readonly piece: Buffer; readonly dueMs: number }[] = [];
  private waitingBytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: Socket,
    private readonly sink: Socket,
  ) {
    source.on('data', (piece: Buffer) => this.take(piece));
    sink.on('drain', () => this.pump());
  }

  get isHeld(): boolean {
    return this.rule.kind === 'held';
  }

  obey(rule: Rule): void {
    this.rule = rule;
    this.pump();
  }

  take(piece: Buffer): void {
    const delayMs = this.rule.kind === 'slow' ? this.rule.delayMs : 0;
    this.waiting.push({ piece, dueMs: performance.now() + delayMs });
    this.waitingBytes += piece.length;
    if (this.waitingBytes > WAITING_BYTES_MAX) this.source.pause();
    this.pump();
  }

  close(): void {
    clearTimeout(this.timer);
    this.waiting.length = 0;
  }

  private pump(): void {
    clearTimeout(this.timer);
    if (this.rule.kind === 'held') return;
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      if (this.sink.destroyed || this.sink.writableNeedDrain) return;
      const leftMs = first.dueMs - performance.now();
      if (leftMs > 0) {
        this.timer = setTimeout(() => this.pump(), leftMs);
        return;
      }
      this.waiting.shift();
      this.waitingBytes -= first.piece.length;
      this.sink.write(first.piece);
    }
    this.source.resume();
  }
}
