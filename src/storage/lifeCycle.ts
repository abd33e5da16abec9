/** The life of an open storage, for any engine: the failure latch, use after close, and a close that waits. */
import type { StorageError } from './errors';
import { closed } from './errors';

/** An iteration that is under way; `abort` makes its next step reject and resolves when its view is released. */
export interface OpenScan {
  abort(): Promise<void>;
}

export class LifeCycle {
  #failure: StorageError | undefined;
  #operationsInFlight = 0;
  #whenIdle: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  readonly #scans = new Set<OpenScan>();

  /** `onFailure` is called once, with the first error. */
  constructor(private readonly onFailure: ((error: StorageError) => void) | undefined) {}

  /** Why nothing may start any more; undefined while all is well. */
  refusal(): StorageError | undefined {
    return this.#failure ?? (this.#closing === undefined ? undefined : closed());
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Latches the first failure, and answers the one that is latched. */
  fail(error: StorageError): StorageError {
    if (this.#failure === undefined) {
      this.#failure = error;
      this.onFailure?.(error);
    }
    return this.#failure;
  }

  begin(): void {
    this.#operationsInFlight += 1;
  }

  end(): void {
    this.#operationsInFlight -= 1;
    if (this.#operationsInFlight === 0) this.#whenIdle?.();
  }

  scanOpened(scan: OpenScan): void {
    this.#scans.add(scan);
  }

  scanEnded(scan: OpenScan): void {
    this.#scans.delete(scan);
  }

  /** Refuses what comes, waits for what is under way, then calls `release` once. Every call gets the same promise. */
  close(release: () => Promise<void>): Promise<void> {
    this.#closing ??= this.#drain().then(release);
    return this.#closing;
  }

  async #drain(): Promise<void> {
    await Promise.all([...this.#scans].map((scan) => scan.abort()));
    if (this.#operationsInFlight === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }
}
