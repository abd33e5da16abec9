/** What entries of the log do to the list of members, and what follows from it for the rest of the state. */
import type { PublishCommand, UpdateMemberCommand } from '../command';
import { FeatureLevelError } from '../features';
import type { MachineState } from '../machineState';
import { syncClusterKeys } from './clusterKeys';
import type { ClusterChange } from './clusterState';

/** @throws FeatureLevelError if the level in force rises beyond what this program reads */
export function publish(
  state: MachineState,
  { memberId, name, clientURLs, version, level }: PublishCommand,
): undefined {
  const { cluster, keySpace } = state;
  if (!cluster.publish(memberId, name, clientURLs, version, level)) return;
  membersChanged(state);
  if (cluster.settleVersion()) keySpace.skipIndex();
  settleLevel(state);
}

export function updatePeerURLs(state: MachineState, { memberId, peerURLs }: UpdateMemberCommand): undefined {
  if (state.cluster.updatePeerURLs(memberId, peerURLs)) membersChanged(state);
}

/** @throws FeatureLevelError as `publish` does */
export function applyClusterChange(state: MachineState, change: ClusterChange): void {
  const { cluster, integrity, keySpace } = state;
  cluster.apply(change);
  membersChanged(state);
  integrity.votersChanged(cluster.members().filter(({ learner }) => !learner).length);
  if (change.type !== 'addMember' && cluster.settleVersion()) keySpace.skipIndex();
  settleLevel(state);
}

/** Each change of the members takes an index, as in etcd, where they are keys too. */
function membersChanged({ cluster, keySpace }: MachineState): void {
  keySpace.skipIndex();
  syncClusterKeys(keySpace.tree, cluster.members(), keySpace.index);
}

function settleLevel({ cluster, knownLevel }: MachineState): void {
  cluster.settleLevel();
  const { level } = cluster;
  if (level > knownLevel) throw new FeatureLevelError('data', level, knownLevel);
}
