import type { LocalMember } from '../../src/member/localMember';
import { MembershipError } from '../../src/member/types';
import type { MemberId } from '../../src/raft/types';
import type { Cluster } from './cluster';
import { insideOf } from './inside';
import type { Beginning, SimNode } from './node';

const RETRY_MS = 400;
const ROUNDS_MAX = 15;
/** So often in vain: nobody leads, and the operator looks at what the members log. */
const PATIENCE_ROUNDS = 4;
const VOTERS_MIN = 3;
/** A founder that is the only one asks nobody, and cannot tell that it lost its disk (docs/clustering.md). */
const FOUNDERS_MIN = 2;
const MEMBERS_MAX = 6;

/**
 * Whoever runs the cluster: adds, removes and replaces members and restarts them one by one. One job at a time, and each is
 * carried through, so that no more voters are missing at once than the cluster can bear.
 */
export class Operator {
  busy = false;
  private added = 0;

  constructor(private readonly cluster: Cluster) {}

  addMember(): void {
    if (this.cluster.members.length >= MEMBERS_MAX) return;
    this.run(async () => {
      const node = this.newNode();
      const id = await this.add(node.peerURLs);
      node.replaceBy(this.joining(id), id);
      node.start();
      this.cluster.world.faults.count('member added');
    });
  }

  removeMember(preferLeader: boolean): void {
    const { cluster } = this;
    // A founder that has not come yet knows only the other founders, and would wait for ever once they are gone.
    if (cluster.voters.length < VOTERS_MIN || !this.allFounded) return;
    const { leader } = cluster;
    const id = preferLeader && leader !== undefined ? leader.memberId : cluster.world.random.pick(cluster.voters);
    if (id === undefined || !cluster.voters.includes(id)) return;
    this.run(async () => {
      cluster.world.faults.count(leader?.memberId === id ? 'leader removed' : 'member removed');
      await this.remove(id);
    });
  }

  /** A machine is lost with all its data. */
  replaceMember(): void {
    const lost = this.somebodyToLose();
    if (lost === undefined) return;
    this.run(async () => {
      await this.replace(lost);
      this.cluster.world.faults.count('data lost and member replaced');
    });
  }

  /** A disk loses a page that was synced: the start says so and ends, and the member is replaced. */
  damageMember(): void {
    const damaged = this.somebodyToLose();
    if (damaged === undefined || this.busy || !damaged.loseSynced()) return;
    this.run(async () => {
      damaged.start();
      // Once is enough: the line it ended with says what to do.
      damaged.heldBack = true;
      while (damaged.isUp) await this.cluster.sleep(RETRY_MS);
      damaged.heldBack = false;
      this.cluster.world.faults.count('synced page lost, start refused');
      await this.replace(damaged);
    });
  }

  private somebodyToLose(): SimNode | undefined {
    const { cluster } = this;
    if (cluster.voters.length < VOTERS_MIN || !this.allFounded) return undefined;
    return cluster.nodeOf(cluster.world.random.pick(cluster.voters));
  }

  private async replace(lost: SimNode): Promise<void> {
    const { memberId } = lost;
    if (memberId === undefined) return;
    lost.replaceBy(undefined, undefined);
    await this.remove(memberId);
    const id = await this.add(lost.peerURLs);
    lost.replaceBy(this.joining(id), id);
    lost.start();
  }

  /**
   * A founder loses its disk and is started again as it is configured, sometimes before anybody else of a cluster that is down.
   */
  loseFounder(): void {
    const { cluster } = this;
    const { random, faults } = cluster.world;
    const founder = random.pick(cluster.founders);
    const isVoter = founder.memberId !== undefined && cluster.voters.includes(founder.memberId);
    const isTold = cluster.founders.length >= FOUNDERS_MIN;
    if (cluster.voters.length < VOTERS_MIN || !isVoter || founder.isReplaced || !isTold || !this.allFounded) return;
    // It knows only the other founders: one of them has to be there to be asked.
    const others = cluster.founders.filter(
      ({ memberId }) => memberId !== undefined && cluster.voters.includes(memberId),
    );
    if (others.length < 2) return;
    this.run(async () => {
      faults.count('founder lost its disk');
      if (random.chance(0.5)) for (const node of cluster.nodes) node.crash();
      founder.loseDisk();
      founder.start();
      while (!cluster.voters.some((id) => id === founder.memberId) || founder.member === undefined) {
        await cluster.sleep(RETRY_MS);
        founder.start();
      }
    });
  }

  /** The disk of a founder vanishes before it has founded anything: the others may have heard of it already. */
  loseBeginner(): void {
    const { cluster } = this;
    const founder = cluster.world.random.pick(cluster.founders);
    if (cluster.founders.length < VOTERS_MIN || founder.hasState) return;
    cluster.world.faults.count('beginner lost its disk');
    founder.loseDisk();
    founder.start();
  }

