import type { Beginning, ListedCluster } from './beginning';
import { sleep, type Environment } from './environment';
import {
  askAny,
  findOwn,
  joinOrAdd,
  othersAmong,
  untilOneAnswers,
  type EntryOptions,
  type FetchMembers,
  type Trouble,
} from './runningCluster';

const ROUNDS = 3;
const PAUSE_MS = 300;

export interface JoinUrlsOptions extends EntryOptions {
  /** Peer URLs of --join-urls. */
  readonly urls: readonly string[];
  /** The id this member has if it founds a cluster as it is configured. */
  readonly foundingId: string;
  /** The id of that cluster; undefined: that of a discovery URL, whose founders are not known yet, but whose ids no other cluster has. */
  readonly foundation: string | undefined;
  /** The cluster is there, and nobody else is named who could be asked: it is waited for. */
  readonly isOnlyWay?: boolean;
  readonly fetchMembers: FetchMembers;
  readonly environment: Environment;
}

/**
 * Looks for a running cluster at --join-urls and joins it. Undefined if none answers within a short time, or if the one that
 * does is about to be founded by this member too: it is to go on as it is configured otherwise. Where somebody is there and TLS with
 * it fails, it waits: a certificate that is wrong, here or there, must not make a second cluster. So it does for one that joins a cluster
 * itself, and does not know the members yet.
 */
export async function beginFromJoinUrls(options: JoinUrlsOptions): Promise<Beginning | undefined> {
  const { environment } = options;
  const others = othersAmong(options.urls, options);
  if (others.length === 0) return undefined;
  // A join that was begun can only be finished.
  let mustWait = options.unfinishedId !== undefined || options.isOnlyWay === true;
  // One that breaks a connection may only be ending; if it does so again and again, it refuses this member's certificate.
  let cuts = 0;
  let silentRounds = 0;
  const onTrouble = ({ lasts }: Trouble): void => {
    cuts += 1;
    silentRounds = -1;
    mustWait ||= lasts || cuts >= ROUNDS;
  };
  while (!mustWait && silentRounds < ROUNDS) {
    const cluster = await askAny(others, options.fetchMembers, onTrouble);
    if (cluster !== undefined) return enter(options, cluster);
    silentRounds += 1;
    if (silentRounds < ROUNDS) await sleep(environment, PAUSE_MS * (1 + environment.random()));
  }
  if (mustWait) return enter(options, await untilOneAnswers(others, options.fetchMembers, environment));
  environment.log.info({ urls: others }, 'no cluster answers at --join-urls; beginning as configured otherwise');
  return undefined;
}

async function enter(options: JoinUrlsOptions, cluster: ListedCluster): Promise<Beginning | undefined> {
  return foundsIt(options, cluster) ? undefined : joinOrAdd(options, cluster, options.foundingId);
}

/**
 * Whether this member founds the cluster that answers, as the others did. It has to be the one that it is configured to found: by a list
 * of another, which may only be the default, of itself alone, it would found a second one.
 */
export function foundsIt(options: JoinUrlsOptions, cluster: ListedCluster): boolean {
  const { foundingId, foundation, unfinishedId } = options;
  const own = findOwn(cluster, options);
  const isFounder = own?.name === '' && own.id === foundingId && own.id !== unfinishedId;
  return isFounder && (foundation === undefined || foundation === cluster.clusterId);
}
