/**
 * Asks whichever member answers. A request goes to the next one if the one before did not get it, or if it is a read; a write
 * that a member may have carried out is never sent again.
 */
import { BackOff, type BackOffBounds } from '../../platform/backOff';
import type { Random } from '../../platform/clock';
import { reasonOf, tlsFaultOf } from '../../platform/networkError';
import { ERROR_CODES, TimeoutError, UnreachableError, type EndpointFailure } from '../errors';
import { nameOf, type Answer, type Call } from '../call';
import { isRecord, parseJson } from '../json';
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
  /** Of a request without a limit, `timeoutMs` counts until the headers of the answer are there. Rejects as `attempt` does. */
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
      // Without a limit another round follows, in which those before it are asked again.
      const isFollowed = timeoutMs === Infinity && round < roundsMax;
      const answer = await run.ask(url, isFollowed ? urls.length - 1 : urls.length - position - 1);
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
    try {
      const answer = await attempt(url, attemptMs(call, leftMs, others));
      noteAnswer(endpoints, url, answer);
      if (anyStatus || !mayAnotherAnswer(call, answer)) return answer;
      this.refused = answer;
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

/** Of a request without a limit: so long a member may be silent before another one is asked. Waits send their headers at once. */
export const SILENCE_MS = 30_000;

/**
 * How long one member is asked: one that hangs does not take the time of the others. A write waits, for it may be carried out as long as nobody
 * says otherwise.
 */
export function attemptMs(call: Call, leftMs: number, others: number): number {
  if (others === 0 || !isRead(call)) return leftMs;
  return leftMs === Infinity ? SILENCE_MS : leftMs / 2;
}

/** Who answers is asked first from now on. One that cannot is asked last, also where its answer stands: a write is not sent twice. */
export function noteAnswer(endpoints: Endpoints, url: URL, answer: Answer): void {
  if (isUnable(answer)) endpoints.failed(url);
  else endpoints.answered(url);
}

/** Whether this member cannot do now what another one may be able to, and is known not to have done it, or to be asked again without harm. */
export function mayAnotherAnswer(call: Call, answer: Answer): boolean {
  if (isRead(call) || isLonelyStandby(answer)) return isUnable(answer);
  // Too busy to begin: with the word when to come back, nothing was carried out. Any other error of a server may come after the deed.
  return answer.status === 503 && answer.headers['retry-after'] !== undefined;
}

/** Without room, or not known to this version: the others will say the same. */
const SAME_EVERYWHERE = [501, 505, 507];

function isUnable(answer: Answer): boolean {
  return (answer.status >= 500 && !SAME_EVERYWHERE.includes(answer.status)) || isLonelyStandby(answer);
}

/** A standby that knows of no leader to point to: it says so with the status of a wrong request, and has done nothing. */
function isLonelyStandby({ status, text }: Answer): boolean {
  if (status !== 400) return false;
  const body = parseJson(text);
  return isRecord(body) && body['errorCode'] === ERROR_CODES.standbyInternal;
}
