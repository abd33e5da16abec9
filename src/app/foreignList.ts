/** A list of members for a cluster that is founded, given to a member that has one already, and is another. */
import type { InitialCluster } from '../config/cluster';
import { formatEndpoint } from '../config/urls';

/**
 * What to say if it names others besides this member, and none of them is in its cluster. Undefined otherwise: of a list from long ago some may
 * have been replaced since.
 */
export function foreignListText(
  listed: InitialCluster,
  own: string,
  members: readonly { readonly peerURLs: readonly string[] }[],
): string | undefined {
  const known = new Set(members.flatMap(({ peerURLs }) => peerURLs));
  const others = [...listed].filter(([name]) => name !== own);
  const isKnown = others.some(([, urls]) => urls.some((url) => known.has(formatEndpoint(url))));
  if (others.length === 0 || isKnown) return undefined;
  const names = others.map(([name]) => name).join(', ');
  return `--initial-cluster names ${names}, and the cluster of this data directory has no such members: to begin with them, give an empty --data-dir`;
}
