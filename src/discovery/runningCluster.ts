/** A cluster that runs already: asking who its members are, and getting in. */
import { JoinError, NoRoomError, type Beginning, type ListedCluster, type ListedMember } from './beginning';
import { hasTlsFailure, tlsReasonsOf } from '../platform/networkError';
import { clusterIdOf } from '../member/identity';
import type { Environment } from './environment';
import { Retry } from './retry';

/** Asks the member behind a peer URL; rejects if it does not answer within a short time. */
export type FetchMembers = (peerURL: string) => Promise<ListedCluster>;

export interface EntryOptions {
  /** This member's. */
  readonly peerURLs: readonly string[];
  /** Further ones under which it may be listed: what it advertises, where its DNS records say something else. */
  readonly alsoAt?: readonly string[];
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

/** What is the matter with those who are there and do not say who the members are. */
export interface Trouble {
  /** What each says of itself, once; at least one. */
  readonly reasons: readonly string[];
  /** One of them at least belongs to a cluster, or fails at TLS in a way that no time mends; the others may only have been ending. */
  readonly lasts: boolean;
}

/**
 * The first that knows the members. One that joined and was not sent the state yet knows none: who took its answer would have
 * nobody left to ask.
 *
 * @param onTrouble told, where none answers, of those who are there and know no members, cannot be verified, or do not take this member
 */
export async function askAny(
  urls: readonly string[],
  fetchMembers: FetchMembers,
  onTrouble: (trouble: Trouble) => void = () => undefined,
): Promise<ListedCluster | undefined> {
  const joining: string[] = [];
  const asked = urls.map(async (url) => {
    const cluster = await fetchMembers(url);
    if (cluster.members.length > 0) return cluster;
    const reason = `${url} belongs to the cluster ${cluster.clusterId} and was not told its members yet`;
    joining.push(reason);
    throw new Error(reason);
  });
  return Promise.any(asked).catch((error: unknown) => {
    const reasons = [...joining, ...tlsReasonsOf(error)];
    if (reasons.length > 0) onTrouble({ reasons, lasts: joining.length > 0 || hasTlsFailure(error) });
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

type OwnUrls = Pick<EntryOptions, 'peerURLs' | 'alsoAt'>;

export function findOwn(cluster: ListedCluster, { peerURLs, alsoAt = [] }: OwnUrls): ListedMember | undefined {
  return cluster.members.find((member) =>
    member.peerURLs.some((url) => peerURLs.includes(url) || alsoAt.includes(url)),
  );
}

/** Those of `urls` that are not this member's. */
export function othersAmong(urls: readonly string[], { peerURLs, alsoAt = [] }: OwnUrls): readonly string[] {
  return urls.filter((url) => !peerURLs.includes(url) && !alsoAt.includes(url));
}

/** Whether the members are still those that founded the cluster. */
function isFoundation({ clusterId, members }: ListedCluster): boolean {
  return clusterIdOf(members.map(({ id }) => id)) === clusterId;
}

/**
 * Joins as the listed member `own`: under its id if that never got a state, else as a new member in its place. That of a founder is never
 * free: founders vote, and acknowledge, before anybody knows their names.
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
  const mayHaveVoted = own.name !== '' || own.id === lostId || isFoundation(cluster);
  const isFree =
    own.id === options.unfinishedId || (!mayHaveVoted && (await options.isUnstarted?.(cluster, own)) !== false);
  if (isFree) return { kind: 'join', memberId: own.id, clusterId, peers };
  const isNamed = own.name !== '';
  if (!options.autoRejoin) {
    const why = isNamed ? 'was started before' : 'may have voted before its name was known';
    throw new JoinError(
      `member ${own.id} (${own.name}) ${why}, but its data directory is empty; ` +
        'remove it from the cluster and add it again, or set --auto-rejoin to let it do so by itself',
    );
  }
  options.log(
    { member: own.id, cluster: clusterId },
    isNamed
      ? 'the data of this member is lost: it takes its place as a new member'
      : 'this member may have voted before its name was known: it takes its place as a new member',
  );
  return { kind: 'join', memberId: await options.replaceMember(cluster, own), clusterId, peers };
}

/**
 * Joins a cluster whether or not it lists this member yet; one that it does not know comes in as a learner. Rejects with NoRoomError if
 * the cluster has no room for that.
 */
export async function joinOrAdd(options: EntryOptions, cluster: ListedCluster, lostId?: string): Promise<Beginning> {
  const own = findOwn(cluster, options);
  if (own !== undefined) return joinListed(options, cluster, own, lostId);
  return addTo(options, cluster, 'asking the running cluster to add this member as a learner');
}

/**
 * Joins a cluster that does not list this member. Rejects with NoRoomError.
 * @param what is logged
 */
export async function addTo(options: EntryOptions, cluster: ListedCluster, what: string): Promise<Beginning> {
  const { clusterId, members: peers } = cluster;
  if ((await options.hasRoom?.(cluster)) === false) throw new NoRoomError(cluster);
  options.log({ cluster: clusterId }, what);
  return { kind: 'join', memberId: await options.replaceMember(cluster, undefined), clusterId, peers };
}
