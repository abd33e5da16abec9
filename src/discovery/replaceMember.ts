import { JoinError, type ListedCluster, type ListedMember } from './beginning';
import { reasonOf, request, type Environment } from './environment';
import { Patience } from './patience';
import { askAny, findOwn, type FetchMembers } from './runningCluster';

const REQUEST_TIMEOUT_MS = 10_000;
const LONGEST_WAIT_MS = 2000;
const GONE = 410;

export interface ReplacementOptions {
  /** As it was listed when the place was looked for. */
  readonly cluster: ListedCluster;
  /** Undefined: only add. */
  readonly lost: ListedMember | undefined;
  /** Of the member to be added. */
  readonly peerURLs: readonly string[];
  readonly fetchMembers: FetchMembers;
  readonly environment: Environment;
}

/**
 * Removes the lost member, unless that was done before, and adds one with `peerURLs`, through the client API of whoever serves.
 * Tries for ever: the cluster may be without a leader for now, or may still be forming, without client URLs to ask. Both steps
 * may be repeated without harm. Answers the new member's id. Rejects with JoinError if another member has the URLs.
 */
export async function replaceMember(options: ReplacementOptions): Promise<string> {
  const { lost, peerURLs, environment } = options;
  const patience = new Patience(environment, LONGEST_WAIT_MS);
  let { cluster } = options;
  for (let attempt = 0; ; attempt++) {
    const others = cluster.members.filter(({ id }) => id !== lost?.id);
    const servers = others.flatMap(({ clientURLs }) => clientURLs);
    const server = servers[attempt % servers.length];
    try {
      if (server === undefined) throw new Error('no other member has published a client URL');
      if (lost !== undefined) await remove(environment, server, lost.id);
      return await add(environment, server, peerURLs);
    } catch (error) {
      if (environment.signal.aborted) throw error;
      const reason = reasonOf(error);
      patience.warn({ server, reason }, `taking a place in the cluster failed (${reason}); it will be tried again`);
      await patience.wait();
    }
    const urls = others.flatMap((member) => member.peerURLs).filter((url) => !peerURLs.includes(url));
    cluster = (await askAny(urls, options.fetchMembers)) ?? cluster;
    if (lost === undefined) refuseStarted(cluster, peerURLs);
  }
}

/** The listing at first was an old one, or somebody else has these URLs; to look again from the start is for the next run. */
function refuseStarted(cluster: ListedCluster, peerURLs: readonly string[]): void {
  const own = findOwn(cluster, peerURLs);
  if (own === undefined || own.name === '') return;
  throw new JoinError(
    `the cluster ${cluster.clusterId} has a member with the peer URL ${peerURLs.join(',')} already: ${own.id} (${own.name}); ` +
      'start this one again if that is itself, or correct --initial-advertise-peer-urls',
  );
}

async function remove(environment: Environment, server: string, id: string): Promise<void> {
  const { status } = await request(environment, `${server}/v2/members/${id}`, REQUEST_TIMEOUT_MS, { method: 'DELETE' });
  if ((status < 200 || status > 299) && status !== GONE) throw new Error(`removing ${id}: status ${status}`);
}

async function add(environment: Environment, server: string, peerURLs: readonly string[]): Promise<string> {
  const { status, text } = await request(environment, `${server}/v2/members`, REQUEST_TIMEOUT_MS, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ peerURLs }),
  });
  const added: unknown = status >= 200 && status <= 299 ? JSON.parse(text) : undefined;
  if (isAdded(added)) return added.id;
  // An attempt before this one was carried out although its answer was lost.
  const unstarted = await findUnstarted(environment, server, peerURLs);
  if (unstarted === undefined) throw new Error(`adding ${peerURLs.join(',')}: status ${status}`);
  return unstarted;
}

function isAdded(value: unknown): value is { readonly id: string } {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}

async function findUnstarted(
  environment: Environment,
  server: string,
  peerURLs: readonly string[],
): Promise<string | undefined> {
  const { text } = await request(environment, `${server}/v2/members`, REQUEST_TIMEOUT_MS);
  const { members } = JSON.parse(text) as { members: readonly ListedMember[] };
  return members.find((member) => member.name === '' && member.peerURLs.some((url) => peerURLs.includes(url)))?.id;
}
