/** The cluster as a command sees it: endpoints that are asked in turn until one answers. */
import { STATUS_CODES } from 'node:http';
import { isLedTo } from '../../client/transport/endpoints';
import type { Dial } from '../../platform/dial';
import {
  followingRequest,
  RequestTimeoutError,
  type PlainAnswer,
  type PlainRequest,
} from '../../platform/plainRequest';
import { bytesOfText } from './byteText';
import { attemptOf } from './dialWords';
import { ClusterError, OnlyAttemptError, TotalTimeoutError, UnreadableAnswerError, type Attempt } from './failures';
import { parseMembers } from './memberAnswers';
import { quote as quoted } from './goText';

/** A listing of a whole store is the longest answer there is. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;

export interface Call {
  readonly method: PlainRequest['method'];
  /** Percent-encoded. */
  readonly path: string;
  /** Percent-encoded; may be empty. */
  readonly query?: string;
  readonly body?: { readonly type: string; readonly text: string };
  /** What --debug shows of the body, where it holds a secret. */
  readonly shownBody?: string;
  /** Sent to one endpoint only, unless it surely did not arrive: it is no longer the same when it is done twice. */
  readonly isOneShot?: boolean;
  /** The same, in the words that etcdctl has for what it sends to all: done twice, it would be refused the second time. */
  readonly isConditional?: boolean;
  /** Waits for a change, for however long that takes. */
  readonly isWait?: boolean;
  /** Each endpoint has its share of the time that is left: one that hangs leaves the others theirs. */
  readonly sharesTime?: boolean;
  /** Ends it early: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How to reach an endpoint; TLS is loaded when the first https one is asked. */
export type DialFor = (endpoint: string) => Promise<Dial>;

export interface ClusterOptions {
  /** URLs. */
  readonly endpoints: readonly string[];
  readonly dialFor: DialFor;
  /** `NAME:PASSWORD`. */
  readonly user: string | undefined;
  /** For the head of an answer; 0: no limit. */
  readonly timeoutMs: number;
  /** For one call to all endpoints in turn. */
  readonly totalTimeoutMs: number;
  /** Gets a line for each request, as curl would send it. */
  readonly debug: ((line: string) => void) | undefined;
}

/** From here on what a caller does has to be done; see `Cluster.deadline`. */
export type Deadline = number;

export class Cluster {
  private urls: readonly string[];
  /** The one that answered last is asked first. */
  private pinned = 0;

  constructor(private readonly options: ClusterOptions) {
    this.urls = shuffled(options.endpoints);
  }

  get endpoints(): readonly string[] {
    return this.urls;
  }

  /** The one that is asked first. */
  get first(): string | undefined {
    return this.urls[this.pinned];
  }

  /** The next one is asked first from here on, if this one was. */
  putLast(endpoint: string): void {
    if (this.first === endpoint) this.pinned = (this.pinned + 1) % this.urls.length;
  }

  deadline(): Deadline {
    return performance.now() + this.options.totalTimeoutMs;
  }

  /**
   * Any answer but one of 500 and above, which another member may do better.
   * Rejects with ClusterError, OnlyAttemptError or TotalTimeoutError.
   */
  async ask(call: Call, deadlineMs: Deadline = this.deadline()): Promise<PlainAnswer> {
    const attempts: Attempt[] = [];
    const count = this.urls.length;
    const first = this.pinned;
    let wasMaybeDone = false;
    for (let turn = 0; turn < count && !(call.isConditional === true && wasMaybeDone); turn++) {
      const at = (first + turn) % count;
      const endpoint = this.urls[at] ?? '';
      try {
        const shares = call.sharesTime === true ? count - turn : 1;
        const answer = await this.askAt(endpoint, call, shareOf(deadlineMs, shares));
        const complaint = complaintAbout(endpoint, answer.status);
        if (complaint === undefined) {
          this.pinned = at;
          return answer;
        }
        if (call.isOneShot === true) throw new OnlyAttemptError(complaint);
        attempts.push({ message: complaint, isConnection: false });
        wasMaybeDone ||= call.method !== 'GET' && !wasRefusedAtOnce(answer);
      } catch (error) {
        const isLast = turn === count - 1;
        const hasTakenItsTime = error instanceof TotalTimeoutError;
        // Whoever asks again would lose all his time at the same one.
        if (hasTakenItsTime) this.pinned = (at + 1) % count;
        if (error instanceof OnlyAttemptError || (hasTakenItsTime && (isLast || call.sharesTime !== true))) throw error;
        if (call.signal?.aborted === true) throw error;
        const attempt = attemptOf(endpoint, hasTakenItsTime ? new RequestTimeoutError() : error);
        if (call.isOneShot === true && (attempt.mayBeCarriedOut || isLast)) throw new OnlyAttemptError(attempt.message);
        attempts.push(attempt);
        wasMaybeDone ||= attempt.mayBeCarriedOut && call.method !== 'GET';
      }
    }
    throw new ClusterError(attempts, wasMaybeDone);
  }

