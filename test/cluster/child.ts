import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process whose output goes to a file. It is killed when this process ends. */
export class Child {
  readonly exited: Promise<ExitStatus>;
  private readonly process: ChildProcess;

  constructor(
    command: readonly string[],
    private readonly logFile: string,
  ) {
    const [program = '', ...rest] = command;
    const log = openSync(logFile, 'a');
    const child = spawn(program, rest, { stdio: ['ignore', log, log] });
    closeSync(log);
    running.add(child);
    this.process = child;
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        running.delete(child);
        resolve({ code, signal });
      });
    });
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  isRunning(): boolean {
    return running.has(this.process);
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** SIGKILL, which also ends a stopped process. */
  async kill(): Promise<ExitStatus> {
    this.process.kill('SIGKILL');
    return this.exited;
  }

  /** SIGTERM, and SIGKILL if it has not ended within `graceMs`. */
  async stop(graceMs = 10_000): Promise<ExitStatus> {
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), graceMs);
    const status = await this.exited;
    clearTimeout(timer);
    return status;
  }

  /** What it and earlier processes with the same file wrote. */
  logs(): string {
    return readFileSync(this.logFile, 'utf8');
  }
}
