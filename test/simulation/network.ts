import type { LogStart, MemberId, Message } from '../../src/raft/types';
import type { FaultCounts } from './faults';
import type { SeededRandom } from './random';
import type { Owner, Scheduler } from './scheduler';
import type { Trace } from './trace';

/** A running process as the network sees it. */
export interface Endpoint extends Owner {
  readonly id: MemberId;
  /** The machine it runs on: partitions are between machines. */
  readonly host: string;
  readonly peers: ReadonlySet<MemberId>;
  readonly removed: ReadonlySet<MemberId>;
  received(messages: readonly Message[]): void;
  requested(from: MemberId, request: Uint8Array): void;
  receivedState(start: LogStart, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  unreachable(id: MemberId): void;
  reachable(id: MemberId): void;
  gone(id: MemberId): void;
  toldRemoved(): void;
  /** Someone of the same cluster calls who is no peer. False: it is turned away. */
  takesIn(stranger: MemberId): boolean;
  /** Its own state lists the member. */
  lists(id: MemberId): boolean;
  /** It follows this member as the leader. */
  expectsStateFrom(from: MemberId): boolean;
}

/** How bad the network is. */
export interface Weather {
  loss: number;
  doubling: number;
  reordering: number;
  spikes: number;
}

export const CALM: Weather = { loss: 0, doubling: 0, reordering: 0, spikes: 0 };

export interface NetworkParts {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly faults: FaultCounts;
  readonly trace: Trace;
}

/** How long a sender takes to see that nobody is there. */
const NOTICE_MS = 300;

/** How long it takes at most until a broken link was dialed again. */
const REDIAL_MS = 200;

/** The network between all machines. Nothing is promised but that what arrives is whole; requests never arrive twice. */
export class SimNetwork {
  weather: Weather = { ...CALM };
  private readonly endpoints = new Map<MemberId, Endpoint>();
  private readonly cut = new Set<string>();
  private readonly cloggedUntilMs = new Map<string, number>();
  private readonly lastArrivalMs = new Map<string, number>();
  private readonly noticedMs = new Map<string, number>();

  constructor(readonly parts: NetworkParts) {}

  attach(endpoint: Endpoint): void {
    this.endpoints.set(endpoint.id, endpoint);
    for (const other of this.linkedTo(endpoint)) {
      this.comeUp(endpoint, other);
      this.comeUp(other, endpoint);
    }
  }

  /** Each side sees for itself when the streams between the two are up. */
  private comeUp(here: Endpoint, there: Endpoint): void {
    const { scheduler, random } = this.parts;
    const told = (): void => {
      if (this.endpoints.get(there.id) === there && !this.isCut(here, there)) here.reachable(there.id);
    };
    scheduler.schedule(random.between(0.5, REDIAL_MS), told, here);
  }

  detach(endpoint: Endpoint): void {
    if (this.endpoints.get(endpoint.id) !== endpoint) return;
    this.endpoints.delete(endpoint.id);
    const { scheduler, random } = this.parts;
    for (const other of this.linkedTo(endpoint)) {
      scheduler.schedule(
        random.between(0.5, REDIAL_MS),
        () => {
          if (!this.endpoints.has(endpoint.id) && !this.isCut(other, endpoint)) other.gone(endpoint.id);
        },
        other,
      );
    }
  }

  /** Somebody believes that a process ended, which goes on running. */
  misreport(endpoint: Endpoint): void {
    const { random, faults } = this.parts;
    for (const other of this.linkedTo(endpoint)) {
      if (!random.chance(0.7)) continue;
      faults.count('member wrongly thought gone');
      other.gone(endpoint.id);
    }
  }

  private linkedTo(endpoint: Endpoint): Endpoint[] {
    return [...this.endpoints.values()].filter((other) => {
      if (other.dead || other === endpoint || !other.peers.has(endpoint.id)) return false;
      return other.pausedUntilMs <= this.parts.scheduler.nowMs;
    });
  }

  find(id: MemberId): Endpoint | undefined {
    return this.endpoints.get(id);
  }

  /** Nothing gets from one machine to the other any more. */
  block(from: string, to: string): void {
    this.cut.add(link(from, to));
  }

  unblock(from: string, to: string): void {
    this.cut.delete(link(from, to));
  }

  clog(from: string, to: string, forMs: number): void {
    this.cloggedUntilMs.set(link(from, to), this.parts.scheduler.nowMs + forMs);
  }

  calmDown(): void {
    this.weather = { ...CALM };
    this.cut.clear();
    this.cloggedUntilMs.clear();
  }

  isCut(from: Endpoint, to: Endpoint): boolean {
    return this.cut.has(link(from.host, to.host));
  }

