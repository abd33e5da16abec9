import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ListedMember, SelfStats } from './bodies';
import { Child } from './child';
import type { ExitStatus } from './child';
import { call } from './httpClient';
import type { Answer } from './httpClient';
import { until } from './waiting';

export type Program = 'cairn' | 'etcd';

export const ENTRY = process.env['CAIRN_ENTRY'] ?? join(resolve(__dirname, '../..'), 'dist/cairn.js');
const HEALTHY_WITHIN_MS = 60_000;

export interface MemberPlace {
  readonly program: Program;
  readonly name: string;
  readonly directory: string;
  readonly clientPort: number;
  /** Where it listens for the others. */
  readonly peerPort: number;
  /** What it tells the others; not `peerPort` if a proxy is in between. */
  readonly peerUrl: string;
  /** What it speaks with clients: http if nothing is said. What it speaks with the others, `peerUrl` says. */
  readonly clientScheme?: 'http' | 'https';
}

/** One member of a cluster under test: its place stays the same while its processes come and go. */
export class ClusterMember {
  private child: Child | undefined;
  /** The program that is started next, if it is not the one that was built. */
  entry: string | undefined;
  private lastArguments: readonly string[] = [];
  /** A command that becomes the program (`exec "$@"`), with other limits or another standard error perhaps; from the next start on. */
  startedBy: readonly string[] = [];

  constructor(readonly place: MemberPlace) {}

  get name(): string {
    return this.place.name;
  }

  get clientPort(): number {
    return this.place.clientPort;
  }

  get clientUrl(): string {
    return `${this.place.clientScheme ?? 'http'}://127.0.0.1:${this.clientPort}`;
  }

  get dataDir(): string {
    return join(this.place.directory, `${this.name}.data`);
  }

  get logFile(): string {
    return join(this.place.directory, `${this.name}.log`);
  }

  get isRunning(): boolean {
    return this.child?.isRunning() ?? false;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves when the process that was started last ends. */
  get exited(): Promise<ExitStatus> {
    if (this.child === undefined) throw new Error(`${this.name} was never started`);
    return this.child.exited;
  }

  /** Starts a process; does not wait for anything. Without arguments: as it was started last. */
  start(moreArguments: readonly string[] = this.lastArguments): void {
    if (this.isRunning) throw new Error(`${this.name} runs already`);
    this.lastArguments = moreArguments;
    const { program, name, peerPort, peerUrl } = this.place;
    const { clientUrl } = this;
    const own = [
      ...['--name', name, '--data-dir', this.dataDir],
      ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
      ...[
        '--listen-peer-urls',
        `${new URL(peerUrl).protocol}//127.0.0.1:${peerPort}`,
        '--initial-advertise-peer-urls',
        peerUrl,
      ],
    ];
    const command =
      program === 'cairn' ? [process.execPath, this.entry ?? ENTRY] : ['etcd', '--enable-v2=true', '--logger=zap'];
    this.child = new Child([...this.startedBy, ...command, ...own, ...moreArguments], this.logFile);
  }

  async healthy(limitMs = HEALTHY_WITHIN_MS): Promise<void> {
    await until(`${this.name} is healthy`, limitMs, async () => {
      if (!this.isRunning) throw new Error(`it ended:\n${this.logs().slice(-2000)}`);
      return (await this.get('/health', 2000)).status === 200 || undefined;
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.signal(signal);
  }

  async kill(): Promise<void> {
    await this.child?.kill();
  }

  async stop(): Promise<ExitStatus | undefined> {
    return this.child?.stop();
  }

  deleteData(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Everything its processes wrote. */
  logs(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  get(target: string, timeoutMs?: number): Promise<Answer> {
    return call(this.clientPort, { method: 'GET', target }, timeoutMs);
  }

  put(key: string, value: string, timeoutMs?: number): Promise<Answer> {
    return call(this.clientPort, { method: 'PUT', target: `/v2/keys${key}`, form: { value } }, timeoutMs);
  }

  /** The value of a key in this member's own tree, or by a linearizable read. */
  async value(key: string, query = ''): Promise<string | undefined> {
    return JSON.parse((await this.get(`/v2/keys${key}${query}`)).text).node?.value;
  }

  /** From /v2/stats/self. */
  async self(): Promise<SelfStats> {
    return JSON.parse((await this.get('/v2/stats/self', 2000)).text) as SelfStats;
  }

  async members(): Promise<readonly ListedMember[]> {
    return JSON.parse((await this.get('/v2/members', 5000)).text).members;
  }

  async id(): Promise<string> {
    return (await this.self()).id;
  }

  async clusterId(): Promise<string> {
    return String((await this.get('/v2/members', 5000)).headers['x-etcd-cluster-id']);
  }
}

/** Why Cairn cannot be started here; undefined if it can. */
export function whyNoCairn(): string | undefined {
  return existsSync(ENTRY) ? undefined : `${ENTRY} is missing: run npm run build first`;
}
