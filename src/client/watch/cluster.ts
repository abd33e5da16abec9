/** What a watch, a lock and an election need of a client. */
import type { Answer, Asker, Call, OpenOptions, WaitingOptions } from '../http';
import type { OpenedAnswer } from '../transport/opening';

export interface Cluster extends Asker {
  /** The member that is asked first stands first. */
  readonly endpoints: readonly string[];
  /** One member of it. */
  at(endpoint: string): OneMember;
  /** Whoever an answer pointed to: only if it is a member that is known it is shown the user. */
  pointedTo(endpoint: string): Asker;
  /** This member did not do what it should; the others are asked before it. */
  putLast(endpoint: string): void;
  /** Longer answers are not read. */
  readonly answerBytesMax: number;
  /** Rejects as `CallOptions.signal` would have it once the client is closed. */
  readonly closed: AbortSignal;
}

export interface OneMember extends Asker {
  ask(call: Call, options?: WaitingOptions): Promise<Answer>;
  open(call: Call, options?: OpenOptions): Promise<OpenedAnswer>;
}
