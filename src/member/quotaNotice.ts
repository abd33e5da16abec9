import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import { encodeRequest } from './forwarding';
import type { Transport } from './transport';

/** A notice may be lost, and a leader be started again: it is repeated. */
const REPEAT_MS = 10_000;

/** Tells whoever leads what this member can hold of the store, so that it is not given more than fits into its memory. */
export class QuotaNotice {
  private toldTo: MemberId | undefined;
  private toldMs = 0;

  /** @param bytes 0: no limit */
  constructor(
    private readonly raft: Raft,
    private readonly transport: Transport,
    private readonly bytes: number,
  ) {}

  /** With each tick. @param nowMs of a clock that only goes forward */
  check(nowMs: number): void {
    const { leader, id } = this.raft;
    if (leader === undefined || leader === id) {
      this.toldTo = undefined;
      return;
    }
    if (leader === this.toldTo && nowMs < this.toldMs + REPEAT_MS) return;
    const left = this.transport.forward(leader, encodeRequest({ kind: 'quota', bytes: this.bytes }));
    this.toldTo = left ? leader : undefined;
    this.toldMs = nowMs;
  }
}
