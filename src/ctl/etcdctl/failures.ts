/** What ends a command early. */
import { reasonOf } from '../../platform/networkError';

/** A line for the standard error, as it is, and an exit code. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly code: number,
    /** Undefined: there is nothing more to say. */
    readonly line?: string,
    /** Whether the line ends as lines do. */
    readonly isWholeLine = true,
    /** What to do about it; etcdctl has no such line, so that only a person is shown it. */
    readonly note?: string,
  ) {
    super(line);
  }
}

/** Why one endpoint gave no answer. */
export interface Attempt {
  readonly message: string;
  /** Nobody listens there, or the connection broke, rather than that somebody answered wrong. */
  readonly isConnection: boolean;
}

/** No endpoint answered. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';

  constructor(
    readonly attempts: readonly Attempt[],
    /** One of them may have carried it out. */
    readonly maybeCarriedOut = false,
  ) {
    const each = attempts.map(({ message }, index) => `; error #${index}: ${message}\n`);
    super(`client: etcd cluster is unavailable or misconfigured${each.join('')}`);
  }

  /** A line for each. */
  get detail(): string {
    return this.attempts.map(({ message }, index) => `error #${index}: ${message}\n`).join('');
  }

  get isConnection(): boolean {
    return this.attempts.every((attempt) => attempt.isConnection);
  }
}

/** The only answer to a request that must not be sent twice. */
export class OnlyAttemptError extends Error {
  override readonly name = 'OnlyAttemptError';
}

/** --total-timeout is over. */
export class TotalTimeoutError extends Error {
  override readonly name = 'TotalTimeoutError';

  constructor() {
    super('context deadline exceeded');
  }
}

/** A member answered with a status that etcdctl knows no words for. */
export class UnexpectedStatusError extends Error {
  override readonly name = 'UnexpectedStatusError';

  /** @param said - why, in the words of the member; etcdctl does not pass them on */
  constructor(
    status: number,
    readonly said: string | undefined,
  ) {
    super(`unexpected status code ${status}`);
  }
}

/** A member answered what cannot be read. */
export class UnreadableAnswerError extends Error {
  override readonly name = 'UnreadableAnswerError';

  constructor(readonly isEmpty = false) {
    super(
      isEmpty
        ? 'client: response body is empty'
        : 'client: response is invalid json. The endpoint is probably not valid etcd cluster endpoint',
    );
  }
}

/** A member said no, with the number of the v2 document's error table. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';

  constructor(
    readonly errorCode: number,
    readonly said: string,
    override readonly cause: string,
    readonly index: number,
  ) {
    super(`${errorCode}: ${said} (${cause}) [${index}]`);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : reasonOf(error);
}
