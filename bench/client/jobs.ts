/** What a client process can be asked to do. Every job has its end in count or time. */
import type { LatencySummary } from '../measure/statistics';

/** What the steady loads ask for, over the keys of the space `bench` (`list`: the whole space `list`). */
export type RequestKind = 'put' | 'get' | 'quorumGet' | 'mixed' | 'list';

/** How a load reaches the server; what is absent: plain, as nobody, on connections that stay. */
export interface Access {
  /** The CA of the server, as PEM: the port speaks TLS. */
  readonly caPem?: string;
  /** NAME:PASSWORD, sent with every request. */
  readonly user?: string;
  /** Each request has a connection of its own; over TLS the session of the last one is offered again. */
  readonly newConnections?: boolean;
}

/** Each connection sends its next request when it has the answer to the last one, for some time. */
export interface SteadyJob {
  readonly type: 'steady';
  readonly port: number;
  readonly kind: RequestKind;
  readonly keys: number;
  /** Length of what is written; 64 if absent. */
  readonly valueBytes?: number;
  readonly connections: number;
  readonly seconds: number;
  readonly access?: Access;
}

/** Writes each key of a space once. */
export interface LoadJob {
  readonly type: 'load';
  readonly port: number;
  readonly space: string;
  readonly count: number;
  /** As in SteadyJob. */
  readonly valueBytes?: number;
  readonly connections: number;
  readonly limitSeconds: number;
  /** Wall clock time of the second in which all keys end; absent: they stay. */
  readonly endAtMs?: number;
}

/** Writes at a fixed rate until it is told to finish: a stall of the server delays all writes of that time. */
export interface PacedJob {
  readonly type: 'paced';
  readonly port: number;
  readonly perSecond: number;
  readonly limitSeconds: number;
}

/** Long-polls one key, writes it once when all are waiting, and takes the time until each has the event. */
export interface FanOutJob {
  readonly type: 'fanOut';
  readonly port: number;
  readonly watchers: number;
  readonly limitSeconds: number;
}

/** Watches as many keys as asked, says when all wait, and holds them until it is told to finish. */
export interface IdleWatchesJob {
  readonly type: 'idleWatches';
  readonly port: number;
  readonly watchers: number;
  readonly limitSeconds: number;
}

export type Job = SteadyJob | LoadJob | PacedJob | FanOutJob | IdleWatchesJob;

export interface JobResult extends LatencySummary {
  /** Answers, good and bad. */
  readonly requests: number;
  /** Answers that were no success, and connections that broke. */
  readonly errors: number;
  readonly seconds: number;
  /** Wall clock time at which the last key of a load with `endAtMs` ends. */
  readonly lastEndAtMs?: number;
}

/** From the client process. */
export type Report = { readonly type: 'ready' } | { readonly type: 'result'; readonly result: JobResult };

/** To the client process. */
export type Order = { readonly type: 'job'; readonly job: Job } | { readonly type: 'finish' };