  /** Messages of one turn to one member. Each may be lost on its own. */
  send(from: Endpoint, to: MemberId, messages: readonly Message[]): void {
    const { random, faults, scheduler } = this.parts;
    const target = this.reachable(from, to);
    if (target === undefined) return;
    const { weather } = this;
    const left = weather.loss === 0 ? messages : messages.filter(() => !random.chance(weather.loss));
    if (left.length < messages.length) faults.count('message lost', messages.length - left.length);
    if (left.length === 0) return;
    const deliver = (): void => {
      this.deliver(
        from,
        to,
        () => `messages ${left.map(({ type }) => type).join()}`,
        (target) => {
          target.received(left);
        },
      );
    };
    scheduler.schedule(this.delayMs(from, target), deliver);
    if (weather.doubling > 0 && random.chance(weather.doubling)) {
      faults.count('message doubled');
      scheduler.schedule(this.delayMs(from, target), deliver);
    }
  }

  forward(from: Endpoint, to: MemberId, request: Uint8Array): boolean {
    const { random, faults, scheduler } = this.parts;
    const target = this.reachable(from, to);
    if (target === undefined) return false;
    if (random.chance(this.weather.loss)) {
      faults.count('message lost');
      return true;
    }
    scheduler.schedule(this.delayMs(from, target), () => {
      this.deliver(
        from,
        to,
        () => `request of ${request.length}`,
        (target) => {
          target.requested(from.id, request);
        },
      );
    });
    return true;
  }

  /** Whoever is there under the id, if anything gets through; otherwise the sender learns that its link is broken. */
  private reachable(from: Endpoint, to: MemberId): Endpoint | undefined {
    if (!from.peers.has(to)) return undefined;
    const target = this.endpoints.get(to);
    if (target !== undefined && !target.dead && !this.isCut(from, target)) return target;
    if (target !== undefined && !target.dead) this.parts.faults.count('message cut off');
    const { scheduler } = this.parts;
    const name = link(from.id, to);
    if ((this.noticedMs.get(name) ?? -NOTICE_MS) + NOTICE_MS > scheduler.nowMs) return undefined;
    this.noticedMs.set(name, scheduler.nowMs);
    scheduler.schedule(1, () => from.unreachable(to), from);
    return undefined;
  }

  /** Links are kept up also while there is nothing to say: so a member hears that it was removed. */
  dial(from: Endpoint): void {
    for (const id of from.peers) {
      const target = this.endpoints.get(id);
      if (target === undefined || target.pausedUntilMs > this.parts.scheduler.nowMs || this.isCut(from, target))
        continue;
      if (target.removed.has(from.id)) from.toldRemoved();
    }
  }

  private delayMs(from: Endpoint, to: Endpoint): number {
    const { scheduler, random, faults } = this.parts;
    const { weather } = this;
    const name = link(from.host, to.host);
    let atMs = scheduler.nowMs + random.between(0.2, 1.2);
    if (weather.spikes > 0 && random.chance(weather.spikes)) {
      faults.count('delay spike');
      atMs += random.between(20, 1500);
    }
    const clogged = this.cloggedUntilMs.get(name) ?? 0;
    if (clogged > atMs) {
      faults.count('link clogged');
      atMs = clogged + random.between(0, 5);
    }
    if (weather.reordering > 0 && random.chance(weather.reordering)) {
      faults.count('message reordered');
      return atMs + random.between(0, 30) - scheduler.nowMs;
    }
    // Otherwise as on one connection: in order.
    atMs = Math.max(atMs, (this.lastArrivalMs.get(name) ?? 0) + 0.001);
    if (weather.spikes === 0) this.lastArrivalMs.set(name, atMs);
    return atMs - scheduler.nowMs;
  }

  /** Another member, if it can be asked and answers. */
  reached(from: Endpoint, to: MemberId): Endpoint | undefined {
    const target = this.endpoints.get(to);
    if (target === undefined || target.dead || target.pausedUntilMs > this.parts.scheduler.nowMs) return undefined;
    return this.isCut(from, target) || this.isCut(target, from) ? undefined : target;
  }

  private deliver(from: Endpoint, to: MemberId, what: () => string, run: (target: Endpoint) => void): void {
    const { scheduler, trace } = this.parts;
    const target = this.endpoints.get(to);
    if (target === undefined || target.dead || this.isCut(from, target)) return;
    if (target.pausedUntilMs > scheduler.nowMs) {
      scheduler.schedule(target.pausedUntilMs - scheduler.nowMs, () => this.deliver(from, to, what, run));
      return;
    }
    if (target.removed.has(from.id)) {
      scheduler.schedule(1, () => from.toldRemoved(), from);
      return;
    }
    // The other side may know of members that this one has not heard of yet; it must be able to tell it about them.
    if (!target.peers.has(from.id) && !target.takesIn(from.id)) return;
    trace.add(scheduler.nowMs, `${from.host}>${target.host}`, what());
    scheduler.current = target;
    run(target);
  }
}

export function link(from: string, to: string): string {
  return `${from}>${to}`;
}
