import type { LocalMember } from '../../src/member/localMember';
import type { Transport } from '../../src/member/transport';
import type { LogStart, MemberId, Message } from '../../src/raft/types';
import type { Endpoint } from './network';
import type { ClockError } from './nodeClock';
import { NodeClock } from './nodeClock';
import { Observer } from './observer';
import type { World } from './world';

const DIAL_INTERVAL_MS = 1000;

/** One run of one process: from its start to its end or crash. What belonged to it dies with it. */
export class Incarnation implements Endpoint, Transport {
  dead = false;
  pausedUntilMs = 0;
  id: MemberId = '';
  readonly peers = new Set<MemberId>();
  /** Those of the peers that the state does not name, because it is old. */
  private readonly strangers = new Set<MemberId>();
  readonly removed = new Set<MemberId>();
  readonly clock: NodeClock;

  /** Undefined until it has opened its store. */
  member: LocalMember | undefined;
  observer: Observer | undefined;
  stopping = false;
  /** Called once when it ends. */
  readonly endListeners = new Set<() => void>();

  constructor(
    private readonly world: World,
    readonly host: string,
    clockError: ClockError,
    private readonly onToldRemoved: () => void,
    /** Members on the machines that its --join-urls name. */
    private readonly joinIds: () => readonly MemberId[],
  ) {
    this.clock = new NodeClock(world.scheduler, this, clockError);
  }

  opened(member: LocalMember): void {
    this.member = member;
    this.id = member.id;
    this.observer = new Observer(this.world, this.host, member);
    this.world.network.attach(this);
    member.start();
    this.clock.every(DIAL_INTERVAL_MS, () => {
      this.world.network.dial(this);
    });
  }

  /** Nothing of it happens any more. */
  end(): void {
    this.dead = true;
    this.world.network.detach(this);
    for (const listener of this.endListeners) listener();
    this.endListeners.clear();
  }

  send(messages: readonly Message[]): void {
    if (this.dead) return;
    const byTarget = new Map<MemberId, Message[]>();
    for (const message of messages) {
      this.world.invariants.leaving(message);
      const list = byTarget.get(message.to);
      if (list === undefined) byTarget.set(message.to, [message]);
      else list.push(message);
    }
    for (const [to, list] of byTarget) this.world.network.send(this, to, list);
  }

  forward(to: MemberId, request: readonly Uint8Array[]): boolean {
    return !this.dead && this.world.network.forward(this, to, Buffer.concat(request));
  }

  sendSnapshot(to: MemberId, start: LogStart, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    return this.world.streams.send(this, to, start, chunks);
  }

  /** Nobody here lies: what a member refuses to take from another one is a fault of one of the two. */
  cutOff(from: MemberId, reason: string): void {
    // Who was removed meanwhile may not know it yet.
    if (this.removed.has(from)) return;
    this.world.judge.broken('no member offends another', `${this.host} cuts off ${from}: ${reason}`);
  }

  setPeers(peers: readonly { readonly id: MemberId }[]): void {
    this.peers.clear();
    for (const { id } of peers) if (id !== this.id) this.peers.add(id);
    for (const id of this.strangers) this.peers.add(id);
  }

  remove(id: MemberId): void {
    this.removed.add(id);
    this.peers.delete(id);
    this.strangers.delete(id);
  }

  lists(id: MemberId): boolean {
    return this.member?.members().some((listed) => listed.id === id) === true;
  }

  expectsStateFrom(from: MemberId): boolean {
    return this.member?.peerSide.expectsStateFrom(from) === true;
  }

  /** If one of those it knows can be asked and lists the stranger; where none can, if one of its join URLs does. */
  takesIn(stranger: MemberId): boolean {
    const known = this.reached([...this.peers]);
    const asked = known.length > 0 ? known : this.reached(this.joinIds());
    if (!asked.some((endpoint) => endpoint.lists(stranger))) return false;
    this.strangers.add(stranger);
    this.peers.add(stranger);
    return true;
  }

  private reached(ids: readonly MemberId[]): readonly Endpoint[] {
    return ids.map((id) => this.world.network.reached(this, id)).filter((endpoint) => endpoint !== undefined);
  }

  received(messages: readonly Message[]): void {
    this.member?.peerSide.received(messages);
    this.observer?.look();
  }

  requested(from: MemberId, request: Uint8Array): void {
    this.member?.peerSide.requested(from, request);
    this.observer?.look();
  }

  receivedState(start: LogStart, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.member === undefined) return Promise.reject(new Error('the member is not open yet'));
    return this.member.peerSide.receivedState(start, chunks);
  }

  unreachable(id: MemberId): void {
    this.member?.peerSide.unreachable(id);
  }

  reachable(id: MemberId): void {
    this.member?.peerSide.reachable(id);
    this.observer?.look();
  }

  gone(id: MemberId): void {
    this.member?.peerSide.gone(id);
    this.observer?.look();
  }

  toldRemoved(): void {
    this.onToldRemoved();
  }
}
