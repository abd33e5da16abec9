import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import { encodeRequest } from './forwardedRequest';
import type { Quota } from './quota';
import type { Transport } from './transport';

/** A notice may be lost, and a leader be started again: it is repeated. */
const REPEAT_MS = 10_000;

/**
 * Tells whoever leads what this member can hold of the store, so that it is not given more than fits into its memory; the leader
 * answers whether the store is full (forwarder.ts). While this member leads it tells the others when that changes.
 */
export class QuotaNotice {
  private toldTo: MemberId | undefined;
  private toldMs = 0;
  private toldAlarm = false;

  constructor(
    private readonly raft: Raft,
    private readonly transport: Transport,
    private readonly quota: Pick<Quota, 'bytes' | 'alarm'>,
  ) {}

  /** With each tick. @param nowMs of a clock that only goes forward */
  check(nowMs: number): void {
    const { leader, id } = this.raft;
    if (leader === id) this.tellOthers();
    else this.toldAlarm = false;
    if (leader === undefined || leader === id) {
      this.toldTo = undefined;
      return;
    }
    if (leader === this.toldTo && nowMs < this.toldMs + REPEAT_MS) return;
    const left = this.transport.forward(leader, encodeRequest({ kind: 'quota', bytes: this.quota.bytes }));
    this.toldTo = left ? leader : undefined;
    this.toldMs = nowMs;
  }

  private tellOthers(): void {
    const isFull = this.quota.alarm;
    if (isFull === this.toldAlarm) return;
    this.toldAlarm = isFull;
    const { id, configuration } = this.raft;
    const request = encodeRequest({ kind: 'quotaAlarm', isFull });
    for (const other of [...configuration.voters, ...configuration.learners])
      if (other !== id) this.transport.forward(other, request);
  }
}
