import { JoinError, type Beginning, type Founder, type ListedCluster, type ListedMember } from './beginning';

export interface StaticListOptions {
  readonly name: string;
  readonly peerURLs: readonly string[];
  /** --initial-cluster. */
  readonly founders: readonly Founder[];
  readonly state: 'new' | 'existing';
  readonly token: string;
  /** The id this member has if it founds the cluster. */
  readonly foundingId: string;
  /** The id of the cluster that the founders make. */
  readonly foundingClusterId: string;
  /** The id under which an earlier run began to join; it ended before it was sent the state. */
  readonly unfinishedId: string | undefined;
  /** A member whose data is lost takes its old place by itself. */
  readonly autoRejoin: boolean;
  /** Asks the member behind a peer URL; rejects if it does not answer. */
  readonly fetchMembers: (peerURL: string) => Promise<ListedCluster>;
  /** Puts a new member in the place of a lost one, if it is still listed; answers the new one's id. Tries until it succeeds. */
  readonly replaceMember: (cluster: ListedCluster, lost: ListedMember | undefined) => Promise<string>;
  readonly log: (fields: object, message: string) => void;
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
  const known = cluster?.members.find((member) => sharesUrl(member, options.peerURLs));
  if (cluster?.clusterId === options.foundingClusterId && known === undefined) return comeBack(options, cluster);
  // Listed but never started, and not under an id that was made for a place taken again: this is one of the founders.
  const isFounder = cluster === undefined || known === undefined || (known.name === '' && known.id === foundingId);
  return isFounder ? { kind: 'found', founders, token } : joinAs(options, cluster);
}

async function joinAs(options: StaticListOptions, cluster: ListedCluster): Promise<Beginning> {
  const own = cluster.members.find((member) => sharesUrl(member, options.peerURLs));
  if (own === undefined) {
    throw new JoinError(
      `the cluster ${cluster.clusterId} has no member with the peer URL ${options.peerURLs.join(',')}; ` +
        'add it first (etcdctl member add NAME URL), or correct --initial-advertise-peer-urls',
    );
  }
  const peers = cluster.members.filter((member) => member !== own);
  const { clusterId } = cluster;
  const isUnfinished = own.name === '' || own.id === options.unfinishedId;
  if (isUnfinished) return { kind: 'join', memberId: own.id, clusterId, peers };
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
  if (urls.length === 0) return undefined;
  return Promise.any(urls.map((url) => options.fetchMembers(url))).catch(() => undefined);
}

function sharesUrl(member: ListedMember, urls: readonly string[]): boolean {
  return member.peerURLs.some((url) => urls.includes(url));
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
