/** Runs Debian's etcdctl (3.4) with the v2 API against one server. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { until } from '../cluster/waiting';

const LIMIT_MS = 10_000;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why the tests cannot run, in a sentence; undefined if they can. */
export function whyNoEtcdctl(): string | undefined {
  const version = spawnSync('etcdctl', ['--version'], { env: environment(''), encoding: 'utf8' });
  return version.status === 0 && version.stdout.includes('API version: 2')
    ? undefined
    : 'etcdctl with the v2 API (Debian package etcd-client, 3.4) is not installed';
}

/** A command that is still running: a watch, for example. */
export class RunningEtcdctl {
  private stdout = '';
  private stderr = '';
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly ended: Promise<number | null>;

  constructor(
    clientUrl: string,
    commandLine: readonly string[],
    stdin = '',
    moreEnvironment: Readonly<Record<string, string>> = {},
  ) {
    const env = { ...environment(clientUrl), ...moreEnvironment };
    this.child = spawn('etcdctl', commandLine, { env, timeout: LIMIT_MS });
    this.child.stdout.on('data', (data: Buffer) => (this.stdout += data.toString('utf8')));
    this.child.stderr.on('data', (data: Buffer) => (this.stderr += data.toString('utf8')));
    // It may end without reading what it is given.
    this.child.stdin.on('error', () => undefined);
    this.child.stdin.end(stdin);
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  output(): string {
    return this.stdout;
  }

  /** Waits until it has written `lines` whole lines; throws if it has not after ten seconds. */
  async untilLines(lines: number): Promise<void> {
    const areWritten = (): boolean => this.stdout.split('\n').length > lines;
    await until(`${lines} lines are written`, LIMIT_MS, areWritten).catch((error: unknown) => {
      throw new Error(`${String(error)}; only this was written: ${this.stdout}${this.stderr}`);
    });
  }

  async outcome(): Promise<Outcome> {
    const code = await this.ended;
    return { code, stdout: this.stdout, stderr: this.stderr };
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** Runs a command to its end. */
export function runEtcdctl(clientUrl: string, commandLine: readonly string[]): Promise<Outcome> {
  return new RunningEtcdctl(clientUrl, commandLine).outcome();
}

function environment(clientUrl: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], ETCDCTL_API: '2', ETCDCTL_ENDPOINTS: clientUrl };
}
