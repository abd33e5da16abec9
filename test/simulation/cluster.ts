import type { FounderName } from '../../src/discovery/askBack';
import { clusterIdOf, memberIdOf } from '../../src/member/identity';
import type { LocalMember } from '../../src/member/localMember';
import type { MemberId } from '../../src/raft/types';
import type { SimDisk } from './disk';
import { FounderBeginnings } from './founders';
import type { Incarnation } from './incarnation';
import { SimNode } from './node';
import { PlainRequests } from './plainRequests';
import type { World } from './world';

/** What came of asking a member: an answer, a refusal, or silence because it died or took too long. */
export type Outcome<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'silence' };

const PATIENCE_MS = 12_000;
const ASK_NAME_TIMEOUT_MS = 1000;

export interface Founder {
  readonly name: string;
  readonly id: MemberId;
  readonly peerURLs: readonly string[];
}

const TOKEN = 'simulation';

export function foundersOf(size: number): Founder[] {
  return Array.from({ length: size }, (_, position) => {
    const name = `m${position + 1}`;
    const peerURLs = [`http://${name}:2380`];
    return { name, peerURLs, id: memberIdOf(peerURLs, TOKEN) };
  });
}

/** All machines, and the few things that everybody wants to know of them. */
export class Cluster {
  readonly nodes: SimNode[];
  /** The machines of those that were to found the cluster, whoever lives there now. */
  readonly founders: readonly SimNode[];
  readonly clusterId: string;
  /** What GET /founders of the peer port says. */
  private readonly askName = (from: Incarnation, url: string): Promise<FounderName> =>
    new PlainRequests(this).ask(from, url, ASK_NAME_TIMEOUT_MS, async (node) => {
      const name = await node.witness?.name();
      if (name === undefined) throw new Error('status 503');
      return name;
    });

  constructor(
    readonly world: World,
    founders: readonly Founder[],
  ) {
    this.clusterId = clusterIdOf(founders.map(({ id }) => id));
    const beginnings = new FounderBeginnings(this, founders, TOKEN);
    this.founders = founders.map((founder) => {
      const node = new SimNode(world, founder.name, beginnings.of(founder), this.askName);
      node.memberId = founder.id;
      return node;
    });
    this.nodes = [...this.founders];
  }

  /** Nodes with a member that takes requests. */
  get serving(): SimNode[] {
    return this.nodes.filter((node) => node.member !== undefined);
  }

  /** Whoever leads the highest term. */
  get leader(): SimNode | undefined {
    const leaders = this.nodes.filter((node) => node.incarnation?.observer?.isLeader === true);
    return leaders.sort((a, b) => termOf(b) - termOf(a))[0];
  }

  nodeOf(id: MemberId): SimNode | undefined {
    return this.nodes.find((node) => node.memberId === id);
  }

  /** The disk of a member, also of one whose machine is lost: what it had acknowledged was there. */
  diskOf(id: MemberId): SimDisk | undefined {
    return this.nodeOf(id)?.disk ?? this.nodes.find((node) => node.lostDisks.has(id))?.lostDisks.get(id);
  }

  /** Members as the last committed entry says. */
  get voters(): MemberId[] {
    return this.members.filter(({ learner }) => !learner).map(({ id }) => id);
  }

  get members(): readonly { readonly id: MemberId; readonly peerURLs: readonly string[]; readonly learner: boolean }[] {
    return this.world.reference.machine.cluster.members();
  }

  addNode(name: string): SimNode {
    const node = new SimNode(this.world, name, undefined, this.askName);
    this.nodes.push(node);
    return node;
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.world.scheduler.schedule(delayMs, resolve);
    });
  }

  /** Asks a member, and gives up when its process ends or the patience does. */
  ask<T>(node: SimNode, request: (member: LocalMember) => Promise<T>, patienceMs = PATIENCE_MS): Promise<Outcome<T>> {
    const { incarnation, member } = node;
    if (incarnation === undefined || member === undefined) return Promise.resolve({ kind: 'silence' });
    const { scheduler } = this.world;
    return new Promise((resolve) => {
      const silent = (): void => {
        timer.cancelled = true;
        incarnation.endListeners.delete(silent);
        resolve({ kind: 'silence' });
      };
      const settled = (outcome: Outcome<T>): void => {
        timer.cancelled = true;
        incarnation.endListeners.delete(silent);
        resolve(outcome);
      };
      const timer = scheduler.schedule(patienceMs, silent);
      incarnation.endListeners.add(silent);
      request(member).then(
        (value) => settled({ kind: 'answer', value }),
        (error: unknown) => settled({ kind: 'error', error }),
      );
    });
  }
}

function termOf(node: SimNode): number {
  return node.member?.indexes().raftTerm ?? 0;
}
