/** What one request and its answer are. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dial } from '../platform/dial';
import type { RequestBody } from '../platform/requestBody';

export interface Call {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Below the member's URL, with the query; percent-encoded. */
  readonly path: string;
  readonly body?: RequestBody | undefined;
}

/** What may be said of a request whose answer is streamed. */
export interface OpenOptions {
  /** Until the headers of the answer are there, other members included; Infinity: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Ends it early, the answer too; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What may be said of any single request. */
export interface CallOptions {
  /** For the whole of it, other members and waits between them included; Infinity: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Ends it early; it rejects with the signal's reason. Whether a write was carried out is not known then. */
  readonly signal?: AbortSignal | undefined;
  /** A longer answer is not read; the request rejects with NotUnderstoodError. */
  readonly answerBytesMax?: number | undefined;
  /** How often all members are tried in turn; what the client has if absent. */
  readonly roundsMax?: number | undefined;
  /** Any status is an answer, also one that says that another member had better be asked. */
  readonly anyStatus?: boolean;
}

/** For whoever waits at one member, and has to know at which. */
export interface WaitingOptions extends CallOptions {
  /** Told where an answer points to, as `http://HOST:PORT`, before that is asked. */
  readonly pointedTo?: ((endpoint: string) => void) | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Whose answer it is, as `http://HOST:PORT`. */
  readonly endpoint: string;
  /** The answer of an endpoint pointed there, and because it is none itself it was not shown the user's password. */
  readonly isPasswordKept?: boolean;
}

/** One member, and how to reach it. */
export interface Target {
  /** Client URL of the member or of whatever stands before it. */
  readonly url: string;
  /** For a whole request. */
  readonly timeoutMs: number;
  /** Ends a request early; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** `NAME:PASSWORD` of a user, where auth is on. */
  readonly user?: string | undefined;
  /** Plain TCP if nothing else is said. */
  readonly dial?: Dial | undefined;
}

/** As messages name it; without what makes it very long. */
export function nameOf({ method, path }: Call): string {
  return `${method} ${path.length > 200 ? `${path.slice(0, 200)}...` : path}`;
}
