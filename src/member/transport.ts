import type { LogStart, MemberId, Message } from '../raft/types';

/** The way to the other members, as a member sees it. What is sent may be lost or late; raft's messages may also come twice. */
export interface Transport {
  send(messages: readonly Message[]): void;
  /**
   * Hands a request (see forwardedRequest.ts), in pieces that belong one behind the other, to another member, once at most; false if
   * there is no link to it now. Nothing of it may change any more.
   */
  forward(to: MemberId, request: readonly Uint8Array[]): boolean;
  /** Streams a state; resolves when the receiver has taken it over. */
  sendSnapshot(to: MemberId, start: LogStart, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Everyone there is besides this member, where, and whether it has a vote (default: yes). */
  setPeers(
    peers: readonly { readonly id: MemberId; readonly urls: readonly string[]; readonly voter?: boolean }[],
  ): void;
  /**
   * What came from `from` cannot come from a sound member: its link is closed, with `reason` in the log. It may dial again.
   */
  cutOff(from: MemberId, reason: string): void;
  /** This member was removed: whoever still calls under its id is told so. */
  remove(id: MemberId): void;
}
