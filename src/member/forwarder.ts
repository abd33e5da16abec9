import { DecodeError } from '../machine/bytes';
import { decodeBatch } from '../machine/commandCodec';
import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import type { Changes } from './changes';
import {
  decodeRequest,
  encodeRequest,
  type CommandsWithoutRoom,
  type RefusedRequest,
  type Request,
} from './forwardedRequest';
import type { ProposalAdmission } from './proposalAdmission';
import type { Proposals } from './proposals';
import type { Transport } from './transport';
import { ENTRY_COMMANDS_MAX } from './settings';
import { MemberError } from './types';

/** Brings what clients want into the log: through the admission of this member if it leads, else through the leader's, over the link. */
export class Forwarder {
  /**
   * A leader had no room: until the fate of this batch, the oldest, is known, nothing else is sent. Otherwise everything that
   * waits would go over the link again and again.
   */
  private probe: number | undefined;
  private congested = false;
  /** Whose leadership that is about. */
  private leadership: { readonly leader: MemberId; readonly term: number } | undefined;

  constructor(
    private readonly raft: Raft,
    private readonly proposals: Proposals,
    private readonly changes: Changes,
    private readonly admission: ProposalAdmission,
    private readonly transport: Transport,
  ) {}

  get hasQueued(): boolean {
    return this.proposals.hasQueued || this.changes.hasQueued;
  }

  /** Everything that waits for its turn; without a leader it goes on waiting, until its time is up. */
  submitQueued(): void {
    const { leader, id, term } = this.raft;
    if (leader === undefined) return;
    if (leader !== this.leadership?.leader || term !== this.leadership.term) this.begins({ leader, term });
    if (!this.hasQueued) return;
    if (leader === id) this.submitHere();
    else this.forwardTo(leader);
  }

  /** What was on its way to the leader before may never be answered: nothing waits for it any more. */
  private begins(leadership: NonNullable<Forwarder['leadership']>): void {
    this.leadership = leadership;
    this.probe = undefined;
    this.congested = false;
    this.proposals.leaderChanged();
  }

  /** A request of another member. Answers what is wrong with it, for which the sender loses the link; never throws. */
  received(from: MemberId, bytes: Uint8Array): string | undefined {
    const request = readRequest(bytes);
    if (typeof request === 'string') return request;
    const isAsking = request?.kind === 'commands' || request?.kind === 'change' || request?.kind === 'quota';
    // Who does not lead (any more) may be the one that does not know everybody; it takes nothing anyway.
    const leads = this.raft.leader === this.raft.id;
    if (isAsking && leads && !this.admission.knows(from)) return 'a request of somebody who is no member';
    switch (request?.kind) {
      case 'commands':
        return this.commandsOf(from, request.data);
      case 'change': {
        const { origin, run, sequence } = request.proposed;
        if (origin !== from) return 'a change of the members in the name of another member';
        const reason = this.admission.proposeChange(request.proposed);
        if (reason !== undefined) this.refuse(from, { of: 'change', run, sequence, reason });
        return undefined;
      }
      case 'refused':
        this.refusedBy(from, request);
        return undefined;
      case 'noSpace':
        this.noSpaceBy(from, request);
        return undefined;
      case 'quota':
        this.admission.toldQuota(from, request.bytes);
        // Also where nothing changed: it may have missed that.
        if (leads) this.answer(from, { kind: 'quotaAlarm', isFull: this.admission.isFull });
        return undefined;
      case 'quotaAlarm':
        // Who led until just now means no harm by it, and is not listened to.
        if (from === this.raft.leader) this.admission.toldAlarm(from, request.isFull);
        return undefined;
      case undefined:
        return undefined;
    }
  }

  private commandsOf(from: MemberId, data: Uint8Array): string | undefined {
    const batch = readBatch(data);
    if (typeof batch === 'string') return batch;
    const fault = this.admission.faultOfForwarded(from, batch);
    if (fault !== undefined) return fault;
    const { run, sequence } = batch;
    const reason = this.admission.proposeCommands(data, batch.commands);
    if (typeof reason === 'object') this.answer(from, { kind: 'noSpace', run, sequence, places: reason });
    else if (reason !== undefined) this.refuse(from, { of: 'commands', run, sequence, reason });
    return undefined;
  }

