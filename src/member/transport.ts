import type { MemberId, Message } from '../raft/types';

/** The way to the other members, as the loop sees it. Nothing is promised: messages may be lost, late or doubled. */
export interface Transport {
  send(messages: readonly Message[]): void;
  /** Hands a batch of commands to the leader; false if there is no link to it now. */
  forward(leader: MemberId, batch: Uint8Array): boolean;
}