  /** One member is away for so long that a newcomer leads when it comes back. */
  growWhileOneIsAway(): void {
    const { cluster } = this;
    const { world } = cluster;
    const away = cluster.nodeOf(world.random.pick(cluster.voters));
    if (away === undefined || cluster.voters.length < VOTERS_MIN || cluster.members.length >= MEMBERS_MAX) return;
    // A founder that has not come yet is missing too.
    if (!this.allFounded) return;
    this.run(async () => {
      away.heldBack = true;
      away.crash();
      const node = this.newNode();
      const id = await this.add(node.peerURLs);
      node.replaceBy(this.joining(id), id);
      node.start();
      for (let round = 0; round < ROUNDS_MAX && cluster.leader !== node; round++) {
        await cluster.sleep(RETRY_MS);
        const { leader } = cluster;
        if (leader?.member !== undefined) insideOf(leader.member).raft.transferLeadership(id);
      }
      away.heldBack = false;
      away.start();
      world.faults.count('member added');
      if (cluster.leader === node) world.faults.count('newcomer leads, unknown to somebody');
    });
  }

  restartAll(): void {
    const { cluster } = this;
    this.run(async () => {
      for (const node of [...cluster.nodes]) {
        if (node.member === undefined) continue;
        await node.stop();
        await cluster.sleep(cluster.world.random.between(50, 500));
        node.start();
        await cluster.sleep(cluster.world.random.between(100, 1500));
      }
      cluster.world.faults.count('rolling restart');
    });
  }

  /** Before that the loss of a disk can take the last one that could tell a lost founder from a new one (src/discovery/README.md). */
  private get allFounded(): boolean {
    return this.cluster.founders.every(({ hasState, retired }) => hasState || retired);
  }

  private newNode(): SimNode {
    return this.cluster.addNode(`a${++this.added}`);
  }

  private run(job: () => Promise<void>): void {
    if (this.busy) return;
    this.busy = true;
    job().then(
      () => {
        this.busy = false;
      },
      (error: unknown) => {
        this.cluster.world.judge.broken(
          'the operator can work',
          error instanceof Error ? (error.stack ?? '') : String(error),
        );
      },
    );
  }

  /** An attempt that was not answered may have been carried out, then or later: the cluster says. */
  private async add(peerURLs: readonly string[]): Promise<MemberId> {
    for (let round = 1; ; round++) {
      if (round % PATIENCE_ROUNDS === 0) this.introduce();
      const found = this.cluster.members.find((member) => member.peerURLs[0] === peerURLs[0]);
      if (found !== undefined) return found.id;
      const isListed = ({ peerURLs: urls }: { readonly peerURLs: readonly string[] }): boolean =>
        urls[0] === peerURLs[0];
      await this.attempt(
        (member) => member.addMember(peerURLs),
        (member) => member.members().some(isListed),
      );
    }
  }

  private async remove(id: MemberId): Promise<void> {
    for (let round = 1; !this.cluster.world.reference.machine.cluster.wasRemoved(id); round++) {
      if (round % PATIENCE_ROUNDS === 0) this.introduce();
      await this.attempt(
        (member) => member.removeMember(id),
        (member) => !member.members().some((listed) => listed.id === id),
      );
    }
  }

  /**
   * One that was away while all that it knew were replaced or lost knows nobody whom it could ask about the others: it is started
   * again with --join-urls (docs/clustering.md).
   */
  private introduce(): void {
    const { nodes, members, leader } = this.cluster;
    if (leader !== undefined) return;
    const listed = nodes.filter(({ memberId }) => members.some(({ id }) => id === memberId));
    for (const node of listed) {
      node.joinNodes = listed;
      node.crash();
      node.start();
    }
  }

  /** @param isSeen whether the change can be seen at this member; it must be when the member has acknowledged it */
  private async attempt(
    request: (member: LocalMember) => Promise<unknown>,
    isSeen: (member: LocalMember) => boolean,
  ): Promise<void> {
    const { cluster } = this;
    const { serving } = cluster;
    const { judge } = cluster.world;
    if (serving.length > 0) {
      const node = cluster.world.random.pick(serving);
      const outcome = await cluster.ask(node, async (member) => {
        await request(member);
        judge.check(isSeen(member), 'an acknowledged change is in the list', () => `not in that of ${node.name}`);
      });
      if (outcome.kind === 'answer') return;
      const error = outcome.kind === 'error' ? outcome.error : undefined;
      if (error instanceof MembershipError) {
        const known = ['peerURLExists', 'removed', 'notFound', 'unhealthy'].includes(error.refusal);
        judge.check(known, 'the operator can work', () => error.message);
      }
    }
    await cluster.sleep(RETRY_MS);
  }

  private joining(memberId: MemberId): Beginning {
    return () => {
      const peers = this.cluster.members.filter(({ id }) => id !== memberId);
      return { kind: 'join', memberId, clusterId: this.cluster.clusterId, peers };
    };
  }
}

/** Nodes that are to be up: those that are not retired and not lost. */
export function restartable(nodes: readonly SimNode[]): SimNode[] {
  return nodes.filter(
    (node) => !node.isUp && !node.retired && !node.heldBack && (node.memberId !== undefined || node.canBegin),
  );
}
