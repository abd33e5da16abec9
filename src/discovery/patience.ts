import { sleep, type Environment } from './environment';

const FIRST_MS = 250;
const LONGEST_MS = 10_000;
const REPEAT_AFTER_MS = 30_000;

/** Waits that grow, and a log that says what is waited for: at once when that changes, and every 30 s while it does not. */
export class Patience {
  private rounds = 0;
  private said = '';
  private saidAtMs = 0;

  constructor(
    private readonly environment: Environment,
    private readonly longestMs = LONGEST_MS,
  ) {}

  info(fields: object, message: string): void {
    if (this.isNews(message)) this.environment.log.info(fields, message);
  }

  warn(fields: object, message: string): void {
    if (this.isNews(message)) this.environment.log.warn(fields, message);
  }

  /** Doubling from 250 ms to the longest wait, each shortened by up to half so that members do not call in step. Answers how long it was. */
  async wait(): Promise<number> {
    const fullMs = Math.min(this.longestMs, FIRST_MS * 2 ** this.rounds);
    if (fullMs < this.longestMs) this.rounds += 1;
    const waitMs = fullMs * (1 - this.environment.random() / 2);
    await sleep(this.environment, waitMs);
    return waitMs;
  }

  /** Something went well: the next wait is a short one. */
  reset(): void {
    this.rounds = 0;
  }

  private isNews(message: string): boolean {
    const now = this.environment.clock.now();
    if (message === this.said && now - this.saidAtMs < REPEAT_AFTER_MS) return false;
    this.said = message;
    this.saidAtMs = now;
    return true;
  }
}
