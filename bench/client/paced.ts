import { performance } from 'node:perf_hooks';
import { Tally } from './closedLoop';
import { Connection } from './connection';
import type { JobResult, PacedJob } from './jobs';
import { keyPath, putRequest } from './requests';

const TICK_MS = 2;
/** Writes that wait for an answer; more are held back, and their time counts from when they were due. */
const CONNECTIONS_MAX = 512;
const KEYS = 1000;
/** After the last write is sent, this long for the answers that are missing. */
const DRAIN_MS = 10_000;

/** Sends a write whenever one is due, whether or not earlier ones are answered. */
export async function paced(job: PacedJob, finish: Promise<void>): Promise<JobResult> {
  const pool = new Pool(job.port);
  const start = performance.now();
  let sent = 0;
  const ticker = setInterval(() => {
    const due = Math.floor(((performance.now() - start) * job.perSecond) / 1000);
    while (sent < due) pool.send(putRequest(keyPath('bench', sent++ % KEYS)));
  }, TICK_MS);
  const limit = timer(job.limitSeconds * 1000);
  await Promise.race([finish, limit.over]);
  limit.stop();
  clearInterval(ticker);
  const seconds = (performance.now() - start) / 1000;
  const drain = timer(DRAIN_MS);
  await Promise.race([pool.whenIdle(), drain.over]);
  drain.stop();
  return pool.end(seconds);
}

function timer(ms: number): { over: Promise<void>; stop: () => void } {
  let stop: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    const handle = setTimeout(resolve, ms);
    stop = () => clearTimeout(handle);
  });
  return { over, stop };
}

interface Write {
  readonly request: string;
  readonly dueAt: number;
}

/** Connections that are opened as they are needed; each carries one write at a time. */
class Pool {
  private readonly tally = new Tally();
  private readonly idle: Carrier[] = [];
  private readonly held: Write[] = [];
  private readonly carriers: Carrier[] = [];
  private atIdle: () => void = () => undefined;

  constructor(private readonly port: number) {}

  send(request: string): void {
    const write = { request, dueAt: performance.now() };
    const carrier = this.idle.pop() ?? this.another();
    if (carrier === undefined) this.held.push(write);
    else carrier.carry(write);
  }

  async whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.atIdle = resolve;
      this.noticeIdle();
    });
  }

  /** Writes without an answer count as errors with the time they have waited. */
  end(seconds: number): JobResult {
    for (const carrier of this.carriers) carrier.giveUp(this.tally);
    return this.tally.result(seconds);
  }

  private another(): Carrier | undefined {
    if (this.carriers.length === CONNECTIONS_MAX) return undefined;
    const carrier = new Carrier(this.port, this.tally, () => this.free(carrier));
    this.carriers.push(carrier);
    return carrier;
  }

  private free(carrier: Carrier): void {
    const write = this.held.shift();
    if (write === undefined) {
      this.idle.push(carrier);
      this.noticeIdle();
    } else {
      carrier.carry(write);
    }
  }

  private noticeIdle(): void {
    if (this.idle.length === this.carriers.length) this.atIdle();
  }
}

class Carrier {
  private readonly connection: Connection;
  private write: Write | undefined;

  constructor(
    port: number,
    private readonly tally: Tally,
    private readonly free: () => void,
  ) {
    this.connection = new Connection(port, this);
  }

  carry(write: Write): void {
    this.write = write;
    this.connection.send(write.request);
  }

  onHead(): void {
    // Only the end of an answer counts.
  }

  onEnd(status: number): void {
    if (this.write !== undefined) this.tally.answered(status, performance.now() - this.write.dueAt);
    this.write = undefined;
    this.free();
  }

  onFailure(): void {
    this.tally.failed();
    this.write = undefined;
    this.free();
  }

  giveUp(tally: Tally): void {
    if (this.write !== undefined) {
      tally.latencies.add(performance.now() - this.write.dueAt);
      tally.failed();
    }
    this.connection.close();
  }
}
