/** The member that the configuration describes. */
import type { Configuration } from '../config/configuration';
import { formatEndpoint } from '../config/urls';
import { API_VERSION } from '../api/version';
import { knownOf } from '../discovery/agreement';
import { isStandbyOf } from '../discovery/askStandby';
import { bufferBytesMax, logBytesMax, memoryLimits, quotaBytes } from '../limits/memory';
import type { MemberInfo } from '../machine/cluster/members';
import type { SettingsChange } from '../machine/cluster/clusterSettings';
import { HISTORY_BYTES_MAX } from '../machine/keyspace/history';
import type { LocalMember } from '../member/localMember';
import { openMember } from '../member/openMember';
import { LOG_BYTES_MAX } from '../member/settings';
import { RealClock } from '../platform/realClock';
import type { KnownCluster } from '../platform/standbyFile';
import { MemberStore } from '../storage/memberStore';
import { SlowDisk } from '../storage/slowDisk';
import type { MemberLog } from './memberNames';
import type { Removal, ServerParts, ServerSetting } from './serverParts';

const INTEGRITY_INTERVAL_MS = 60_000;

/** Rejects as openMember does. */
export async function openConfiguredMember(
  { configuration, logger, events, dials }: ServerSetting,
  { directory, links, beginner, metrics }: Pick<ServerParts, 'directory' | 'links' | 'beginner' | 'metrics'>,
  log: MemberLog,
): Promise<LocalMember> {
  const { name, advertiseClientUrls, heartbeatIntervalMs, electionTimeoutMs, snapshotCount, strictReconfigCheck } =
    configuration;
  const memory = memoryLimits();
  const quota = quotaBytes(configuration.quotaBytes, memory);
  if (quota.warning !== undefined) logger.warn(quota.warning);
  const opened: { member?: LocalMember } = {};
  opened.member = await openMember({
    settings: {
      name,
      clientURLs: advertiseClientUrls.map(formatEndpoint),
      version: API_VERSION,
      heartbeatIntervalMs,
      electionTimeoutMs,
      integrityIntervalMs: INTEGRITY_INTERVAL_MS,
      snapshotCount,
      quotaBytes: quota.bytes,
      logBytesMax: logBytesMax(memory, LOG_BYTES_MAX),
      strictReconfigCheck,
      clusterSettings: clusterSettingsOf(configuration),
    },
    store: await MemberStore.open(directory.kv, new SlowDisk(metrics.recorders, logger, heartbeatIntervalMs)),
    transport: links,
    clock: new RealClock(),
    random: Math.random,
    history: { events: configuration.historyLength, bytesMax: bufferBytesMax(memory, HISTORY_BYTES_MAX) },
    uncommittedBytesMax: logBytesMax(memory, configuration.maxUncommittedBytes),
    begin: beginner.begin,
    forced: configuration.forceNewCluster,
    findLeader: beginner.findLeader,
    peerURLs: configuration.initialAdvertisePeerUrls.map(formatEndpoint),
    logger: log,
    peerReport: () => links.report(),
    isStandbyOf: (clusterId, peerURL) => isStandbyOf(clusterId, peerURL, dials.peer),
    observer: metrics.recorders,
    onFailure: (error) => {
      events.onFailure(error, opened.member === undefined ? undefined : clusterOf(opened.member));
    },
    onRemoved: () => {
      if (opened.member !== undefined) events.onRemoved(removalOf(opened.member));
    },
  });
  return opened.member;
}

/** What the command line says of the settings of a cluster that has none; undefined: nothing. */
export function clusterSettingsOf({
  clusterActiveSize,
  clusterRemoveDelay,
  clusterSyncInterval,
}: Configuration): SettingsChange | undefined {
  const change = {
    ...(clusterActiveSize === 0 ? {} : { activeSize: clusterActiveSize }),
    ...(clusterRemoveDelay === 0 ? {} : { removeDelayMs: clusterRemoveDelay * 1000 }),
    ...(clusterSyncInterval === 0 ? {} : { syncIntervalMs: clusterSyncInterval * 1000 }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}

/** Whom to ask after a beginning without data; undefined: there are no others. */
function clusterOf(member: LocalMember): KnownCluster | undefined {
  const known = knownOf({ clusterId: member.clusterId, members: othersOf(member) });
  return known.members.length === 0 ? undefined : known;
}

function othersOf(member: LocalMember): readonly MemberInfo[] {
  return member.members().filter(({ id }) => id !== member.id);
}

function removalOf(member: LocalMember): Removal {
  const others = othersOf(member);
  const peerURLs = others.flatMap((other) => other.peerURLs);
  const note = { memberId: member.id, clusterId: member.clusterId, peerURLs };
  return { note, others, waits: member.clusterSettings().isSet };
}
