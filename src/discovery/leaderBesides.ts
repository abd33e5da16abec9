/** Asks whether a cluster works without this member, before it is given up for lost (--force-new-cluster). */
import type { ListedMember } from './beginning';
import { sleep, request, type Environment } from './environment';

export interface LeaderQuestion {
  /** As the data of this member have them. */
  readonly clusterId: string;
  readonly ownId: string;
  readonly members: readonly ListedMember[];
}

export interface LeaderBesides {
  /** The client URL that answered. */
  readonly server: string;
  readonly leaderId: string;
}

type Answer = LeaderBesides | 'election' | 'silence';

const REQUEST_TIMEOUT_MS = 2000;
/** A cluster whose leader has just ended has none for an election or two. */
const ROUNDS = 4;

/**
 * Asks the client URLs of all others at once; again, an election timeout later, while one of them is in an election or still holds
 * this member for the leader. Ends after some seconds at the latest. Who does not answer, or belongs to another cluster, does not count.
 * Rejects with the signal's reason if the process is asked to stop.
 *
 * @param electionTimeoutMs --election-timeout
 */
export async function leaderBesides(
  question: LeaderQuestion,
  electionTimeoutMs: number,
  environment: Environment,
): Promise<LeaderBesides | undefined> {
  const others = question.members.filter(({ id }) => id !== question.ownId);
  const servers = others.flatMap(({ clientURLs }) => clientURLs);
  for (let round = 1; ; round++) {
    const answers = await Promise.all(servers.map((server) => ask(server, question, environment)));
    const found = answers.find((answer) => typeof answer === 'object');
    if (found !== undefined) return found;
    if (round === ROUNDS || !answers.includes('election')) return undefined;
    await sleep(environment, electionTimeoutMs);
  }
}

async function ask(server: string, { clusterId, ownId }: LeaderQuestion, environment: Environment): Promise<Answer> {
  try {
    const { status, headers, text } = await request(environment, `${server}/v2/members/leader`, REQUEST_TIMEOUT_MS);
    if (headers['x-etcd-cluster-id'] !== clusterId) return 'silence';
    if (status === 503) return 'election';
    const leaderId = status === 200 ? idOf(JSON.parse(text)) : undefined;
    if (leaderId === undefined) return 'silence';
    return leaderId === ownId ? 'election' : { server, leaderId };
  } catch (error) {
    if (environment.signal.aborted) throw error;
    return 'silence';
  }
}

function idOf(value: unknown): string | undefined {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' && /^[0-9a-f]{1,16}$/.test(id) ? id : undefined;
}
