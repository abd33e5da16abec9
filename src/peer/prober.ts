import { durationText } from './durationText';
import type { Cancel } from '../platform/clock';
import type { PeerContext } from './context';
import type { ProbeReply } from './wire/probeCodec';

/** As etcd: a larger difference is worth a warning, because TTLs follow the leader's clock. */
const CLOCK_DIFFERENCE_MAX_MS = 1000;
/** Probes that may wait for their reply; the oldest is forgotten. */
const OUTSTANDING_MAX = 16;

interface Sent {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Asks a peer for its clock again and again: measures the round trip and how far the clocks are apart. */
export class Prober {
  private readonly outstanding = new Map<number, Sent>();
  private sequence = 0;
  private lastRoundTripMs: number | undefined;
  private lastDifferenceMs: number | undefined;
  private cancel: Cancel | undefined;

  constructor(
    private readonly id: string,
    private readonly context: PeerContext,
  ) {}

  get roundTripMs(): number | undefined {
    return this.lastRoundTripMs;
  }

  /** How far the peer's clock is ahead of this one. */
  get clockDifferenceMs(): number | undefined {
    return this.lastDifferenceMs;
  }

  /** Probes now and at every interval until `stop`. */
  start(send: (sequence: number) => void): void {
    this.stop();
    const probe = (): void => {
      this.sequence += 1;
      const { clock, monotonicMs } = this.context;
      this.outstanding.set(this.sequence, { wallMs: clock.now(), monotonicMs: monotonicMs() });
      if (this.outstanding.size > OUTSTANDING_MAX) this.forgetOldest();
      send(this.sequence);
    };
    this.cancel = this.context.clock.every(this.context.limits.probeIntervalMs, probe);
    probe();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.outstanding.clear();
  }

  /** The peer's clock belongs to the middle between sending and now. */
  answered({ sequence, nowMs }: ProbeReply): void {
    const sent = this.outstanding.get(sequence);
    if (sent === undefined) return;
    this.outstanding.delete(sequence);
    const roundTripMs = this.context.monotonicMs() - sent.monotonicMs;
    this.lastRoundTripMs = roundTripMs;
    this.context.observer?.probed(this.id, roundTripMs);
    this.lastDifferenceMs = nowMs - (sent.wallMs + roundTripMs / 2);
    const difference = Math.abs(this.lastDifferenceMs);
    if (difference > CLOCK_DIFFERENCE_MAX_MS) this.warn(difference);
  }

  private warn(differenceMs: number): void {
    const bounds = `${durationText(differenceMs)} > ${durationText(CLOCK_DIFFERENCE_MAX_MS)}`;
    const text = `the clock difference against peer ${this.id} is too high [${bounds}]`;
    this.context.log.write('warn', 'clock', this.id, text);
  }

  private forgetOldest(): void {
    for (const sequence of this.outstanding.keys()) {
      this.outstanding.delete(sequence);
      return;
    }
  }
}
