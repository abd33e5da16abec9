/** Whether source and target are one cluster: to copy it onto itself would take the TTLs of its keys away. */
import type { Client } from '../../client/client';
import type { StoreIndexes } from '../../client/keyEvent';

/**
 * The id of the cluster, or what stands for it, if both clients lead to the same one; undefined if not. Only reads, at a majority. Rejects as the client does.
 *
 * Ids that differ are of two clusters. Equal ones are not enough: they come from peer URLs and the token, so that two members that run alone
 * with etcd's defaults on two machines have the same. So the target is read between two readings of the source: its indexes lie between
 * theirs in one cluster, whichever of its members answer, and in two of any age they do not.
 *
 * @param before - the first reading of the source
 */
export async function sameCluster(before: StoreIndexes, source: Client, target: Client): Promise<string | undefined> {
  const between = await target.keys.get('/');
  if (before.clusterId !== between.clusterId && before.clusterId !== undefined && between.clusterId !== undefined)
    return undefined;
  const after = await source.keys.get('/');
  const isBetween = (indexOf: (of: StoreIndexes) => number | undefined): boolean => {
    const [first, own, last] = [indexOf(before), indexOf(between), indexOf(after)];
    return first !== undefined && own !== undefined && last !== undefined && first <= own && own <= last;
  };
  const isSame = isBetween((of) => of.index) && isBetween((of) => of.raftIndex) && isBetween((of) => of.raftTerm);
  return isSame ? (before.clusterId ?? between.clusterId ?? 'of no id') : undefined;
}
