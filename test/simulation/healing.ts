import type { Client, SharedKnowledge } from './clients';
import type { Cluster } from './cluster';
import { insideOf } from './inside';
import type { SimNode } from './node';
import { restartable, type Operator } from './operator';
import type { Watcher } from './watchers';

/** Waits until something is so; breaks the rule `heals` after the limit. */
export type Until = (isReached: () => boolean, limitMs: number, what: string) => Promise<void>;

/** A clock that was set back makes members wait for longer; so much is allowed for it. */
const HEALTHY_LIMIT_MS = 90_000;
const QUIET_LIMIT_MS = 40_000;
const MOVE_LIMIT_MS = 30_000;
/** Before anything is proposed that only happens from time to time. */
const READ_LIMIT_MS = 3000;
const EQUAL_LIMIT_MS = 10_000;
const RETRY_MS = 500;

/** Somebody who asks members for something. */
export interface Actor {
  running: boolean;
  readonly idle: boolean;
}

/** After the storm: everybody comes back, every member serves, and all agree on everything that was acknowledged. */
export class Healing {
  constructor(
    private readonly cluster: Cluster,
    private readonly operator: Operator,
    private readonly clients: readonly Client[],
    private readonly others: readonly Actor[],
    private readonly watchers: readonly Watcher[],
    private readonly known: SharedKnowledge,
  ) {}

  async run(until: Until): Promise<void> {
    await until(() => this.allThere(), HEALTHY_LIMIT_MS, 'everybody is up and votes');
    await this.everyMember(until, HEALTHY_LIMIT_MS, 'a write through every member', (client, node) =>
      client.write(node, client.command(node.member)),
    );
    const actors = [...this.clients, ...this.others];
    for (const actor of actors) actor.running = false;
    await until(() => actors.every(({ idle }) => idle), QUIET_LIMIT_MS, 'every request is answered or given up');
    await this.readWithoutWrites(until);
    await until(() => this.allEqual(), EQUAL_LIMIT_MS, 'all members have applied the same');
    this.checkEnd();
  }

  /** A new leader can serve reads before anybody writes again (its no-op is for that). */
  private async readWithoutWrites(until: Until): Promise<void> {
    const { leader, voters, world } = this.cluster;
    const others = voters.filter((id) => id !== leader?.memberId);
    if (leader?.member !== undefined && others.length > 0) {
      insideOf(leader.member).raft.transferLeadership(world.random.pick(others));
      await until(
        () => this.cluster.leader !== undefined && this.cluster.leader !== leader,
        MOVE_LIMIT_MS,
        'leadership moves',
      );
    }
    await this.everyMember(until, READ_LIMIT_MS, 'a linearizable read through every member', (client, node) =>
      client.readLinearizable(node),
    );
  }

  private async everyMember(
    until: Until,
    limitMs: number,
    what: string,
    request: (client: Client, node: SimNode) => Promise<boolean>,
  ): Promise<void> {
    const client = this.clients[0]!;
    const left = new Set(this.cluster.members.map(({ id }) => id));
    const attempt = async (id: string): Promise<void> => {
      while (left.has(id)) {
        const node = this.cluster.nodeOf(id);
        if (!this.cluster.members.some((member) => member.id === id)) left.delete(id);
        else if (node?.member !== undefined && (await request(client, node))) left.delete(id);
        else await this.cluster.sleep(RETRY_MS);
      }
    };
    for (const id of left) this.cluster.world.judge.watch(what, attempt(id));
    await until(() => left.size === 0, limitMs, what);
  }

  private allThere(): boolean {
    for (const node of restartable(this.cluster.nodes)) node.start();
    if (this.operator.busy) return false;
    return (
      this.cluster.members.every(({ id, learner }) => !learner && this.cluster.nodeOf(id)?.member !== undefined) &&
      this.cluster.nodes.every((node) => !node.isUp || this.isMember(node))
    );
  }

  private isMember(node: SimNode): boolean {
    return this.cluster.members.some(({ id }) => id === node.memberId);
  }

  private allEqual(): boolean {
    const { reference } = this.cluster.world;
    return this.cluster.members.every(({ id }) => {
      return this.cluster.nodeOf(id)?.incarnation?.observer?.applied === reference.lastIndex;
    });
  }

  private checkEnd(): void {
    const { judge, reference } = this.cluster.world;
    for (const node of this.cluster.serving) node.incarnation?.observer?.compare();
    for (const watcher of this.watchers) watcher.checkComplete();
    for (const value of this.known.refusedValues) {
      judge.check(reference.timesWritten(value) === 0, 'a refused write does not happen', () => value);
    }
  }
}
