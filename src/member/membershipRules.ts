import type { ClusterChange, ClusterState } from '../machine/cluster/clusterState';
import type { Configuration } from '../raft/types';
import type { MembershipRefusal } from './types';

/**
 * Every member dials every other one, and nobody but the client that adds a learner says that it is there: so many may wait at once to
 * be promoted. Far more than operators add at a time; etcd 3.4 takes one.
 */
const LEARNERS_MAX = 32;

/** Why a change is not possible with the members there are; undefined if it is (spec v2-api section 8, members). */
export function refusalOf(cluster: ClusterState, change: ClusterChange): MembershipRefusal | undefined {
  switch (change.type) {
    case 'addMember':
      if (cluster.find(change.id) !== undefined || cluster.wasRemoved(change.id)) return 'idExists';
      if (urlsInUse(cluster, change.peerURLs, undefined)) return 'peerURLExists';
      return change.learner && hasAllLearners(cluster) ? 'tooManyLearners' : undefined;
    case 'removeMember':
      if (cluster.wasRemoved(change.id)) return 'removed';
      if (cluster.find(change.id) === undefined) return 'notFound';
      return isLastVoter(cluster, change.id) ? 'lastMember' : undefined;
    case 'promoteMember':
      return cluster.find(change.id)?.learner === true ? undefined : 'notFound';
  }
}

/** The same for new peer URLs of a member. */
export function refusalOfUpdate(
  cluster: ClusterState,
  id: string,
  peerURLs: readonly string[],
): MembershipRefusal | undefined {
  if (cluster.wasRemoved(id)) return 'removed';
  if (cluster.find(id) === undefined) return 'notFound';
  return urlsInUse(cluster, peerURLs, id) ? 'peerURLExists' : undefined;
}

/** The configuration after the change. */
export function configurationAfter(current: Configuration, change: ClusterChange): Configuration {
  const voters = current.voters.filter((id) => id !== change.id);
  const learners = current.learners.filter((id) => id !== change.id);
  switch (change.type) {
    case 'addMember':
      return change.learner
        ? { voters, learners: [...learners, change.id].sort() }
        : { voters: [...voters, change.id].sort(), learners };
    case 'promoteMember':
      return { voters: [...voters, change.id].sort(), learners };
    case 'removeMember':
      return { voters, learners };
  }
}

function urlsInUse(cluster: ClusterState, urls: readonly string[], except: string | undefined): boolean {
  return cluster.members().some((member) => member.id !== except && member.peerURLs.some((url) => urls.includes(url)));
}

function hasAllLearners(cluster: ClusterState): boolean {
  return cluster.members().filter(({ learner }) => learner).length >= LEARNERS_MAX;
}

function isLastVoter(cluster: ClusterState, id: string): boolean {
  const voters = cluster.members().filter((member) => !member.learner);
  return voters.length === 1 && voters[0]?.id === id;
}
