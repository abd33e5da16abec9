/** A cluster that runs already: asking who its members are, and getting in. */
import { JoinError, NoRoomError, type Beginning, type ListedCluster, type ListedMember } from './beginning';
import { hasTlsFailure, tlsReasonsOf } from '../platform/networkError';
import type { Environment } from './environment';
import { Retry } from './retry';

/** Asks the member behind a peer URL; rejects if it does not answer within a short time. */
export type FetchMembers = (peerURL: string) => Promise<ListedCluster>;

export interface EntryOptions {
  /** This member's. */
  readonly peerURLs: readonly string[];
  /** The id under which an earlier run began to join; it ended before it was sent the state. */
  readonly unfinishedId: string | undefined;
  /** A member whose data is lost takes its old place by itself. */
  readonly autoRejoin: boolean;
  /** Puts a new member in the place of a lost one, if it is still listed; answers the new one's id. Tries until it succeeds. */
  readonly replaceMember: (cluster: ListedCluster, lost: ListedMember | undefined) => Promise<string>;
  readonly log: (fields: object, message: string) => void;
  /** Whether a listed member without a name was never started (unstarted.ts); absent: what the list says is believed. */
  readonly isUnstarted?: (cluster: ListedCluster, own: ListedMember) => Promise<boolean>;
  /** Whether the cluster has room for one more; absent: it has. */
  readonly hasRoom?: (cluster: ListedCluster) => Promise<boolean>;
}

/** What is the matter with TLS of those who are there. */
export interface TlsTrouble {
  /** What each says of itself, once; at least one. */
  readonly reasons: readonly string[];
  /** No time mends one of them at least; the others may only have been ending. */
  readonly lasts: boolean;
}

/**
 * The first that knows the members. One that joined and was not sent the state yet knows none: who took its answer would have
 * nobody left to ask.
 *
 * @param onTlsTrouble told, where none answers, of those who are there and cannot be verified, or do not take this member
 */
export async function askAny(
  urls: readonly string[],
  fetchMembers: FetchMembers,
  onTlsTrouble: (trouble: TlsTrouble) => void = () => undefined,
): Promise<ListedCluster | undefined> {
  const asked = urls.map(async (url) => {
    const cluster = await fetchMembers(url);
    if (cluster.members.length === 0) throw new Error(`${url} does not know the members yet`);
    return cluster;
  });
  return Promise.any(asked).catch((error: unknown) => {
    const reasons = tlsReasonsOf(error);
    if (reasons.length > 0) onTlsTrouble({ reasons, lasts: hasTlsFailure(error) });
    return undefined;
  });
}

/** Asks again and again, saying so. Rejects when the process is asked to stop. */
export async function untilOneAnswers(
  urls: readonly string[],
  fetchMembers: FetchMembers,
  environment: Environment,
): Promise<ListedCluster> {
  const retry = new Retry(environment);
  for (;;) {
    let reasons: readonly string[] = [];
    const cluster = await askAny(urls, fetchMembers, (trouble) => (reasons = trouble.reasons));
    if (cluster !== undefined) return cluster;
    retry.warn({ urls }, `none of ${urls.join(', ')} answers${inBrackets(reasons)}; waiting for one of them`);
    await retry.wait();
  }
}

/** @throws JoinError if it is another one */
export function ofCluster(clusterId: string, cluster: ListedCluster): ListedCluster {
  if (cluster.clusterId === clusterId) return cluster;
  throw new JoinError(`the cluster that answers is ${cluster.clusterId}, not ${clusterId}`);
}

/** ` (reason; reason)`, or nothing. */
export function inBrackets(reasons: readonly string[]): string {
  return reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
}

export function findOwn(cluster: ListedCluster, peerURLs: readonly string[]): ListedMember | undefined {
  return cluster.members.find((member) => member.peerURLs.some((url) => peerURLs.includes(url)));
}

/**
 * Joins as the listed member `own`: under its id if that never got a state, else as a new member in its place.
 * @param lostId an id that may have voted although the cluster does not say that it was ever started
 */
export async function joinListed(
  options: EntryOptions,
  cluster: ListedCluster,
  own: ListedMember,
  lostId?: string,
): Promise<Beginning> {
  const { clusterId } = cluster;
  const peers = cluster.members.filter((member) => member !== own);
  const seemsUnstarted = own.name === '' && own.id !== lostId;
  const isFree =
    own.id === options.unfinishedId || (seemsUnstarted && (await options.isUnstarted?.(cluster, own)) !== false);
  if (isFree) return { kind: 'join', memberId: own.id, clusterId, peers };
  if (!options.autoRejoin) {
    throw new JoinError(
      `member ${own.id} (${own.name}) was started before, but its data directory is empty; ` +
        'remove it from the cluster and add it again, or set --auto-rejoin to let it do so by itself',
    );
  }
  options.log(
    { member: own.id, cluster: clusterId },
    'the data of this member is lost: it takes its place as a new member',
  );
  return { kind: 'join', memberId: await options.replaceMember(cluster, own), clusterId, peers };
}

/**
 * Joins a cluster whether or not it lists this member yet; one that it does not know comes in as a learner. Rejects with NoRoomError if
 * the cluster has no room for that.
 */
export async function joinOrAdd(options: EntryOptions, cluster: ListedCluster, lostId?: string): Promise<Beginning> {
  const own = findOwn(cluster, options.peerURLs);
  if (own !== undefined) return joinListed(options, cluster, own, lostId);
  const { clusterId, members: peers } = cluster;
  if ((await options.hasRoom?.(cluster)) === false) throw new NoRoomError(cluster);
  options.log({ cluster: clusterId }, 'asking the running cluster to add this member as a learner');
  return { kind: 'join', memberId: await options.replaceMember(cluster, undefined), clusterId, peers };
}
