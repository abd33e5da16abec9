import type { Cancel } from '../platform/clock';
import type { PeerClock } from './environment';

const CHECKS = 4;

/**
 * Notices that nothing came for a time. It counts its own checks, not milliseconds: after this process itself was paused the
 * first check finds one interval missing, not all of them, and what waits in the sockets is read before the next.
 */
export class SilenceWatch {
  private quietChecks = 0;
  private readonly cancel: Cancel;

  /** @param limitMs `onSilent` is called after this time without `touch`, up to a quarter later, again and again */
  constructor(clock: PeerClock, limitMs: number, onSilent: () => void) {
    this.cancel = clock.every(Math.max(1, limitMs / CHECKS), () => {
      this.quietChecks += 1;
      if (this.quietChecks > CHECKS) onSilent();
    });
  }

  touch(): void {
    this.quietChecks = 0;
  }

  stop(): void {
    this.cancel();
  }
}
