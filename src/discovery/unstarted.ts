/**
 * Whether a listed member without a name was never started, so that its id is free for whoever comes under its URLs. A member that was started
 * may have voted and acknowledged: come back without its data under the same id, it would take its word back.
 */
import { askEach, knownOf } from './agreement';
import type { ListedCluster, ListedMember } from './beginning';
import type { Environment } from './environment';
import { Retry } from './retry';
import type { FetchMembers } from './runningCluster';

/**
 * One list alone may be old: the member that gives it may have lost its leader before it heard of the name. Whoever stored that the member votes
 * had heard before that its name is committed, and a majority of the others has one of those in it. So more than half of the others have to
 * answer; one that knows a name is enough for the opposite. Asks again and again, saying so. Rejects when the process is asked to stop.
 */
export async function isUnstarted(
  cluster: ListedCluster,
  own: ListedMember,
  fetchMembers: FetchMembers,
  environment: Environment,
): Promise<boolean> {
  const { clusterId } = cluster;
  const others = knownOf({ clusterId, members: cluster.members.filter((member) => member !== own) });
  const retry = new Retry(environment);
  for (;;) {
    const answers = await askEach(others, fetchMembers);
    const lists = answers.filter((answer) => answer?.clusterId === clusterId).map((answer) => answer?.members ?? []);
    if (lists.some((members) => members.some(({ id, name }) => id === own.id && name !== ''))) return false;
    if (2 * lists.length > others.members.length || others.members.length === 0) return true;
    retry.warn(
      { member: own.id, cluster: clusterId },
      `${lists.length} of the ${others.members.length} other members say whether member ${own.id} was ever started, which takes more than half ` +
        'of them; asking again',
    );
    await retry.wait();
  }
}
