import type { HistoryBounds } from '../machine/keyspace/history';
import { Machine } from '../machine/machine';
import { isSameConfiguration } from '../raft/configuration';
import type { LogStart } from '../raft/types';
import { messageOf } from '../platform/errorMessage';
import { StorageError } from '../storage/errors';
import type { MemberStore } from '../storage/memberStore';
import type { StateReceiver } from '../storage/stateReceiver';
import type { Loop } from './loop';

/** What came in is no state that this member could go on from; its own is untouched. */
export class BadStateError extends Error {
  override readonly name = 'BadStateError';
}

/**
 * Takes in the leader's state beside the own one, loads and checks it there, and changes over to it only then (design section
 * 2, slow or new follower). Rejects, with the own state untouched, if the stream breaks, brings nothing new, or brings what
 * cannot be loaded: that costs the transfer, never the member.
 */
export async function receiveState(
  loop: Loop,
  store: MemberStore,
  history: HistoryBounds,
  start: LogStart,
  chunks: AsyncIterable<Uint8Array>,
  knownLevel?: number,
): Promise<void> {
  const receiver = await store.receiveState();
  try {
    for await (const chunk of chunks) await receiver.add(chunk);
    const machine = await load(receiver, new Machine(history, knownLevel), start);
    await loop.replaceState(start, async (): Promise<Machine> => {
      await receiver.finish(start);
      return machine;
    });
  } finally {
    await receiver.abort();
  }
}

async function load(receiver: StateReceiver, machine: Machine, start: LogStart): Promise<Machine> {
  try {
    await receiver.load((rows) => {
      machine.loadRows(rows);
    });
    machine.loaded();
  } catch (error) {
    if (error instanceof StorageError) throw error;
    throw new BadStateError(`it cannot be loaded: ${messageOf(error)}`);
  }
  checkMembers(machine, start);
  return machine;
}

/** The rows and the configuration of one moment have the same members. */
function checkMembers({ cluster }: Machine, { configuration }: LogStart): void {
  const members = cluster.members();
  if (members.length === 0) throw new BadStateError('it has no members');
  const voters = members.filter(({ learner }) => !learner).map(({ id }) => id);
  const learners = members.filter(({ learner }) => learner).map(({ id }) => id);
  if (!isSameConfiguration({ voters, learners }, configuration)) {
    throw new BadStateError('its members are not those of its configuration');
  }
}
