import { clusterIdOf, memberIdOf } from '../member/identity';
import { JoinError, type Beginning, type Founder, type ListedCluster } from './beginning';
import type { Environment } from './environment';
import { mayFound, type AskFounder } from './founding';
import { Retry } from './retry';
import {
  addTo,
  askAny,
  findOwn,
  inBrackets,
  joinListed,
  ofCluster,
  untilOneAnswers,
  type EntryOptions,
  type FetchMembers,
} from './runningCluster';
import type { Witness } from './witness';

export interface StaticListOptions extends EntryOptions {
  readonly name: string;
  /** --initial-cluster. */
  readonly founders: readonly Founder[];
  readonly state: 'new' | 'existing';
  readonly token: string;
  readonly witness: Witness;
  readonly askFounder: AskFounder;
  /** The cluster from which an earlier run began to remove this member, to come back as a new one; absent or undefined: none. */
  readonly leftCluster?: () => Promise<string | undefined>;
  readonly fetchMembers: FetchMembers;
  readonly environment: Environment;
}

const GONE = 'this member is no longer listed: it takes its place as a new member';

/**
 * Decides from --initial-cluster and what the others say whether this member founds the cluster, joins it, or comes back to it
 * without its data. Only for a member that has no state. Waits for as many of the others as that takes. Rejects with JoinError,
 * and with the signal's reason when the process is asked to stop.
 */
export async function beginFromStaticList(options: StaticListOptions): Promise<Beginning> {
  const { name, founders, token, state, unfinishedId, fetchMembers, environment } = options;
  const others = othersOf(options);
  // A join that was begun can only be finished.
  if (unfinishedId !== undefined && others.length > 0) return finishJoin(options, others);
  if (state === 'existing') {
    let reasons: readonly string[] = [];
    const cluster = await askAny(others, fetchMembers, (trouble) => (reasons = trouble.reasons));
    if (cluster === undefined) throw nobodyAnswers(others, reasons);
    return joinAs(options, cluster);
  }
  const ids = founders.map((founder) => ({ ...founder, id: memberIdOf(founder.peerURLs, token) }));
  const memberId = ids.find((founder) => founder.name === name)?.id ?? '';
  const clusterId = clusterIdOf(ids.map(({ id }) => id));
  const beginning = await mayFound({
    clusterId,
    memberId,
    founders: ids,
    witness: options.witness,
    ask: options.askFounder,
    comeBack: (because) => comeBack(options, clusterId, memberId, because),
    environment,
  });
  return beginning ?? { kind: 'found', founders, token };
}

/** It was listed when it began to join. One that was started a moment ago may not have applied that again, so it asks on. */
async function finishJoin(options: StaticListOptions, others: readonly string[]): Promise<Beginning> {
  const { fetchMembers, environment } = options;
  const retry = new Retry(environment);
  for (;;) {
    const cluster = await untilOneAnswers(others, fetchMembers, environment);
    const own = findOwn(cluster, options);
    if (own !== undefined) return joinListed(options, cluster, own);
    retry.warn({ cluster: cluster.clusterId }, `${notListed(options, cluster)}; asking again`);
    await retry.wait();
  }
}

async function joinAs(options: StaticListOptions, cluster: ListedCluster): Promise<Beginning> {
  const own = findOwn(cluster, options);
  if (own !== undefined) return joinListed(options, cluster, own, memberIdOf(options.peerURLs, options.token));
  if (options.autoRejoin && (await options.leftCluster?.()) === cluster.clusterId) return addTo(options, cluster, GONE);
  throw new JoinError(notListed(options, cluster));
}

function notListed({ peerURLs }: StaticListOptions, { clusterId }: ListedCluster): string {
  return (
    `the cluster ${clusterId} has no member with the peer URL ${peerURLs.join(',')}; ` +
    'add it first (etcdctl member add NAME URL), or correct --initial-advertise-peer-urls'
  );
}

/**
 * This founder may not found: it was started before and its data is lost, or the cluster has gone on without it. It takes its
 * place as a new member, under an id that never voted. Undefined while nobody of the cluster can be asked for it.
 */
async function comeBack(
  options: StaticListOptions,
  clusterId: string,
  foundingId: string,
  because: string,
): Promise<Beginning | undefined> {
  const others = othersOf(options);
  if (!options.autoRejoin) {
    throw new JoinError(
      `member ${foundingId} (${options.name}) cannot found the cluster ${clusterId} (${because}), and its data directory is ` +
        'empty; remove it from the cluster and add it again, or set --auto-rejoin to let it do so by itself',
    );
  }
  const cluster = await askAny(others, async (url) => ofCluster(clusterId, await options.fetchMembers(url)));
  if (cluster === undefined) return undefined;
  const own = findOwn(cluster, options);
  return own === undefined ? addTo(options, cluster, GONE) : joinListed(options, cluster, own, foundingId);
}

/** Peer URLs. */
function othersOf({ founders, name }: StaticListOptions): readonly string[] {
  return founders.filter((founder) => founder.name !== name).flatMap(({ peerURLs }) => peerURLs);
}

function nobodyAnswers(others: readonly string[], reasons: readonly string[]): JoinError {
  if (others.length === 0) {
    return new JoinError(
      '--initial-cluster-state existing needs somebody to ask: name the running members in --initial-cluster',
    );
  }
  return new JoinError(
    `none of ${others.join(', ')} answers${inBrackets(reasons)}; --initial-cluster-state existing needs one of them to be running`,
  );
}
