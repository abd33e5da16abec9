/** A member that waits at a discovery service goes on looking at --join-urls: members that were still starting may run by now. */
import type { Beginning, ListedCluster } from './beginning';
import { sleep } from './environment';
import { foundsIt, type JoinUrlsOptions } from './joinUrls';
import { askAny, joinOrAdd, othersAmong } from './runningCluster';
import { reasonToStop } from '../platform/plainRequest';

/** From one look to the next. */
const LOOK_AGAIN_MS = 5000;

/**
 * Begins as `begin` does; or, if a cluster answers meanwhile that this member does not found, joins that. What was begun is ended first.
 *
 * @param begin gets a signal that ends what it asks of the service: aborted when such a cluster is there, or when the process is asked to stop
 */
export async function beginUnlessJoined(
  options: JoinUrlsOptions,
  begin: (signal: AbortSignal) => Promise<Beginning>,
): Promise<Beginning> {
  const { signal } = options.environment;
  if (othersAmong(options.urls, options).length === 0) return begin(signal);
  const looking = new AbortController();
  const waiting = new AbortController();
  const stop = (): void => {
    looking.abort();
    waiting.abort(reasonToStop(signal));
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  let cluster: ListedCluster | undefined;
  const join = (found: ListedCluster): void => {
    if (looking.signal.aborted) return;
    cluster = found;
    waiting.abort(new Error('a cluster answers at --join-urls'));
  };
  lookAgain(options, looking.signal).then(join, () => undefined);
  try {
    return await begin(waiting.signal);
  } catch (error) {
    if (cluster === undefined || signal.aborted) throw error;
    return await joinOrAdd(options, cluster, options.foundingId);
  } finally {
    signal.removeEventListener('abort', stop);
    looking.abort();
  }
}

/** Resolves when a cluster answers that is to be joined; rejects when it is aborted. */
async function lookAgain(options: JoinUrlsOptions, signal: AbortSignal): Promise<ListedCluster> {
  const { clock, random } = options.environment;
  const others = othersAmong(options.urls, options);
  for (;;) {
    await sleep({ clock, signal }, LOOK_AGAIN_MS * (0.5 + random()));
    const cluster = await askAny(others, options.fetchMembers);
    if (cluster !== undefined && !foundsIt(options, cluster)) return cluster;
  }
}
