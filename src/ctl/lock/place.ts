/** A place in the queue for a lock, or for an office, asked for at one member after the other. */
import { saidIn } from '../../client/saidIn';
import { BUSY, CLOSED, type WaitLimits } from '../../client/locks/waiting';
import { linkedSignal, type LinkedSignal } from '../../client/transport/linkedSignal';
import { timerOf } from '../../platform/longTimer';
import type { PlainAnswer } from '../../platform/plainRequest';
import type { Cluster } from '../etcdctl/cluster';
import { attemptOf } from '../etcdctl/dialWords';
import { ClusterError, type Attempt } from '../etcdctl/failures';
import { acquireCall, giveBackCall, type Wanted } from './holdCalls';

/** `busy`: somebody else has had it for as long as was to be waited; `refused`: no member will say anything else. */
export type Asked =
  | { readonly kind: 'had'; readonly token: string }
  | { readonly kind: 'busy' | 'refused' | 'failed'; readonly reason: string };

export class Place {
  /** A member may keep it, and whoever goes would leave it behind. */
  private mayBeKept = false;
  /** Those that failed since the last round of all began. */
  private readonly failed = new Map<string, Attempt>();
  private hasHeardOfAny = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly wanted: Wanted,
    private readonly signal: AbortSignal,
    private readonly limits: WaitLimits,
  ) {}

  /**
   * At the member that is asked first; where it fails, another one is from then on. Rejects with ClusterError if nobody is reached from the
   * beginning, or with the signal's reason.
   *
   * @param leftMs - Infinity: for ever
   */
  async ask(leftMs: number): Promise<Asked> {
    const endpoint = this.cluster.first;
    if (endpoint === undefined) throw new ClusterError([]);
    const wasKept = this.mayBeKept;
    this.mayBeKept = true;
    try {
      const answer = await this.waitAt(endpoint, leftMs);
      this.hasHeardOfAny = true;
      const asked = meaningOf(answer, leftMs);
      const message = asked.kind === 'had' ? '' : asked.reason;
      if (asked.kind === 'failed') this.goOnBehind(endpoint, { message, isConnection: false });
      else this.mayBeKept = wasKept;
      return asked;
    } catch (error) {
      if (this.signal.aborted) throw error;
      const attempt = error instanceof SilentError ? error : attemptOf(endpoint, error);
      if (!attempt.mayBeCarriedOut) this.mayBeKept = wasKept;
      this.hasHeardOfAny ||= !attempt.isConnection;
      this.goOnBehind(endpoint, attempt);
      if (!this.hasHeardOfAny && this.isRoundOver()) throw new ClusterError([...this.failed.values()]);
      return { kind: 'failed', reason: attempt.message };
    }
  }

  /** Whether each of them has failed. */
  isRoundOver(): boolean {
    return this.cluster.endpoints.every((endpoint) => this.failed.has(endpoint));
  }

  /** What they said, those that failed. */
  get reasons(): string {
    return [...this.failed.values()].map(({ message }) => message).join('; ');
  }

  beginRound(): void {
    this.failed.clear();
  }

  /** Whoever asked and heard no answer may have it all the same. An office is not given back so: others may stand with the same name. */
  async giveBack(): Promise<void> {
    if (!this.mayBeKept || this.wanted.kind !== 'lock') return;
    await this.cluster.ask(giveBackCall(this.wanted)).catch(() => undefined);
  }

  private goOnBehind(endpoint: string, attempt: Attempt): void {
    this.failed.set(endpoint, attempt);
    this.cluster.putLast(endpoint);
  }

  private async waitAt(endpoint: string, leftMs: number): Promise<PlainAnswer> {
    const ending = linkedSignal(this.signal);
    const timer = timerOf(leftMs + this.limits.answerMs, () => {
      ending.abort(new SilentError(`${endpoint} did not answer in time`));
    });
    const eye = this.keepAnEyeOn(endpoint, ending);
    try {
      const waitS = leftMs === Infinity ? undefined : leftMs / 1000;
      return await this.cluster.askAt(endpoint, acquireCall(this.wanted, waitS, ending.signal), Infinity);
    } finally {
      clearTimeout(timer);
      clearInterval(eye);
      ending.release();
    }
  }

  /** A wait looks the same whether somebody has the lock or the member hangs. */
  private keepAnEyeOn(endpoint: string, ending: LinkedSignal): NodeJS.Timeout {
    const { checkEveryMs, silencesMax } = this.limits;
    let silences = 0;
    return setInterval(() => {
      const call = { method: 'GET', path: '/health', signal: ending.signal } as const;
      const answer = this.cluster.askAt(endpoint, call, performance.now() + checkEveryMs);
      // One of etcd that does not know this route answers all the same.
      const isAlive = answer.then(
        ({ status }) => status < 500,
        () => false,
      );
      void isAlive.then((is) => {
        silences = is ? 0 : silences + 1;
        if (silences >= silencesMax)
          ending.abort(
            new SilentError(`${endpoint} is silent, and says no more that it reaches a quorum (GET /health)`),
          );
      });
    }, checkEveryMs);
  }
}

/** A member was given up that may keep the place. */
class SilentError extends Error implements Attempt {
  override readonly name = 'SilentError';
  readonly isConnection = false;
  readonly mayBeCarriedOut = true;
}

function meaningOf({ status, text }: PlainAnswer, leftMs: number): Asked {
  const token = text.trim();
  if (status === 200 && /^\d+$/.test(token)) return { kind: 'had', token };
  const reason = refusalIn(status, text);
  if (status < 500) return { kind: 'refused', reason };
  const isBusy = status === 500 && (token === BUSY || token === CLOSED) && leftMs !== Infinity;
  return { kind: isBusy ? 'busy' : 'failed', reason };
}

/** The words of a member that does not say yes, on one line. */
export function refusalIn(status: number, text: string): string {
  const said = saidIn(text).replace(/\s+/g, ' ');
  return `status ${status}, ${said === '' ? 'without a word' : said}`;
}
