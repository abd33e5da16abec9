/** A member that is about to go sends its clients elsewhere first, and goes on serving those that still come. */
import type { RequestListener } from 'node:http';

export class Drain {
  private untilMs: number | undefined;
  private letGo: () => void = () => undefined;

  /**
   * @param monotonicMs of a clock that only goes forward
   * @param giveUpLeadership resolves when another member leads, or none can
   */
  constructor(
    private readonly monotonicMs: () => number,
    private readonly giveUpLeadership: () => Promise<void>,
  ) {}

  get isOn(): boolean {
    return this.untilMs !== undefined && this.monotonicMs() < this.untilMs;
  }

  /** @param letGo ends what clients wait for here, when another member leads */
  onBegun(letGo: () => void): void {
    this.letGo = letGo;
  }

  /**
   * For so long it is not ready and ends every connection with the answer, so that the next request goes to another member. It
   * ends by itself: whoever asked for it may not live to take it back. Resolves when leadership is handed over.
   */
  async begin(durationMs: number): Promise<void> {
    this.untilMs = this.monotonicMs() + durationMs;
    await this.giveUpLeadership();
    if (this.isOn) this.letGo();
  }

  /** A handler that ends connections while the member is drained. */
  around(handler: RequestListener): RequestListener {
    return (request, response) => {
      if (this.isOn) response.shouldKeepAlive = false;
      handler(request, response);
    };
  }
}
