import type { HistoryBounds } from '../machine/keyspace/history';
import { Machine } from '../machine/machine';
import { DecodeError } from '../machine/bytes';
import type { RestoredState } from '../raft/types';
import { StorageError } from '../storage/errors';
import type { Identity } from '../storage/recordCodec';
import type { MemberStore } from '../storage/memberStore';
import { clusterIdOf, foundationOf, memberIdOf } from './identity';

/** The members a new cluster begins with. */
export interface FoundingMember {
  readonly name: string;
  readonly peerURLs: readonly string[];
}

/**
 * Founding members do not log how the cluster began: each computes it, and the log starts after it. So whoever joins later
 * has entries missing and is sent the state (see README.md).
 */
const FOUNDATION = { index: 1, term: 1 };

/** What a member is made of once its store is open. */
export interface Restored {
  readonly identity: Identity;
  readonly machine: Machine;
  readonly raft: RestoredState;
}

/**
 * Makes an empty store the one of `own`, a founding member of a new cluster. Durable when it resolves. Everything a founder
 * computes by itself comes from here and from Machine.bootstrap; its digest is what founders compare when they first meet.
 */
export async function foundCluster(
  store: MemberStore,
  founders: readonly FoundingMember[],
  own: string,
  token: string,
  history: HistoryBounds,
): Promise<void> {
  const members = founders.map(({ name, peerURLs }) => ({ name, peerURLs, id: memberIdOf(peerURLs, token) }));
  const ownId = members.find(({ name }) => name === own)?.id;
  if (ownId === undefined) throw new Error(`the member ${own} is not among the founders`);
  const ids = members.map(({ id }) => id);
  const machine = new Machine(history);
  machine.bootstrap(members);
  const configuration = { voters: [...ids].sort(), learners: [] };
  const firstState = { ...FOUNDATION, configuration, members: machine.cluster.members(), tree: machine.digest() };
  await store.initialise({
    identity: { memberId: ownId, clusterId: clusterIdOf(ids), foundation: foundationOf(firstState) },
    configuration,
    position: FOUNDATION,
    rows: machine.takeRows(),
  });
}

/**
 * Everything back from the store; undefined if nothing was ever stored. The log entries after the applied index are not
 * replayed here: raft hands them out again as soon as they are known to be committed.
 * @param logTail see MemberStore.load
 * @param knownLevel the feature level up to which this program reads; default: as it is. A state of a higher one: FeatureLevelError
 */
export async function restoreMember(
  store: MemberStore,
  history: HistoryBounds,
  logTail?: number,
  knownLevel?: number,
): Promise<Restored | undefined> {
  const machine = new Machine(history, knownLevel);
  try {
    const { identity, hardState, start, entries, applied } = await store.load((rows) => {
      machine.loadRows(rows);
    }, logTail);
    if (identity === undefined) return undefined;
    machine.loaded();
    return { identity, machine, raft: { hardState, start, entries, applied } };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new StorageError('corrupt', `a stored row cannot be read: ${error.message}`, error);
  }
}
