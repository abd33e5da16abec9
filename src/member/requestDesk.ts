import { decodeBatchHeader } from '../machine/commandCodec';
import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import type { Changes } from './changes';
import { decodeRequest, encodeRequest, type RefusedRequest } from './forwarding';
import type { LeaderDesk } from './leaderDesk';
import type { Proposals } from './proposals';
import type { Transport } from './transport';
import { MemberError } from './types';

/** Brings what clients want into the log: at the own desk if this member leads, else at the leader's over the link. */
export class RequestDesk {
  constructor(
    private readonly raft: Raft,
    private readonly proposals: Proposals,
    private readonly changes: Changes,
    private readonly leaderDesk: LeaderDesk,
    private readonly transport: Transport,
  ) {}

  get hasQueued(): boolean {
    return this.proposals.hasQueued || this.changes.hasQueued;
  }

  /** Everything that waits for its turn; without a leader it goes on waiting, until its time is up. */
  submitQueued(): void {
    const { leader, id } = this.raft;
    if (leader === undefined || !this.hasQueued) return;
    if (leader === id) this.submitHere();
    else this.forwardTo(leader);
  }

  /** A request of another member. @throws DecodeError if it cannot be read */
  received(from: MemberId, bytes: Uint8Array): void {
    const request = decodeRequest(bytes);
    switch (request?.kind) {
      case 'commands': {
        const reason = this.leaderDesk.proposeCommands(request.data);
        if (reason === undefined) return;
        const { run, sequence } = decodeBatchHeader(request.data);
        this.refuse(from, { of: 'commands', run, sequence, reason });
        return;
      }
      case 'change': {
        const { run, sequence } = request.proposed;
        const reason = this.leaderDesk.proposeChange(request.proposed);
        if (reason !== undefined) this.refuse(from, { of: 'change', run, sequence, reason });
        return;
      }
      case 'refused':
        // A late answer to an earlier run of this member is about other requests with the same numbers.
        if (request.run === this.proposals.run) this.declined(request);
        return;
      case undefined:
        return;
    }
  }

  private submitHere(): void {
    for (const { sequence, data } of this.proposals.takeBatches()) {
      const reason = this.leaderDesk.proposeCommands(data);
      if (reason !== undefined) this.declined({ of: 'commands', sequence, reason });
    }
    for (const proposed of this.changes.take()) {
      const reason = this.leaderDesk.proposeChange(proposed);
      if (reason !== undefined) this.declined({ of: 'change', sequence: proposed.sequence, reason });
    }
  }

  private forwardTo(leader: MemberId): void {
    for (const { sequence, data } of this.proposals.takeBatches()) {
      const left = this.transport.forward(leader, encodeRequest({ kind: 'commands', data }));
      if (!left) this.proposals.putBack(sequence);
    }
    for (const proposed of this.changes.take()) {
      const left = this.transport.forward(leader, encodeRequest({ kind: 'change', proposed }));
      if (!left) this.changes.putBack(proposed.sequence);
    }
  }

  private refuse(to: MemberId, refused: RefusedRequest): void {
    // If the refusal is lost too, the other side times out.
    this.transport.forward(to, encodeRequest({ kind: 'refused', ...refused }));
  }

  /** Not proposed for certain, so it may be tried again or its caller told. */
  private declined({ of, sequence, reason }: Omit<RefusedRequest, 'run'>): void {
    switch (reason) {
      case 'later':
        if (of === 'commands') this.proposals.putBack(sequence);
        else this.changes.putBack(sequence);
        return;
      case 'tooLarge':
        this.proposals.fail(sequence, new MemberError('tooLarge', 'etcdserver: request is too large'));
        return;
      case 'peerURLExists':
      case 'idExists':
      case 'notFound':
      case 'removed':
      case 'lastMember':
      case 'unhealthy':
        this.changes.refuse(sequence, reason);
        return;
    }
  }
}
