import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { endWithBenchmark } from '../servers/scratch';
import type { Job, JobResult, Order, Report } from './jobs';

/** Beyond its own limit a client may take this long to start and to hand its result over. */
const GRACE_MS = 60_000;

/** A job under way in a process of its own. */
export class ClientRun {
  /** An idleWatches job has all its watches open. */
  readonly ready: Promise<void>;
  readonly result: Promise<JobResult>;
  private readonly child: ChildProcess;

  constructor(job: Job) {
    this.child = fork(join(__dirname, 'process.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    endWithBenchmark(this.child);
    const seconds = job.type === 'steady' ? job.seconds : job.limitSeconds;
    const limit = setTimeout(() => this.child.kill('SIGKILL'), seconds * 1000 + GRACE_MS);
    let readied: () => void = () => undefined;
    let failed: (error: Error) => void = () => undefined;
    this.ready = new Promise((resolve, reject) => {
      readied = resolve;
      failed = reject;
    });
    this.result = new Promise((resolve, reject) => {
      this.child.on('message', (report: Report) => {
        if (report.type === 'ready') readied();
        else resolve(report.result);
      });
      this.child.once('exit', (code, signal) => {
        clearTimeout(limit);
        const error = new Error(`the client of "${job.type}" ended without a result (${signal ?? code})`);
        failed(error);
        reject(error);
      });
    });
    // Whoever does not wait for one of the two hears of a failure from the other.
    this.ready.catch(() => undefined);
    this.result.catch(() => undefined);
    void this.result.then(
      () => this.child.disconnect(),
      () => undefined,
    );
    this.order({ type: 'job', job });
  }

  /** Ends a job that waits for it, and gives its result. */
  async finish(): Promise<JobResult> {
    this.order({ type: 'finish' });
    return this.result;
  }

  /** Ends the process if it still runs. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  private order(order: Order): void {
    this.child.send(order);
  }
}

/** Does a job that ends by itself. */
export async function runJob(job: Job): Promise<JobResult> {
  return new ClientRun(job).result;
}

/** Uses a job that goes on until `use` is done with it; the client ends then, also if `use` fails. */
export async function whileRunning(job: Job, use: (client: ClientRun) => Promise<void>): Promise<void> {
  const client = new ClientRun(job);
  try {
    await use(client);
  } finally {
    client.kill();
  }
}
