import { performance } from 'node:perf_hooks';
import { Tally } from './closedLoop';
import { Connection } from './connection';
import type { FanOutJob, IdleWatchesJob, JobResult } from './jobs';
import { getRequest, putRequest } from './requests';

const WATCHED = '/fan/key';
/** Connections that are being opened at once. */
const OPENING_MAX = 200;

/** One write to a key that many wait for; the latencies are those of the watchers, from the moment the write is sent. */
export async function fanOut(job: FanOutJob): Promise<JobResult> {
  const deadline = performance.now() + job.limitSeconds * 1000;
  const watches = await openWatches(job.port, job.watchers, () => WATCHED);
  const tally = new Tally();
  const writer = new Connection(job.port, { onHead: ignore, onEnd: ignore, onFailure: () => tally.failed() });
  const start = performance.now();
  writer.send(putRequest(WATCHED));
  const all = Promise.all(
    watches.map(async (watch) => {
      const status = await watch.ended;
      if (status === undefined) tally.failed();
      else tally.answered(status, performance.now() - start);
    }),
  );
  await orUntil(deadline, all);
  const seconds = (performance.now() - start) / 1000;
  for (const watch of watches) watch.close();
  writer.close();
  return tally.result(seconds);
}

/** Watches of different keys that nobody writes. `ready` is called when the server has answered all with their headers. */
export async function idleWatches(job: IdleWatchesJob, ready: () => void, finish: Promise<void>): Promise<JobResult> {
  const start = performance.now();
  const watches = await openWatches(job.port, job.watchers, (index) => `/idle/${index}`);
  ready();
  await orUntil(start + job.limitSeconds * 1000, finish);
  const lost = watches.filter((watch) => !watch.isOpen()).length;
  for (const watch of watches) watch.close();
  const seconds = (performance.now() - start) / 1000;
  return { requests: watches.length - lost, errors: lost, seconds, p50Ms: 0, p99Ms: 0, worstMs: 0 };
}

async function orUntil(deadline: number, work: Promise<unknown>): Promise<void> {
  let handle: NodeJS.Timeout | undefined;
  const over = new Promise((resolve) => {
    handle = setTimeout(resolve, Math.max(0, deadline - performance.now()));
  });
  await Promise.race([work, over]);
  clearTimeout(handle);
}

async function openWatches(port: number, count: number, pathOf: (index: number) => string): Promise<Watch[]> {
  const watches: Watch[] = [];
  while (watches.length < count) {
    const size = Math.min(OPENING_MAX, count - watches.length);
    const opening = Array.from({ length: size }, (_, at) => new Watch(port, pathOf(watches.length + at)));
    await Promise.all(opening.map((watch) => watch.waiting));
    watches.push(...opening);
  }
  return watches;
}

/** One long-poll on a connection of its own. */
class Watch {
  /** The server has registered it. Rejects if it could not. */
  readonly waiting: Promise<void>;
  /** The status when the event has come; undefined if the connection broke. */
  readonly ended: Promise<number | undefined>;
  private readonly connection: Connection;
  private open = true;

  constructor(port: number, path: string) {
    let registered: () => void = () => undefined;
    let refused: (error: Error) => void = () => undefined;
    let finish: (status: number | undefined) => void = () => undefined;
    this.waiting = new Promise((resolve, reject) => {
      registered = resolve;
      refused = reject;
    });
    this.ended = new Promise((resolve) => {
      finish = (status) => {
        this.open = false;
        resolve(status);
      };
    });
    this.connection = new Connection(port, {
      onHead: (status) => {
        if (status === 200) registered();
        else refused(new Error(`a watch was answered with ${status}`));
      },
      onEnd: (status) => finish(status),
      onFailure: () => {
        refused(new Error('a watch could not be opened'));
        finish(undefined);
      },
    });
    this.connection.send(getRequest(path, '?wait=true'));
  }

  isOpen(): boolean {
    return this.open;
  }

  close(): void {
    this.connection.close();
  }
}

function ignore(): void {
  // The writer's answer is of no interest; the watchers' are.
}
