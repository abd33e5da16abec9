/** `--peers` and `--peers-file`, the way of etcd 0.4: a member without data joins the cluster that one of them belongs to. */
import { JoinError, type Beginning } from './beginning';
import type { Environment } from './environment';
import { joinOrAdd, untilOneAnswers, type EntryOptions, type FetchMembers } from './runningCluster';

const PEER = /^(?:https?:\/\/)?(?:\[[0-9a-f:.]{2,45}\]|[^\s/?#@,:[\]]{1,253}):\d{1,5}$/i;

/**
 * The peers of a text as URLs, separated by commas or white space. @throws JoinError for what is none
 * @param scheme of those that name none
 */
export function peerUrlsOf(text: string, scheme: 'http' | 'https', where: string): readonly string[] {
  const items = text.split(/[\s,]/).filter((item) => item !== '');
  return items.map((item) => {
    if (!PEER.test(item)) {
      throw new JoinError(`${where}: ${JSON.stringify(item.slice(0, 100))} is no peer; write HOST:PORT,HOST:PORT`);
    }
    return (item.includes('://') ? item : `${scheme}://${item}`).toLowerCase();
  });
}

export interface PeersOptions extends EntryOptions {
  readonly urls: readonly string[];
  readonly fetchMembers: FetchMembers;
  readonly environment: Environment;
}

/**
 * Waits until one of them answers: to found another cluster instead would be worse than to wait. Undefined if there is none but this
 * member itself, which is how the first one of a cluster is started.
 */
export async function beginFromPeers(options: PeersOptions): Promise<Beginning | undefined> {
  const others = options.urls.filter((url) => !options.peerURLs.includes(url));
  if (others.length === 0) return undefined;
  return joinOrAdd(options, await untilOneAnswers(others, options.fetchMembers, options.environment));
}
