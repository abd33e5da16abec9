import type { Beginning, ListedCluster } from './beginning';
import { sleep, type Environment } from './environment';
import {
  askAny,
  findOwn,
  joinOrAdd,
  untilOneAnswers,
  type EntryOptions,
  type FetchMembers,
  type TlsTrouble,
} from './runningCluster';

const ROUNDS = 3;
const PAUSE_MS = 300;

export interface JoinUrlsOptions extends EntryOptions {
  /** Peer URLs of --join-urls. */
  readonly urls: readonly string[];
  /** The id this member has if it founds a cluster as it is configured. */
  readonly foundingId: string;
  /** The cluster is there, and nobody else is named who could be asked: it is waited for. */
  readonly isOnlyWay?: boolean;
  readonly fetchMembers: FetchMembers;
  readonly environment: Environment;
}

/**
 * Looks for a running cluster at --join-urls and joins it. Undefined if none answers within a short time, or if the one that
 * does is about to be founded by this member too: it is to go on as it is configured otherwise. Where somebody is there and TLS with
 * it fails, it waits: a certificate that is wrong, here or there, must not make a second cluster.
 */
export async function beginFromJoinUrls(options: JoinUrlsOptions): Promise<Beginning | undefined> {
  const { environment, foundingId, unfinishedId } = options;
  const others = options.urls.filter((url) => !options.peerURLs.includes(url));
  if (others.length === 0) return undefined;
  const enter = (cluster: ListedCluster): Promise<Beginning> | undefined => {
    const own = findOwn(cluster, options.peerURLs);
    const isFounder = own?.name === '' && own.id === foundingId && own.id !== unfinishedId;
    return isFounder ? undefined : joinOrAdd(options, cluster);
  };
  // A join that was begun can only be finished.
  let mustWait = unfinishedId !== undefined || options.isOnlyWay === true;
  // One that breaks a connection may only be ending; if it does so again and again, it refuses this member's certificate.
  let cuts = 0;
  let silentRounds = 0;
  const onTlsTrouble = ({ lasts }: TlsTrouble): void => {
    cuts += 1;
    silentRounds = -1;
    mustWait ||= lasts || cuts >= ROUNDS;
  };
  while (!mustWait && silentRounds < ROUNDS) {
    const cluster = await askAny(others, options.fetchMembers, onTlsTrouble);
    if (cluster !== undefined) return enter(cluster);
    silentRounds += 1;
    if (silentRounds < ROUNDS) await sleep(environment, PAUSE_MS * (1 + environment.random()));
  }
  if (mustWait) return enter(await untilOneAnswers(others, options.fetchMembers, environment));
  environment.log.info({ urls: others }, 'no cluster answers at --join-urls; beginning as configured otherwise');
  return undefined;
}
