/**
 * What the members of a known cluster say of it, each asked at its own peer URLs. What counts is what more than half of those that were
 * known say: one member that lies, or a host that took the address of one, could otherwise name hosts of its own in place of all others.
 */
import type { KnownCluster } from '../platform/standbyFile';
import type { ListedCluster, ListedMember } from './beginning';
import type { Environment } from './environment';
import { Retry } from './retry';
import type { FetchMembers } from './runningCluster';

export type Agreement = { readonly kind: 'agreed'; readonly cluster: ListedCluster } | Disagreement;

export interface Disagreement {
  readonly kind: 'none';
  /** How many of them answered for this cluster. */
  readonly answered: number;
  readonly known: number;
  /** Clusters for which somebody answered at a URL of a member of this one. */
  readonly otherClusters: readonly string[];
}

/** Further ones are not asked: nobody advertises so many. */
const URLS_ASKED_MAX = 4;

/** Asks all of them at once. Never rejects. */
export async function askKnown(known: KnownCluster, fetchMembers: FetchMembers): Promise<Agreement> {
  return agreementOf(known, await askEach(known, fetchMembers));
}

/** The answer of each, in the order of the members; undefined: none. Asks all of them at once. Never rejects. */
export function askEach(
  { clusterId, members }: KnownCluster,
  fetchMembers: FetchMembers,
): Promise<readonly (ListedCluster | undefined)[]> {
  return Promise.all(members.map(({ peerURLs }) => askOne(peerURLs, clusterId, fetchMembers)));
}

/** Asks again and again, saying so. Rejects when the process is asked to stop. */
export async function untilKnownAgree(
  known: KnownCluster,
  fetchMembers: FetchMembers,
  environment: Environment,
): Promise<ListedCluster> {
  const retry = new Retry(environment);
  for (;;) {
    const agreement = await askKnown(known, fetchMembers);
    if (agreement.kind === 'agreed') return agreement.cluster;
    retry.warn({ ...agreement }, notAgreedText(known.clusterId, agreement));
    await retry.wait();
  }
}

/** For the log: what is the matter, and what an operator can do. */
export function notAgreedText(clusterId: string, { answered, known }: Disagreement): string {
  return (
    `standby: ${answered} of the ${known} members that are known answer for the cluster ${clusterId}, and no majority says who its ` +
    'members are now: clients are sent nowhere, and nobody is joined. If most of them were replaced while this process was away, remove ' +
    'the file STANDBY in its data directory, if there is one, and start it with the peer URLs of the members that there are (--join-urls)'
  );
}

/** @param answers one of each member that is known, in that order; undefined: none. Pure */
export function agreementOf(known: KnownCluster, answers: readonly (ListedCluster | undefined)[]): Agreement {
  const said = answers.filter((answer) => answer !== undefined);
  const own = said.filter(({ clusterId, members }) => clusterId === known.clusterId && members.length > 0);
  const votes = new Map<string, number>();
  for (const cluster of own) {
    const text = canonical(cluster.members);
    const count = (votes.get(text) ?? 0) + 1;
    votes.set(text, count);
    if (2 * count > known.members.length) return { kind: 'agreed', cluster };
  }
  const others = said.flatMap(({ clusterId }) => (clusterId === known.clusterId ? [] : [clusterId]));
  return {
    kind: 'none',
    answered: own.length,
    known: known.members.length,
    otherClusters: [...new Set(others)],
  };
}

/** Who has a word in it the next time: one that was added and never started cannot say anything. */
export function knownOf({ clusterId, members }: ListedCluster): KnownCluster {
  const started = members.filter(({ name, peerURLs }) => name !== '' && peerURLs.length > 0);
  return { clusterId, members: started.map(({ peerURLs }) => ({ peerURLs })) };
}

/** An answer for the cluster comes before one for another that is quicker. */
async function askOne(
  peerURLs: readonly string[],
  clusterId: string,
  fetchMembers: FetchMembers,
): Promise<ListedCluster | undefined> {
  let other: ListedCluster | undefined;
  const asked = peerURLs.slice(0, URLS_ASKED_MAX).map(async (url) => {
    const cluster = await fetchMembers(url);
    if (cluster.clusterId === clusterId && cluster.members.length > 0) return cluster;
    other = cluster;
    throw new Error(`${url} does not answer for the cluster ${clusterId}`);
  });
  return Promise.any(asked).catch(() => other);
}

/** The same for the same list, in whatever order it comes. */
function canonical(members: readonly ListedMember[]): string {
  const rows = members.map(({ id, name, peerURLs, clientURLs }) =>
    JSON.stringify([id, name, [...peerURLs].sort(), [...clientURLs].sort()]),
  );
  return rows.sort().join('\n');
}
