/** `--peers` and `--peers-file`, the way of etcd 0.4: a member without data joins the cluster that one of them belongs to. */
import { JoinError, type Beginning } from './beginning';
import type { Environment } from './environment';
import { portOf } from '../platform/dial';
import { joinOrAdd, othersAmong, untilOneAnswers, type EntryOptions, type FetchMembers } from './runningCluster';

const PEER = /^(?:https?:\/\/)?(?:\[[0-9a-f:.]{2,45}\]|[^\s/?#@,:[\]]{1,253}):\d{1,5}$/i;

/**
 * The peers of a text as URLs, separated by commas or white space. @throws JoinError for what is none
 * @param scheme of those that name none
 */
export function peerUrlsOf(text: string, scheme: 'http' | 'https', where: string): readonly string[] {
  const items = text.split(/[\s,]/).filter((item) => item !== '');
  return items.map((item) => {
    const url = (item.includes('://') ? item : `${scheme}://${item}`).toLowerCase();
    // Nobody is ever reached at port 0, or at one above 65535.
    if (!PEER.test(item) || !URL.canParse(url) || portOf(new URL(url)) === 0) {
      throw new JoinError(`${where}: ${JSON.stringify(item.slice(0, 100))} is no peer; write HOST:PORT,HOST:PORT`);
    }
    return url;
  });
}

export interface PeersOptions extends EntryOptions {
  readonly urls: readonly string[];
  /** The id this member has if it founds a cluster as it is configured. */
  readonly foundingId: string;
  readonly fetchMembers: FetchMembers;
  readonly environment: Environment;
}

/**
 * Waits until one of them answers: to found another cluster instead would be worse than to wait. Undefined if there is none but this
 * member itself, which is how the first one of a cluster is started.
 */
export async function beginFromPeers(options: PeersOptions): Promise<Beginning | undefined> {
  const others = othersAmong(options.urls, options);
  if (others.length === 0) return undefined;
  const cluster = await untilOneAnswers(others, options.fetchMembers, options.environment);
  return joinOrAdd(options, cluster, options.foundingId);
}
