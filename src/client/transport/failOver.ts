/**
 * Asks whichever member answers. A request goes to the next one if the one before did not get it, or if it is a read; a write
 * that a member may have carried out is never sent again.
 */
import { BackOff, type BackOffBounds } from '../../platform/backOff';
import type { Random } from '../../platform/clock';
import { reasonOf, tlsFaultOf } from '../../platform/networkError';
import { TimeoutError, UnreachableError, type EndpointFailure } from '../errors';
import { nameOf, type Answer, type Call } from '../call';
import { isRead } from './attempt';
import type { Endpoints } from './endpoints';
import { ExchangeFailure } from './exchange';

export interface FailOver {
  readonly call: Call;
  readonly endpoints: Endpoints;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** How often all endpoints are asked in turn before it is given up. */
  readonly roundsMax: number;
  readonly backOff: BackOffBounds;
  readonly random: Random;
  /** Any status is an answer. */
  readonly anyStatus: boolean;
  /** Rejects as `attempt` does. */
  readonly attempt: (endpoint: URL, timeoutMs: number) => Promise<Answer>;
  /** Rejects with the signal's reason. */
  readonly pause: (delayMs: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** Rejects with NoAnswerError, NotUnderstoodError, or the signal's reason. */
export async function askWithFailOver(options: FailOver): Promise<Answer> {
  const { endpoints, timeoutMs, signal, roundsMax } = options;
  const deadlineMs = performance.now() + timeoutMs;
  const backOff = new BackOff(options.backOff, options.random);
  const run = new Run(options, deadlineMs);
  for (let round = 1; ; round++) {
    const urls = endpoints.inOrder();
    for (const [position, url] of urls.entries()) {
      const answer = await run.ask(url, urls.length - position - 1);
      if (answer !== undefined) return answer;
      if (performance.now() >= deadlineMs) return run.lastAnswer();
    }
    if (round >= roundsMax || run.isHopeless(urls)) return run.lastAnswer();
    const waitMs = backOff.nextMs();
    if (performance.now() + waitMs >= deadlineMs) return run.lastAnswer();
    await options.pause(waitMs, signal);
  }
}

class Run {
  private readonly failures = new Map<string, EndpointFailure>();
  private refused: Answer | undefined;
  private wasMaybeSent = false;

  constructor(
    private readonly options: FailOver,
    private readonly deadlineMs: number,
  ) {}

  /** Undefined: another member may answer. */
  async ask(url: URL, others: number): Promise<Answer | undefined> {
    const { call, endpoints, attempt, anyStatus } = this.options;
    const leftMs = Math.max(1, this.deadlineMs - performance.now());
    // A member that hangs does not take the time of the others. A write waits: it may be carried out as long as nobody says otherwise.
    const timeoutMs = others > 0 && isRead(call) ? leftMs / 2 : leftMs;
    try {
      const answer = await attempt(url, timeoutMs);
      if (anyStatus || !mayAnotherAnswer(call, answer)) {
        endpoints.answered(url);
        return answer;
      }
      this.refused = answer;
      endpoints.failed(url);
      return undefined;
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error;
      endpoints.failed(url);
      if (!this.saysLess(error, url, leftMs)) {
        this.failures.delete(url.origin);
        this.failures.set(url.origin, { endpoint: url.origin, error: error.error });
      }
      this.wasMaybeSent ||= error.maybeSent && !isRead(call);
      if (this.wasMaybeSent) throw this.givenUp(error.reason === 'timeout');
      return undefined;
    }
  }

  /** No answer within the little that was left of the time says nothing of a member of which more is known. */
  private saysLess({ reason }: ExchangeFailure, { origin }: URL, leftMs: number): boolean {
    return reason === 'timeout' && this.failures.has(origin) && leftMs < this.options.timeoutMs / 2;
  }

  /** Whether each of them failed last by what no time mends: then the next round fails in the same way. */
  isHopeless(urls: readonly URL[]): boolean {
    return (
      this.refused === undefined &&
      urls.every(({ origin }) => tlsFaultOf(this.failures.get(origin)?.error) !== undefined)
    );
  }

  /** After the last round: what a member said weighs more than what another did not. */
  lastAnswer(): Answer {
    if (this.refused !== undefined) return this.refused;
    throw this.givenUp(performance.now() >= this.deadlineMs - 1);
  }

  private givenUp(isLate: boolean): TimeoutError | UnreachableError {
    const said = this.refused === undefined ? [] : [`${this.refused.endpoint}: status ${this.refused.status}`];
    return noAnswer(this.options.call, [...this.failures.values()], isLate, this.wasMaybeSent, said);
  }
}

/** @param said - what is known besides the failures */
export function noAnswer(
  call: Call,
  failures: readonly EndpointFailure[],
  isLate: boolean,
  maybeCarriedOut: boolean,
  said: readonly string[] = [],
): TimeoutError | UnreachableError {
  const reasons = failures.map(({ endpoint, error }) => `${endpoint}: ${reasonOf(error)}`);
  const outcome = maybeCarriedOut ? ['a member may have carried it out'] : [];
  const message = `${nameOf(call)}: no answer (${[...said, ...reasons, ...outcome].join('; ')})`;
  return new (isLate ? TimeoutError : UnreachableError)(message, maybeCarriedOut, failures);
}

/** Without room, or not known to this version: the others will say the same. */
const SAME_EVERYWHERE = [501, 505, 507];

/** Whether this member cannot do now what another one may be able to. */
function mayAnotherAnswer(call: Call, { status, headers }: Answer): boolean {
  if (status < 500) return false;
  if (isRead(call)) return !SAME_EVERYWHERE.includes(status);
  // Too busy to begin: with the word when to come back, nothing was carried out. Any other error of a server may come after the deed.
  return status === 503 && headers['retry-after'] !== undefined;
}
