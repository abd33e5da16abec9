/** A member that is about to go sends its clients elsewhere first, and goes on serving those that still come. */
import type { RequestListener } from 'node:http';
import { Rate } from './rate';

/** An operator and his tools need one for each stop; they may try again. */
const HAND_OVERS_AT_ONCE = 10;
const HAND_OVERS_PER_SECOND = 1 / 6;

/** What came of the wish: leadership was handed over, or it was refused because there were so many wishes. */
export type DrainOutcome = 'done' | 'tooOften';

export class Drain {
  private untilMs: number | undefined;
  private letGo: () => void = () => undefined;
  /** The hand-over that is under way: all who ask meanwhile wait for the same one. */
  private handingOver: Promise<void> | undefined;
  private readonly rate = new Rate(HAND_OVERS_AT_ONCE, HAND_OVERS_PER_SECOND);
  private told = false;

  /**
   * @param monotonicMs of a clock that only goes forward
   * @param giveUpLeadership resolves when another member leads, or none can
   * @param say one line for the log: a member that is not ready has to say why
   */
  constructor(
    private readonly monotonicMs: () => number,
    private readonly giveUpLeadership: () => Promise<void>,
    private readonly say: (line: string) => void = () => undefined,
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
   * ends by itself: whoever asked for it may not live to take it back. Resolves when leadership is handed over. Each beginning costs
   * the cluster a moment without a leader, and its clients their watches: whoever asks without end is refused.
   *
   * @param caller who asked for it, in words
   */
  async begin(durationMs: number, caller: string): Promise<DrainOutcome> {
    if (this.handingOver === undefined && !this.rate.take(this.monotonicMs())) return 'tooOften';
    this.untilMs = this.monotonicMs() + durationMs;
    this.handingOver ??= this.handOver(durationMs, caller);
    await this.handingOver;
    return 'done';
  }

  /** Ends it before its time. Who leads by then goes on leading. */
  end(caller: string): void {
    if (this.isOn && this.told) this.say(`no longer drained, as ${caller} asked: this member is sent clients again`);
    this.told = false;
    this.untilMs = undefined;
  }

  private async handOver(durationMs: number, caller: string): Promise<void> {
    this.told = true;
    this.say(
      `drained for ${durationMs / 1000} s (PUT /config/local/drain of ${caller}): this member hands leadership over and says that it is not ready`,
    );
    try {
      await this.giveUpLeadership();
      if (this.isOn) this.letGo();
    } finally {
      this.handingOver = undefined;
    }
  }

  /** A handler that ends connections while the member is drained. */
  around(handler: RequestListener): RequestListener {
    return (request, response) => {
      if (this.isOn) response.shouldKeepAlive = false;
      handler(request, response);
    };
  }
}
