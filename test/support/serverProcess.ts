import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stablePort } from './ports';
import { send } from './exchange';

export type Program = 'cairn' | 'etcd';

export interface ServerOptions {
  /** Member name; `default` if absent. */
  readonly name?: string;
  /** Kept when the server stops; without it a directory is made, and removed by `remove()`. */
  readonly dataDir?: string;
  readonly clientPort?: number;
  readonly peerPort?: number;
  /** `name=peerURL,...`; the member alone if absent. */
  readonly initialCluster?: string;
  readonly moreArguments?: readonly string[];
  /** `cairn COMMAND` instead of a member; for Cairn only. */
  readonly command?: 'discovery';
  readonly environment?: Readonly<Record<string, string>>;
  /** How many descriptors the process may have open. */
  readonly openFilesMax?: number;
  /** How long /health may take to say 200; 15,000 if absent. 0: do not wait. */
  readonly readyWithinMs?: number;
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const ROOT = resolve(__dirname, '../..');
const LOG_LIMIT_BYTES = 4 * 1024 * 1024;
/** Ends what does not come up: a start takes seconds, and on a busy machine more. */
const READY_WITHIN_MS = 60_000;
const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The Node and the program that are Cairn: of this directory and process, unless CAIRN_ENTRY and CAIRN_NODE name others. */
export function cairnCommand(): [node: string, entry: string] {
  return [process.env['CAIRN_NODE'] ?? process.execPath, process.env['CAIRN_ENTRY'] ?? join(ROOT, 'dist/cairn.js')];
}

/** Why servers of this kind cannot be started here, in a sentence; undefined if they can. */
export function whyMissing(program: Program): string | undefined {
  if (program === 'cairn')
    return existsSync(cairnCommand()[1]) ? undefined : 'dist/cairn.js is missing: run npm run build first';
  return spawnSync('etcd', ['--version']).status === 0 ? undefined : 'etcd (3.4, with the v2 API) is not installed';
}

/** One server process of either kind, started on ports of 127.0.0.1. */
export class ServerProcess {
  private output: Buffer[] = [];
  private outputBytes = 0;

  private constructor(
    readonly program: Program,
    readonly clientPort: number,
    readonly peerPort: number,
    readonly dataDir: string,
    private readonly options: ServerOptions,
    private readonly child: ChildProcess,
    private readonly exited: Promise<ExitStatus>,
  ) {
    const collect = (data: Buffer) => this.collect(data);
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
  }

  /** Starts a server and waits until GET /health answers 200. Throws, with the log, if it does not come up in time. */
  static async start(program: Program, options: ServerOptions = {}): Promise<ServerProcess> {
    const missing = whyMissing(program);
    if (missing !== undefined) throw new Error(missing);
    const clientPort = options.clientPort ?? (await stablePort());
    const peerPort = options.peerPort ?? (await stablePort());
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), `${program}-test-`));
    const line = commandLine(program, options, { clientPort, peerPort, dataDir });
    const [command, ...rest] = options.openFilesMax === undefined ? line : limited(line, options.openFilesMax);
    const child = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
    });
    running.add(child);
    const exited = new Promise<ExitStatus>((done) => {
      child.once('exit', (code, signal) => {
        running.delete(child);
        done({ code, signal });
      });
    });
    const server = new ServerProcess(program, clientPort, peerPort, dataDir, options, child, exited);
    await server.untilHealthy(options.readyWithinMs ?? READY_WITHIN_MS);
    return server;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get clientUrl(): string {
    return `http://127.0.0.1:${this.clientPort}`;
  }

  /** What it wrote to stdout and stderr, the latest 4 MiB. */
  logs(): string {
    return Buffer.concat(this.output).toString('utf8');
  }

  isRunning(): boolean {
    return running.has(this.child);
  }

  whenExited(): Promise<ExitStatus> {
    return this.exited;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** SIGTERM, and SIGKILL if that is not enough within `graceMs`. */
  async stop(graceMs = 10_000): Promise<ExitStatus> {
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
    const status = await this.exited;
    clearTimeout(timer);
    return status;
  }

  /** SIGKILL: no time to tidy up. */
  async kill(): Promise<ExitStatus> {
    this.child.kill('SIGKILL');
    return this.exited;
  }

  /** Starts the same member again on the same ports and data. The process must have ended. */
  async startAgain(): Promise<ServerProcess> {
    return ServerProcess.start(this.program, {
      ...this.options,
      clientPort: this.clientPort,
      peerPort: this.peerPort,
      dataDir: this.dataDir,
    });
  }

  /** Ends the process if need be and deletes its data. */
  async remove(): Promise<void> {
    if (this.isRunning()) await this.kill();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Resolves when the cluster knows this member's name: from then on only requests take indexes. Healthy it is a moment before. */
  async untilPublished(): Promise<void> {
    const members = async (): Promise<string> =>
      (await send(this.clientPort, { method: 'GET', target: '/v2/members', headers: [] }, 2000)).body;
    const deadline = Date.now() + 60_000;
    while (!(await members()).includes(`"name":"${this.options.name ?? 'default'}"`)) {
      if (Date.now() > deadline) throw new Error(`${this.program} did not publish its name:\n${this.logs()}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  private async untilHealthy(withinMs: number): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (Date.now() < deadline) {
      if (!this.isRunning()) throw new Error(`${this.program} ended while starting:\n${this.logs()}`);
      if (await this.isHealthy()) return;
      await new Promise((done) => setTimeout(done, 20));
    }
    if (withinMs === 0) return;
    await this.kill();
    throw new Error(`${this.program} was not healthy within ${withinMs} ms:\n${this.logs()}`);
  }

  private async isHealthy(): Promise<boolean> {
    try {
      return (await send(this.clientPort, { method: 'GET', target: '/health', headers: [] }, 2000)).status === 200;
    } catch {
      return false;
    }
  }

  private collect(data: Buffer): void {
    this.output.push(data);
    this.outputBytes += data.length;
    while (this.outputBytes > LOG_LIMIT_BYTES) this.outputBytes -= this.output.shift()?.length ?? this.outputBytes;
  }
}

function limited(line: readonly string[], openFilesMax: number): [command: string, ...rest: string[]] {
  return ['sh', '-c', `ulimit -n ${openFilesMax} && exec "$@"`, 'sh', ...line];
}

function commandLine(
  program: Program,
  options: ServerOptions,
  place: { clientPort: number; peerPort: number; dataDir: string },
): [command: string, ...rest: string[]] {
  const name = options.name ?? 'default';
  const clientUrl = `http://127.0.0.1:${place.clientPort}`;
  const peerUrl = `http://127.0.0.1:${place.peerPort}`;
  const common = [
    ...['--name', name, '--data-dir', place.dataDir],
    ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
    ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
    ...['--initial-cluster', options.initialCluster ?? `${name}=${peerUrl}`],
    ...(options.moreArguments ?? []),
  ];
  return program === 'cairn'
    ? [...cairnCommand(), ...(options.command === undefined ? [] : [options.command]), ...common]
    : ['etcd', '--enable-v2=true', '--logger=zap', ...common];
}
