import { BackOff } from '../platform/backOff';
import { sleep, type Environment } from './environment';

const FIRST_MS = 250;
const LONGEST_MS = 10_000;
const REPEAT_AFTER_MS = 30_000;

/** Waits that grow, and a log that says what is waited for: at once when that changes, and every 30 s while it does not. */
export class Retry {
  private readonly backOff: BackOff;
  private said = '';
  private saidAtMs = 0;

  constructor(
    private readonly environment: Environment,
    longestMs = LONGEST_MS,
  ) {
    this.backOff = new BackOff({ firstMs: FIRST_MS, longestMs }, environment.random);
  }

  info(fields: object, message: string): void {
    if (this.isNews(message)) this.environment.log.info(fields, message);
  }

  warn(fields: object, message: string): void {
    if (this.isNews(message)) this.environment.log.warn(fields, message);
  }

  /** Answers how long it was, in milliseconds. Rejects if the process is asked to stop. */
  async wait(): Promise<number> {
    const waitMs = this.backOff.nextMs();
    await sleep(this.environment, waitMs);
    return waitMs;
  }

  /** Something went well: the next wait is a short one. */
  reset(): void {
    this.backOff.reset();
  }

  private isNews(message: string): boolean {
    const now = this.environment.clock.monotonicMs();
    if (message === this.said && now - this.saidAtMs < REPEAT_AFTER_MS) return false;
    this.said = message;
    this.saidAtMs = now;
    return true;
  }
}
