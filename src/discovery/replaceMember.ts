import { AlreadyRunningError, JoinError, type ListedCluster, type ListedMember } from './beginning';
import type { Environment } from './environment';
import { reasonOf } from '../platform/networkError';
import type { MembersApi } from './membersApi';
import { MemberServers, NotServedError, WillNotError, type MemberServer } from './memberServers';
import { Retry } from './retry';
import { askAny, findOwn, ofCluster, type FetchMembers } from './runningCluster';

const LONGEST_WAIT_MS = 2000;
/** A leader hears nothing of a member that has just ended for so many election timeouts before it knows. */
const ELECTION_TIMEOUTS_MAX = 3;
const SPARE_MS = 2000;

export interface ReplacementOptions {
  /** As it was listed when the place was looked for. */
  readonly cluster: ListedCluster;
  /** Undefined: only add. */
  readonly lost: ListedMember | undefined;
  /** Of the member to be added. */
  readonly peerURLs: readonly string[];
  /** --election-timeout. */
  readonly electionTimeoutMs: number;
  readonly fetchMembers: FetchMembers;
  readonly members: Pick<MembersApi, 'removeLost' | 'add'>;
  /** What this directory notes of it; absent: nothing. */
  readonly note?: { write(clusterId: string): Promise<void>; remove(): Promise<void> };
  readonly environment: Environment;
}

/**
 * Removes the lost member, unless that was done before, and adds one with `peerURLs`, through the peer or client port of whoever serves.
 * Tries for ever: the cluster may be without a leader for now, or may still be forming, without client URLs to ask, or an operator has to
 * make the place. Both steps may be repeated without harm. Answers the new member's id. Rejects with AlreadyRunningError if the leader goes on hearing from
 * the member that is said to be lost, and with JoinError if another member has the URLs.
 */
export async function replaceMember(options: ReplacementOptions): Promise<string> {
  const { lost, peerURLs, electionTimeoutMs, environment, members } = options;
  const retry = new Retry(environment, LONGEST_WAIT_MS);
  let { cluster } = options;
  /** For how long it has waited since it was told for the first time that the lost member runs. */
  let runningForMs: number | undefined;
  const servers = new MemberServers();
  for (;;) {
    const others = cluster.members.filter(({ id }) => id !== lost?.id);
    const server = servers.next(others);
    const isListed = cluster.members.some(({ id }) => id === lost?.id);
    try {
      if (server === undefined) throw new Error('no other member has published a client URL');
      const outcome = lost === undefined || !isListed ? 'removed' : await remove(options, server, lost);
      if (outcome === 'removed') return await members.add(server, peerURLs);
      if (lost !== undefined && (runningForMs ?? 0) > ELECTION_TIMEOUTS_MAX * electionTimeoutMs + SPARE_MS) {
        throw new AlreadyRunningError(lost, peerURLs);
      }
      runningForMs ??= 0;
      servers.answered(server);
      retry.info(
        { member: lost?.id },
        'the leader hears from the member whose place this one takes; waiting until it does not',
      );
    } catch (error) {
      if (environment.signal.aborted || error instanceof AlreadyRunningError) throw error;
      if (servers.isRefusal(server, error)) continue;
      runningForMs = undefined;
      const reason = reasonOf(error);
      retry.warn(
        { server: server?.url, reason },
        `taking a place in the cluster failed (${reason}); it will be tried again`,
      );
    }
    const waitedMs = await retry.wait();
    if (runningForMs !== undefined) runningForMs += waitedMs;
    const urls = others.flatMap((member) => member.peerURLs).filter((url) => !peerURLs.includes(url));
    // Another cluster may be at one of these URLs by now: nothing of it is to be changed.
    const ofThisCluster = async (url: string): Promise<ListedCluster> =>
      ofCluster(options.cluster.clusterId, await options.fetchMembers(url));
    cluster = (await askAny(urls, ofThisCluster)) ?? cluster;
    refuseStarted(cluster, lost, peerURLs);
  }
}

/**
 * It is noted before it is asked for: who is cut off then has a place to come back to. Not any more where it was refused: who gives up then left none.
 */
async function remove(
  { cluster, members, note }: ReplacementOptions,
  server: MemberServer,
  lost: ListedMember,
): Promise<'removed' | 'running'> {
  await note?.write(cluster.clusterId);
  try {
    const outcome = await members.removeLost(server, lost.id);
    if (outcome === 'running') await note?.remove();
    return outcome;
  } catch (error) {
    if (error instanceof NotServedError || error instanceof WillNotError) await note?.remove();
    throw error;
  }
}

/**
 * The listing at first was an old one, somebody else has these URLs, or another process took the lost member's place and runs: to
 * look again from the start is for the next run.
 */
function refuseStarted(cluster: ListedCluster, lost: ListedMember | undefined, peerURLs: readonly string[]): void {
  const own = findOwn(cluster, { peerURLs });
  if (own === undefined || own.name === '' || own.id === lost?.id) return;
  throw new JoinError(
    `the cluster ${cluster.clusterId} has a member with the peer URL ${peerURLs.join(',')} already: ${own.id} (${own.name}); ` +
      'start this one again if that is itself, or correct --initial-advertise-peer-urls',
  );
}
