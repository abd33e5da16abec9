/** The append messages to one follower that wait for their answer: a ring of bounded length (thesis section 10.2.1). */
export class Inflights {
  private readonly lastIndexes: number[] = [];
  private readonly sizes: number[] = [];
  private head = 0;
  private count = 0;
  private bytes = 0;

  constructor(
    private readonly messagesMax: number,
    private readonly bytesMax: number,
  ) {}

  get full(): boolean {
    return this.count >= this.messagesMax || this.bytes >= this.bytesMax;
  }

  get empty(): boolean {
    return this.count === 0;
  }

  /** A message whose last entry is `lastIndex` left. */
  add(lastIndex: number, bytes: number): void {
    const slot = (this.head + this.count) % this.messagesMax;
    this.lastIndexes[slot] = lastIndex;
    this.sizes[slot] = bytes;
    this.count += 1;
    this.bytes += bytes;
  }

  /** Every message up to `index` was answered. */
  freeTo(index: number): void {
    while (this.count > 0 && (this.lastIndexes[this.head] ?? 0) <= index) {
      this.bytes -= this.sizes[this.head] ?? 0;
      this.head = (this.head + 1) % this.messagesMax;
      this.count -= 1;
    }
  }

  clear(): void {
    this.head = 0;
    this.count = 0;
    this.bytes = 0;
  }
}
