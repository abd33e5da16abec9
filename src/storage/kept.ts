/**
 * Large memory that was used a moment ago, for whoever needs it next. New memory costs more than what is done with it, because the
 * machine has to find and clear each page; but what nobody uses for some seconds is given back.
 */
const KEPT_MS = 5000;

export class Kept<T> {
  private value: T | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** Undefined if there is none; the caller's own until it gives it back. */
  take(): T | undefined {
    const { value } = this;
    this.value = undefined;
    clearTimeout(this.timer);
    return value;
  }

  give(value: T): void {
    clearTimeout(this.timer);
    this.value = value;
    this.timer = setTimeout(() => {
      this.value = undefined;
    }, KEPT_MS).unref();
  }
}