  /** Only whom a request was sent to can say that it was not taken; anybody else could make it happen twice. */
  private refusedBy(from: MemberId, request: RefusedRequest): void {
    // A late answer to an earlier run of this member is about other requests with the same numbers.
    if (request.run !== this.proposals.run) return;
    const waiters = request.of === 'commands' ? this.proposals : this.changes;
    if (!waiters.wasSentTo(request.sequence, from)) return;
    if (request.of === 'commands' && request.reason === 'later') {
      this.congested = true;
      if (this.probe === request.sequence) this.probe = undefined;
    }
    this.declined(request);
  }

  /** As a refusal; the rest of the batch waits again. */
  private noSpaceBy(from: MemberId, { run, sequence, places }: CommandsWithoutRoom): void {
    if (run !== this.proposals.run || !this.proposals.wasSentTo(sequence, from)) return;
    this.proposals.failPart(sequence, places, noSpace());
  }

  private submitHere(): void {
    this.congested = false;
    for (let batch = this.proposals.next(); batch !== undefined; batch = this.proposals.next()) {
      const { sequence } = batch;
      const reason = this.admission.proposeCommands(batch.data, batch.commands);
      if (typeof reason === 'object') this.proposals.failPart(sequence, reason, noSpace());
      else if (reason !== undefined) this.declined({ of: 'commands', sequence, reason });
      // What is younger must not overtake it, and would not be taken either.
      if (reason === 'later') break;
    }
    for (const proposed of this.changes.take()) {
      const reason = this.admission.proposeChange(proposed);
      if (reason !== undefined) this.declined({ of: 'change', sequence: proposed.sequence, reason });
    }
  }

  private forwardTo(leader: MemberId): void {
    this.forwardCommands(leader);
    for (const proposed of this.changes.take()) {
      const left = this.transport.forward(leader, encodeRequest({ kind: 'change', proposed }));
      if (left) this.changes.sent(proposed.sequence, leader);
      else this.changes.putBack(proposed.sequence);
    }
  }

  private forwardCommands(leader: MemberId): void {
    if (this.congested && this.probe !== undefined) {
      if (this.proposals.isInFlight(this.probe)) return;
      // It was taken, or its time was up.
      this.probe = undefined;
      this.congested = false;
    }
    for (let batch = this.proposals.next(); batch !== undefined; batch = this.proposals.next()) {
      const { sequence, data, onlyAsLeader } = batch;
      if (onlyAsLeader) {
        this.proposals.fail(sequence, new MemberError('leaderLost', 'etcdserver: leader changed'));
        continue;
      }
      if (!this.transport.forward(leader, encodeRequest({ kind: 'commands', data }))) {
        this.proposals.putBack(sequence);
        return;
      }
      this.proposals.sent(sequence, leader);
      if (!this.congested) continue;
      this.probe = sequence;
      return;
    }
  }

  private refuse(to: MemberId, refused: RefusedRequest): void {
    this.answer(to, { kind: 'refused', ...refused });
  }

  private answer(to: MemberId, answer: Request): void {
    // If the refusal is lost too, the other side times out.
    this.transport.forward(to, encodeRequest(answer));
  }

  /** Not proposed for certain, so it may be tried again or its caller told. */
  private declined({ of, sequence, reason }: Omit<RefusedRequest, 'run'>): void {
    switch (reason) {
      case 'later':
        if (of === 'commands') this.proposals.putBack(sequence);
        else this.changes.putBack(sequence);
        return;
      case 'tooLarge':
        if (of === 'commands') {
          this.proposals.fail(sequence, new MemberError('tooLarge', 'etcdserver: request is too large'));
        }
        return;
      case 'peerURLExists':
      case 'idExists':
      case 'notFound':
      case 'removed':
      case 'lastMember':
      case 'unhealthy':
      case 'running':
      case 'tooManyLearners':
        if (of === 'change') this.changes.refuse(sequence, reason);
        return;
    }
  }
}

function noSpace(): MemberError {
  return new MemberError('noSpace', 'etcdserver: mvcc: database space exceeded');
}

/** The request, undefined for a kind that this version does not know, or what is wrong with it. */
function readRequest(bytes: Uint8Array): Request | undefined | string {
  return orFault(() => decodeRequest(bytes));
}

function readBatch(data: Uint8Array): ReturnType<typeof decodeBatch> | string {
  return orFault(() => decodeBatch(data, ENTRY_COMMANDS_MAX));
}

function orFault<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}
