const FNV_PRIME = 0x01000193;

/**
 * What happened, as a running hash: two runs of one seed are the same iff their hashes are. The lines themselves are made
 * only if somebody wants to see them.
 */
export class Trace {
  private first = 0x811c9dc5;
  private second = 0x1234567;
  private count = 0;

  /** @param print where the lines go; undefined: nowhere */
  constructor(private readonly print?: (line: string) => void) {}

  add(nowMs: number, event: string, outcome: string | number = ''): void {
    this.count++;
    this.mix(nowMs * 1000);
    this.mixText(event);
    if (typeof outcome === 'number') this.mix(outcome);
    else this.mixText(outcome);
    this.print?.(`${nowMs.toFixed(3).padStart(12)} ${event} ${outcome}`);
  }

  get events(): number {
    return this.count;
  }

  get hash(): string {
    return (this.first >>> 0).toString(16).padStart(8, '0') + (this.second >>> 0).toString(16).padStart(8, '0');
  }

  private mix(value: number): void {
    const low = value | 0;
    this.first = Math.imul(this.first ^ low, FNV_PRIME);
    this.second = Math.imul((this.second << 5) ^ (this.second >>> 7) ^ low, 0x85ebca6b);
  }

  private mixText(text: string): void {
    for (let at = 0; at < text.length; at++) this.mix(text.charCodeAt(at));
  }
}
