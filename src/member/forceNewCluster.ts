import { encodeChange } from '../machine/cluster/clusterRows';
import type { MemberInfo } from '../machine/cluster/members';
import type { ClusterChange } from '../machine/cluster/clusterState';
import { sortedConfiguration } from '../raft/configuration';
import type { Configuration, ConfigurationEntry, MemberId } from '../raft/types';
import type { MemberStore } from '../storage/memberStore';
import type { Restored } from './bootstrap';
import { configurationAfter } from './membershipRules';
import type { MemberLogger } from './settings';

/** --force-new-cluster cannot be carried out with these data; the message says what to do. */
export class ForceNewClusterError extends Error {
  override readonly name = 'ForceNewClusterError';
}

/** Whom a member listed in the data names as the leader, if one answers; see discovery/leaderBesides.ts. */
export type FindLeader = (question: {
  readonly clusterId: string;
  readonly ownId: MemberId;
  readonly members: readonly MemberInfo[];
}) => Promise<{ readonly server: string; readonly leaderId: MemberId } | undefined>;

/** No run has this number, so nobody takes the changes for answers to requests of its own. */
const NO_RUN = 0;

/**
 * Makes the data of one survivor a cluster of one, as etcd's restartAsStandaloneNode does: changes that remove all others are
 * put at the end of the log and declared committed, in one batch, so that a crash leaves it done or not begun. What was in the
 * log and not known to be committed is kept, unlike in etcd: the others may have acknowledged it.
 *
 * Once it was done it is not done again while the flag stays: it would remove the members that were added since.
 *
 * @param restored undefined or without members: there is nothing to make a cluster from
 * @param findLeader a cluster that has one is not lost: a second one under its id would be made of this member
 * @throws ForceNewClusterError
 */
export async function forceNewCluster(
  store: MemberStore,
  restored: Restored | undefined,
  logger: MemberLogger,
  findLeader: FindLeader = () => Promise.resolve(undefined),
): Promise<Restored> {
  if (restored === undefined || restored.machine.cluster.members().length === 0) {
    throw new ForceNewClusterError(
      '--force-new-cluster makes a cluster from the data of a survivor, but this data directory has none; correct --data-dir, ' +
        'or remove --force-new-cluster to begin anew',
    );
  }
  if (await store.isForced()) {
    logger.warn(
      {},
      '--force-new-cluster was carried out at an earlier start and is ignored; remove it. If the cluster has lost its majority ' +
        'again, start this member once without it, and then with it',
    );
    return restored;
  }
  const { identity, raft, machine } = restored;
  refuseLed(
    await findLeader({ clusterId: identity.clusterId, ownId: identity.memberId, members: machine.cluster.members() }),
  );
  const { changes, configuration } = changesToStandAlone(restored);
  const lastTerm = raft.entries.at(-1)?.term ?? raft.start.term;
  const term = Math.max(raft.hardState.term, lastTerm) + 1;
  const added = entriesOf(identity.memberId, changes, configuration, term, raft.start.index + raft.entries.length);
  const entries = [...raft.entries, ...added];
  const commit = raft.start.index + entries.length;
  const hardState = { term, votedFor: identity.memberId, commit };
  await store.write({ hardState, entries: added, forced: true });
  const removed = changes.filter(({ type }) => type === 'removeMember').map(({ id }) => id);
  logger.warn(
    { removed, index: commit },
    'the data of this member is a cluster of one now (--force-new-cluster): the other members are removed and must not come back ' +
      'with their data. Remove --force-new-cluster, and add new members',
  );
  return { ...restored, raft: { ...raft, hardState, entries } };
}

/** @throws ForceNewClusterError if the others have a leader */
function refuseLed(led: { readonly server: string; readonly leaderId: MemberId } | undefined): void {
  if (led === undefined) return;
  throw new ForceNewClusterError(
    `--force-new-cluster is for a cluster whose majority is lost for good, but the one of this member has the leader ${led.leaderId}, as ` +
      `${led.server} says; remove --force-new-cluster and start this member as before. To make a cluster of this member all the ` +
      'same, stop the others first. Nothing was changed',
  );
}

/** A start without the flag: the next one with it is meant anew. */
export async function forgetForced(store: MemberStore): Promise<void> {
  if (await store.isForced()) await store.write({ forced: false });
}

/** What leaves this member alone, given all that is in its log. */
function changesToStandAlone({ identity, raft }: Restored): {
  readonly changes: readonly ClusterChange[];
  readonly configuration: Configuration;
} {
  const own = identity.memberId;
  let { configuration } = raft.start;
  for (const entry of raft.entries) if (entry.kind === 'configuration') ({ configuration } = entry);
  const { voters, learners } = configuration;
  if (!voters.includes(own) && !learners.includes(own)) {
    throw new ForceNewClusterError(
      `this member (${own}) was removed from its cluster, so its data may be old; use the data of a member that was not, and ` +
        'remove --force-new-cluster here',
    );
  }
  const others = [...learners, ...voters].filter((id) => id !== own);
  return {
    changes: [
      ...(learners.includes(own) ? [{ type: 'promoteMember', id: own } as const] : []),
      ...others.map((id) => ({ type: 'removeMember', id }) as const),
    ],
    configuration,
  };
}

/** One entry a change: each configuration differs from the one before by one member. */
function entriesOf(
  origin: MemberId,
  changes: readonly ClusterChange[],
  before: Configuration,
  term: number,
  lastIndex: number,
): ConfigurationEntry[] {
  let configuration = before;
  return changes.map((change, position) => {
    configuration = sortedConfiguration(configurationAfter(configuration, change));
    const data = encodeChange({ origin, run: NO_RUN, sequence: position + 1, change });
    return { kind: 'configuration', index: lastIndex + position + 1, term, configuration, data };
  });
}
