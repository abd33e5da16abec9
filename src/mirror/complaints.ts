/** Says of a trouble that lasts once that it began, and once that it is over. */

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export class Complaints {
  private readonly open = new Map<string, string>();

  constructor(private readonly log: Log) {}

  /** @param about - what there is one trouble of at a time */
  began(about: string, reason: string, message: string): void {
    if (this.open.get(about) === reason) return;
    this.open.set(about, reason);
    this.log.warn({ reason }, message);
  }

  ended(about: string, message: string): void {
    if (this.open.delete(about)) this.log.info({}, message);
  }
}
