/** A guarantee was broken. */
export class Violation extends Error {
  override readonly name = 'Violation';

  /** @param rule which guarantee */
  constructor(
    readonly rule: string,
    what: string,
  ) {
    super(`${rule}: ${what}`);
  }
}

/**
 * Takes note of the first guarantee that was broken. It does not throw, because the program under test would catch it; the
 * simulation looks after every event.
 */
export class Judge {
  verdict: Violation | undefined;

  broken(rule: string, what: string): void {
    this.verdict ??= new Violation(rule, what);
  }

  check(holds: boolean, rule: string, what: () => string): void {
    if (!holds) this.broken(rule, what());
  }

  /** For what somebody does that nobody waits for: who stumbles over an answer has found something, too. */
  watch(who: string, acting: Promise<void>): void {
    acting.catch((error: unknown) => {
      this.broken('answers are what was asked for', `${who} ${error instanceof Error ? error.stack : String(error)}`);
    });
  }
}
