import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterMember } from './clusterMember';
import type { Program } from './clusterMember';
import { call, closeConnections } from './httpClient';
import { stablePort } from '../support/ports';
import { until } from './waiting';

export interface ClusterOptions {
  readonly program?: Program;
  readonly size?: number;
  /** After the flags of every member. */
  readonly moreArguments?: readonly string[];
  /** Quick elections, unless `moreArguments` brings its own. */
  readonly heartbeatIntervalMs?: number;
  readonly electionTimeoutMs?: number;
  /** Where the peers of a member reach it, given the port it listens on; that port itself if absent. */
  /** https: `speakTls` (httpClient.ts) says how the ports are asked. */
  readonly clientScheme?: 'http' | 'https';
  readonly peerScheme?: 'http' | 'https';
  readonly peerUrlFor?: (name: string, peerPort: number) => Promise<string>;
}

const FORMS_WITHIN_MS = 60_000;
const CHANGED_WITHIN_MS = 60_000;
/** Of a change that was on its way to a leader that is gone: it may have been carried out. */
const UNKNOWN_FATE = 500;
const directories = new Set<string>();

// Whoever ends before tidying up, by a signal perhaps, leaves nothing behind. The members are dead by now: see child.ts.
process.on('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});

/** Members on ports of 127.0.0.1, with their data and logs in one temporary directory. */
export class Cluster {
  readonly members: ClusterMember[] = [];
  readonly directory = mkdtempSync(join(tmpdir(), 'cluster-test-'));

  private constructor(private readonly options: ClusterOptions) {
    directories.add(this.directory);
  }

  /** Ports and names for all members; none is started. */
  static async place(options: ClusterOptions = {}): Promise<Cluster> {
    const cluster = new Cluster(options);
    for (let number = 1; number <= (options.size ?? 3); number++) await cluster.makePlace(`m${number}`);
    return cluster;
  }

  /** Starts all members at once and waits until each is healthy and knows all client URLs, and votes. */
  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const cluster = await Cluster.place(options);
    for (const member of cluster.members) member.start(cluster.argumentsFor());
    await cluster.healthy();
    return cluster;
  }

  /** As --initial-cluster wants it. */
  initialCluster(members: readonly ClusterMember[] = this.members): string {
    return members.map(({ place }) => `${place.name}=${place.peerUrl}`).join(',');
  }

  argumentsFor(members = this.members, ...more: readonly string[]): string[] {
    const { heartbeatIntervalMs = 20, electionTimeoutMs = 200, moreArguments = [] } = this.options;
    return [
      ...['--initial-cluster', this.initialCluster(members)],
      ...['--heartbeat-interval', String(heartbeatIntervalMs), '--election-timeout', String(electionTimeoutMs)],
      ...moreArguments,
      ...more,
    ];
  }

  /** Ports and a name for one more member, which is not started or told to anyone. */
  async makePlace(name: string): Promise<ClusterMember> {
    const clientPort = await stablePort();
    const peerPort = await stablePort();
    const { program = 'cairn', peerUrlFor, clientScheme = 'http', peerScheme = 'http' } = this.options;
    const peerUrl = (await peerUrlFor?.(name, peerPort)) ?? `${peerScheme}://127.0.0.1:${peerPort}`;
    const { directory } = this;
    const member = new ClusterMember({ program, name, directory, clientPort, peerPort, peerUrl, clientScheme });
    this.members.push(member);
    return member;
  }

  async healthy(members: readonly ClusterMember[] = this.members, limitMs = FORMS_WITHIN_MS): Promise<void> {
    await Promise.all(members.map((member) => member.healthy(limitMs)));
    await until('all members are published', limitMs, async () => {
      const lists = await Promise.all(members.map((member) => member.members()));
      const isComplete = lists.every((list) => list.length >= members.length && list.every(({ name }) => name !== ''));
      return isComplete || undefined;
    });
    if (this.options.program === 'etcd') return;
    await until('all members vote', limitMs, async () => {
      const answers = await Promise.all(members.map((member) => member.get('/readyz')));
      return answers.every(({ status }) => status === 200) || undefined;
    });
  }

  /** The running member that says it leads, once there is one and the others agree. */
  leader(limitMs = 10_000): Promise<ClusterMember> {
    return until('there is one leader', limitMs, async () => {
      const running = this.members.filter(({ isRunning }) => isRunning);
      const facts = await Promise.all(running.map((member) => member.self().catch(() => undefined)));
      const leaderIds = new Set(facts.flatMap((self) => (self === undefined ? [] : [self.leaderInfo.leader])));
      const position = facts.findIndex((self) => self?.state === 'StateLeader');
      return leaderIds.size === 1 && position >= 0 ? running[position] : undefined;
    });
  }

  async followers(): Promise<readonly ClusterMember[]> {
    const leader = await this.leader();
    return this.members.filter((member) => member !== leader && member.isRunning);
  }

  /** POST /v2/members at `through`, again where its fate is not known; answers the new id. */
  async add(through: ClusterMember, added: ClusterMember): Promise<string> {
    const { peerUrl } = added.place;
    const answer = await until(`${peerUrl} is added or refused`, CHANGED_WITHIN_MS, async () => {
      const json = { peerURLs: [peerUrl] };
      const { status, text } = await call(through.clientPort, { method: 'POST', target: '/v2/members', json });
      if (status !== UNKNOWN_FATE) return { status, text };
      const listed = (await through.members()).find(({ peerURLs }) => peerURLs.includes(peerUrl));
      return listed && { status: 201, text: JSON.stringify(listed) };
    });
    if (answer.status !== 201) throw new Error(`adding a member: ${answer.status} ${answer.text}`);
    return (JSON.parse(answer.text) as { id: string }).id;
  }

  /** DELETE /v2/members/ID; the status. */
  async remove(through: ClusterMember, id: string): Promise<number> {
    return (await call(through.clientPort, { method: 'DELETE', target: `/v2/members/${id}` })).status;
  }

  /** Kills what runs and deletes everything. */
  async end(): Promise<void> {
    await this.killAll();
    directories.delete(this.directory);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Logs and data outlive this process. */
  keepFiles(): void {
    directories.delete(this.directory);
  }

  /** SIGKILL to all members in one instant. */
  async killAll(): Promise<void> {
    for (const member of this.members) member.signal('SIGKILL');
    await Promise.all(this.members.map((member) => member.kill()));
    closeConnections();
  }
}