  /**
   * From here on the members are asked at the URLs that they publish, unless none of them may be gone to: passwords go along. Rejects as `ask`,
   * or with UnreadableAnswerError.
   */
  async sync(): Promise<'synced' | 'nothing published'> {
    const answer = await this.ask({ method: 'GET', path: '/v2/members' });
    if (answer.status !== 200) throw new UnreadableAnswerError();
    const published = parseMembers(answer.text).flatMap(({ clientURLs }) => clientURLs);
    if (published.length === 0) return 'nothing published';
    const good = published.filter((url) => this.leadsTo(url));
    if (good.length === 0 || [...good].sort().join() === [...this.urls].sort().join()) return 'synced';
    this.urls = shuffled(good);
    this.pinned = 0;
    return 'synced';
  }

  /** Whether a URL that a member published may be asked. */
  leadsTo(published: string): boolean {
    return isLedTo(published, this.urls);
  }

  /** One member alone. Rejects with what node:http or plainRequest says, or TotalTimeoutError. */
  async askAt(endpoint: string, call: Call, deadlineMs: Deadline): Promise<PlainAnswer> {
    const { method, path, query = '', body } = call;
    const url = `${endpoint.replace(/\/$/, '')}${path}${query === '' ? '' : `?${query}`}`;
    this.options.debug?.(curl(url, call));
    const isWait = call.isWait === true;
    const leftMs = deadlineMs - performance.now();
    if (!isWait && leftMs <= 0) throw new TotalTimeoutError();
    try {
      const dial = await this.options.dialFor(endpoint);
      return await followingRequest({
        ...{ method, url, user: this.options.user, dial, answerBytesMax: ANSWER_BYTES_MAX },
        timeoutMs: isWait ? Infinity : leftMs,
        headTimeoutMs: isWait || this.options.timeoutMs === 0 ? undefined : this.options.timeoutMs,
        signal: call.signal,
        body: body && { type: body.type, bytes: bytesOfText(body.text) },
      });
    } catch (error) {
      const { timeoutMs } = this.options;
      const isLastLimit = timeoutMs === 0 || leftMs <= timeoutMs;
      const isOver = error instanceof RequestTimeoutError && isLastLimit;
      if (!isWait && (isOver || performance.now() >= deadlineMs)) throw new TotalTimeoutError();
      throw error;
    }
  }
}

function shareOf(deadlineMs: Deadline, shares: number): Deadline {
  const nowMs = performance.now();
  return nowMs + (deadlineMs - nowMs) / shares;
}

/** Too busy to begin: with the word when to come back, nothing was carried out. */
function wasRefusedAtOnce({ status, headers }: PlainAnswer): boolean {
  return status === 503 && headers['retry-after'] !== undefined;
}

function complaintAbout(endpoint: string, status: number): string | undefined {
  if (status < 500) return undefined;
  if (status === 500 || status === 503) return `client: etcd member ${endpoint} has no leader`;
  return `client: etcd member ${endpoint} returns server error [${STATUS_CODES[status] ?? ''}]`;
}

function curl(url: string, { method, body, shownBody }: Call): string {
  const data = method === 'PUT' || method === 'POST' ? ` -d ${shownBody ?? quoted(body?.text ?? '')}` : '';
  return `cURL Command: curl -X ${method} ${url}${data}`;
}

function shuffled(urls: readonly string[]): readonly string[] {
  const left = [...urls];
  return urls.map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0] ?? '');
}
