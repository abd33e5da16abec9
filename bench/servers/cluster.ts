import { stablePort } from '../../test/support/ports';
import { fetchText } from '../../test/support/exchange';
import { ServerProcess } from '../../test/support/serverProcess';
import type { Program } from '../../test/support/serverProcess';
import { pause, until } from '../pause';
import { freshDirectory } from './scratch';

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 60_000;
const CHANGE_WITHIN_MS = 30_000;

interface Place {
  readonly name: string;
  readonly clientPort: number;
  readonly peerPort: number;
}

/** Members of one program on this machine, started together. */
export class Cluster {
  private constructor(
    readonly program: Program,
    private running: ServerProcess[],
    private readonly moreArguments: readonly string[],
    private readonly names: Map<ServerProcess, string>,
  ) {}

  /** Starts a new cluster and waits until every member is healthy. */
  static async start(program: Program, size: number, moreArguments: readonly string[] = []): Promise<Cluster> {
    const places = await findPlaces(Array.from({ length: size }, (_, index) => `m${index + 1}`));
    const initialCluster = places.map((place) => `${place.name}=http://127.0.0.1:${place.peerPort}`).join(',');
    const members = await Promise.all(
      places.map((place) => startMember(program, place, { initialCluster, moreArguments })),
    );
    const names = new Map(members.map((member, index) => [member, `m${index + 1}`]));
    return new Cluster(program, members, moreArguments, names);
  }

  get members(): readonly ServerProcess[] {
    return this.running;
  }

  /** Process ids of the members that run. */
  get pids(): readonly number[] {
    return this.running.flatMap((member) => (member.isRunning() ? (member.pid ?? []) : []));
  }

  /** The member that leads, waiting for an election if need be. */
  async leader(): Promise<ServerProcess> {
    return until('a leader', READY_WITHIN_MS, async () => {
      for (const member of this.running) if (await isLeader(member)) return member;
      return undefined;
    });
  }

  /** A member that does not lead. */
  async follower(): Promise<ServerProcess> {
    const leader = await this.leader();
    const follower = this.running.find((member) => member !== leader && member.isRunning());
    if (follower === undefined) throw new Error('there is no follower');
    return follower;
  }

  /** Starts a member that is down again on its data, with more flags; resolves when it is healthy. */
  async startAgain(member: ServerProcess, moreArguments: readonly string[] = []): Promise<ServerProcess> {
    const again = await ServerProcess.start(this.program, {
      ...memberOptions([...this.moreArguments, ...moreArguments]),
      name: this.nameOf(member),
      dataDir: member.dataDir,
      clientPort: member.clientPort,
      peerPort: member.peerPort,
      initialCluster: this.peerList(),
      readyWithinMs: 5 * READY_WITHIN_MS,
    });
    this.exchange(member, again, this.nameOf(member));
    return again;
  }

  /**
   * Takes a member out of the cluster for good and lets an empty one join in its place, so that it has to receive
   * everything. Resolves once the process runs; it is not ready then.
   */
  async replace(member: ServerProcess): Promise<ServerProcess> {
    const leader = await this.leader();
    const name = `new-${this.nameOf(member)}`;
    const [place] = await findPlaces([name]);
    if (place === undefined) throw new Error('no place for a new member');
    const peerUrl = `http://127.0.0.1:${place.peerPort}`;
    const id = await memberId(leader, member);
    await member.kill();
    const members = `${leader.clientUrl}/v2/members`;
    await accept(await fetch(`${members}/${id}`, { method: 'DELETE', signal: AbortSignal.timeout(CHANGE_WITHIN_MS) }));
    const body = JSON.stringify({ peerURLs: [peerUrl] });
    const headers = { 'Content-Type': 'application/json' };
    await accept(
      await fetch(members, { method: 'POST', body, headers, signal: AbortSignal.timeout(CHANGE_WITHIN_MS) }),
    );
    const others = this.peerList((each) => each !== member);
    const replacement = await startMember(this.program, place, {
      initialCluster: `${others},${place.name}=${peerUrl}`,
      moreArguments: [...this.moreArguments, '--initial-cluster-state', 'existing'],
      readyWithinMs: 0,
    });
    this.exchange(member, replacement, name);
    return replacement;
  }

  /** SIGTERM and wait; the data stays. */
  async stop(member: ServerProcess): Promise<void> {
    await member.stop(STOP_WITHIN_MS);
  }

  /** Kills all members and deletes their data. */
  async remove(): Promise<void> {
    await Promise.all(this.running.map((member) => member.remove()));
  }

  private peerList(keep: (member: ServerProcess) => boolean = () => true): string {
    return this.running
      .filter(keep)
      .map((member) => `${this.nameOf(member)}=http://127.0.0.1:${member.peerPort}`)
      .join(',');
  }

  private nameOf(member: ServerProcess): string {
    const name = this.names.get(member);
    if (name === undefined) throw new Error('not a member of this cluster');
    return name;
  }

  private exchange(member: ServerProcess, replacement: ServerProcess, name: string): void {
    this.running = this.running.map((each) => (each === member ? replacement : each));
    this.names.set(replacement, name);
  }
}

/** Runs `use` with a fresh cluster and removes it afterwards, also if `use` fails. */
export async function withCluster(
  program: Program,
  size: number,
  moreArguments: readonly string[],
  use: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = await Cluster.start(program, size, moreArguments);
  try {
    await use(cluster);
  } finally {
    await cluster.remove();
    await pause(200);
  }
}

/** Ports are free one by one, so the same may come twice; a set of them does not hold it twice. */
async function findPlaces(names: readonly string[]): Promise<readonly Place[]> {
  const found = new Set<number>();
  while (found.size < 2 * names.length) found.add(await stablePort());
  const ports = [...found];
  return names.map((name, index) => {
    const [clientPort, peerPort] = ports.slice(2 * index, 2 * index + 2);
    if (clientPort === undefined || peerPort === undefined) throw new Error('no free port');
    return { name, clientPort, peerPort };
  });
}

/** Logs of both programs say errors only: writing log lines is no part of what is compared. */
function memberOptions(moreArguments: readonly string[]): { moreArguments: readonly string[] } {
  return { moreArguments: ['--log-level', 'error', ...moreArguments] };
}

async function startMember(
  program: Program,
  place: Place,
  options: { initialCluster: string; moreArguments: readonly string[]; readyWithinMs?: number },
): Promise<ServerProcess> {
  return ServerProcess.start(program, {
    ...place,
    dataDir: freshDirectory(program),
    readyWithinMs: options.readyWithinMs ?? READY_WITHIN_MS,
    initialCluster: options.initialCluster,
    ...memberOptions(options.moreArguments),
  });
}

async function isLeader(member: ServerProcess): Promise<boolean> {
  if (!member.isRunning()) return false;
  try {
    const answer = await fetchText(member.clientPort, 'GET', '/v2/stats/self');
    return (JSON.parse(answer.body) as { state: string }).state === 'StateLeader';
  } catch {
    return false;
  }
}

async function memberId(asked: ServerProcess, wanted: ServerProcess): Promise<string> {
  const answer = await fetchText(asked.clientPort, 'GET', '/v2/members');
  const { members } = JSON.parse(answer.body) as { members: { id: string; clientURLs: string[] }[] };
  const found = members.find((each) => each.clientURLs.includes(wanted.clientUrl));
  if (found === undefined) throw new Error(`no member with ${wanted.clientUrl} in ${answer.body}`);
  return found.id;
}

async function accept(response: Response): Promise<void> {
  const body = await response.text();
  if (!response.ok) throw new Error(`change of the members refused: ${response.status} ${body}`);
}
