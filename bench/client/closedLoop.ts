import { performance } from 'node:perf_hooks';
import { Latencies } from '../measure/statistics';
import { Connection } from './connection';
import type { Access, JobResult } from './jobs';

const RETRY_DELAY_MS = 20;

/** Gives the next request; undefined when there is none left. */
export type NextRequest = () => string | undefined;

/** Keeps `connections` requests under way until there are no more or the time is over. */
export async function closedLoop(
  port: number,
  connections: number,
  limitSeconds: number,
  next: NextRequest,
  access: Access = {},
): Promise<JobResult> {
  const tally = new Tally();
  const start = performance.now();
  const deadline = start + limitSeconds * 1000;
  const workers = Array.from({ length: connections }, () => new Worker(port, deadline, next, tally, access));
  await Promise.all(workers.map(async (worker) => worker.run()));
  return tally.result((performance.now() - start) / 1000);
}

/** Counts what came back. */
export class Tally {
  readonly latencies = new Latencies();
  private failures = 0;
  private requests = 0;

  answered(status: number, ms: number): void {
    this.requests++;
    if (status >= 200 && status < 300) this.latencies.add(ms);
    else this.failures++;
  }

  failed(): void {
    this.failures++;
  }

  result(seconds: number): JobResult {
    return { requests: this.requests, errors: this.failures, seconds, ...this.latencies.summary() };
  }
}

class Worker {
  private readonly connection: Connection;
  private sentAt = 0;
  private done: () => void = () => undefined;

  constructor(
    port: number,
    private readonly deadline: number,
    private readonly next: NextRequest,
    private readonly tally: Tally,
    private readonly access: Access,
  ) {
    this.connection = new Connection(port, this, access.caPem);
  }

  async run(): Promise<void> {
    return new Promise((resolve) => {
      this.done = resolve;
      this.sendNext();
    });
  }

  onHead(): void {
    // Only the end of an answer counts.
  }

  onEnd(status: number): void {
    this.tally.answered(status, performance.now() - this.sentAt);
    if (this.access.newConnections === true) this.connection.close();
    this.sendNext();
  }

  onFailure(): void {
    this.tally.failed();
    setTimeout(() => this.sendNext(), RETRY_DELAY_MS);
  }

  private sendNext(): void {
    this.sentAt = performance.now();
    const request = this.sentAt < this.deadline ? this.next() : undefined;
    if (request === undefined) {
      this.connection.close();
      this.done();
    } else {
      this.connection.send(request);
    }
  }
}
