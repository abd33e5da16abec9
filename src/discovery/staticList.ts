import { JoinError, type Beginning, type Founder, type ListedCluster } from './beginning';
import { askAny, findOwn, joinListed, type EntryOptions, type FetchMembers } from './runningCluster';

export interface StaticListOptions extends EntryOptions {
  readonly name: string;
  /** --initial-cluster. */
  readonly founders: readonly Founder[];
  readonly state: 'new' | 'existing';
  readonly token: string;
  /** The id this member has if it founds the cluster. */
  readonly foundingId: string;
  /** The id of the cluster that the founders make. */
  readonly foundingClusterId: string;
  readonly fetchMembers: FetchMembers;
}

/**
 * Decides from --initial-cluster and what the others say whether this member founds the cluster, joins it, or comes back to it
 * without its data. Only for a member that has no state. Rejects with JoinError.
 */
export async function beginFromStaticList(options: StaticListOptions): Promise<Beginning> {
  const { founders, token, state, foundingId } = options;
  const cluster = await askOthers(options);
  if (state === 'existing') {
    if (cluster === undefined) throw nobodyAnswers(options);
    return joinAs(options, cluster);
  }
  const known = cluster === undefined ? undefined : findOwn(cluster, options.peerURLs);
  if (cluster?.clusterId === options.foundingClusterId && known === undefined) return comeBack(options, cluster);
  // Listed but never started, and not under an id that was made for a place taken again: this is one of the founders.
  const isFounder = cluster === undefined || known === undefined || (known.name === '' && known.id === foundingId);
  return isFounder ? { kind: 'found', founders, token } : joinAs(options, cluster);
}

async function joinAs(options: StaticListOptions, cluster: ListedCluster): Promise<Beginning> {
  const own = findOwn(cluster, options.peerURLs);
  if (own !== undefined) return joinListed(options, cluster, own);
  throw new JoinError(
    `the cluster ${cluster.clusterId} has no member with the peer URL ${options.peerURLs.join(',')}; ` +
      'add it first (etcdctl member add NAME URL), or correct --initial-advertise-peer-urls',
  );
}

/**
 * One of the founders that the cluster they made no longer lists: it was removed, perhaps by itself, in a replacement that
 * was cut short. To found again would make a member that nobody speaks to.
 */
async function comeBack(options: StaticListOptions, cluster: ListedCluster): Promise<Beginning> {
  const { clusterId, members: peers } = cluster;
  if (!options.autoRejoin) {
    throw new JoinError(
      `the cluster ${clusterId} no longer lists a member with the peer URL ${options.peerURLs.join(',')}; ` +
        'add it again (etcdctl member add NAME URL), or set --auto-rejoin to let it do so by itself',
    );
  }
  options.log({ cluster: clusterId }, 'this member is no longer listed: it takes its place as a new member');
  return { kind: 'join', memberId: await options.replaceMember(cluster, undefined), clusterId, peers };
}

/** The first of the others that answers. */
async function askOthers(options: StaticListOptions): Promise<ListedCluster | undefined> {
  const urls = options.founders.filter(({ name }) => name !== options.name).flatMap(({ peerURLs }) => peerURLs);
  return askAny(urls, options.fetchMembers);
}

function nobodyAnswers(options: StaticListOptions): JoinError {
  const others = options.founders.filter(({ name }) => name !== options.name).flatMap(({ peerURLs }) => peerURLs);
  if (others.length === 0) {
    return new JoinError(
      '--initial-cluster-state existing needs somebody to ask: name the running members in --initial-cluster',
    );
  }
  return new JoinError(
    `none of ${others.join(', ')} answers; --initial-cluster-state existing needs one of them to be running`,
  );
}
