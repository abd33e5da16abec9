import type { ListedCluster, ListedMember } from './beginning';

const RETRY_MS = 1000;
const REQUEST_TIMEOUT_MS = 10_000;
const GONE = 410;

/**
 * Removes the lost member, unless that was done before, and adds one with `peerURLs`, through the client API of whoever serves.
 * Tries for ever: the cluster may be without a leader for now. Both steps may be repeated without harm. Answers the new
 * member's id.
 */
export async function replaceMember(
  cluster: ListedCluster,
  lost: ListedMember | undefined,
  peerURLs: readonly string[],
  log: (fields: object, message: string) => void,
  sleep: (delayMs: number) => Promise<void>,
): Promise<string> {
  const servers = cluster.members.filter((member) => member !== lost).flatMap(({ clientURLs }) => clientURLs);
  for (let attempt = 0; ; attempt++) {
    const server = servers[attempt % servers.length];
    try {
      if (server === undefined) throw new Error('no other member has published a client URL');
      if (lost !== undefined) await remove(server, lost.id);
      return await add(server, peerURLs);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log({ server, reason }, 'taking the old place in the cluster failed; it will be tried again');
      await sleep(RETRY_MS);
    }
  }
}

async function remove(server: string, id: string): Promise<void> {
  const response = await request(`${server}/v2/members/${id}`, { method: 'DELETE' });
  if (!response.ok && response.status !== GONE) throw new Error(`removing ${id}: status ${response.status}`);
}

async function add(server: string, peerURLs: readonly string[]): Promise<string> {
  const response = await request(`${server}/v2/members`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ peerURLs }),
  });
  if (response.ok) return ((await response.json()) as { id: string }).id;
  // An attempt before this one was carried out although its answer was lost.
  const unstarted = await findUnstarted(server, peerURLs);
  if (unstarted === undefined) throw new Error(`adding ${peerURLs.join(',')}: status ${response.status}`);
  return unstarted;
}

async function findUnstarted(server: string, peerURLs: readonly string[]): Promise<string | undefined> {
  const response = await request(`${server}/v2/members`, {});
  const { members } = (await response.json()) as { members: readonly ListedMember[] };
  return members.find((member) => member.name === '' && member.peerURLs.some((url) => peerURLs.includes(url)))?.id;
}

function request(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
}
