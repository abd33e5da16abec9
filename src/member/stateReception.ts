import type { Machine } from '../machine/machine';
import type { LogStart } from '../raft/types';
import type { MemberStore } from '../storage/memberStore';
import { restoreMember } from './bootstrap';
import type { Loop } from './loop';

/**
 * Takes in the leader's state beside the own one and changes over to it when it is whole (design section 2, slow or new
 * follower). Rejects, with the own state untouched, if the stream breaks or brings nothing new.
 */
export async function receiveState(
  loop: Loop,
  store: MemberStore,
  historyLength: number,
  start: LogStart,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const receiver = await store.receiveState();
  try {
    for await (const chunk of chunks) await receiver.add(chunk);
    await loop.replaceState(start, async (): Promise<Machine> => {
      await receiver.finish(start);
      const restored = await restoreMember(store, historyLength);
      if (restored === undefined) throw new Error('the store is empty right after a state was received');
      return restored.machine;
    });
  } finally {
    await receiver.abort();
  }
}
