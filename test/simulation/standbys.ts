/** Machines without a member, which wait for a place with the program's own waiting code. */
import type { ListedCluster } from '../../src/discovery/beginning';
import type { Room } from '../../src/discovery/room';
import { Waiting } from '../../src/standby/waiting';
import type { Cluster } from './cluster';
import type { SimNode } from './node';

const RETRY_MS = 400;
const ADD_TRIES_MAX = 40;
/** What is between being added and being there, now and then. */
const SLOW_START_MS = [500, 10_000] as const;
/** Of questions and answers, while the weather is bad. */
const LOSS = 0.1;

/** One machine: a standby while it has no member, whoever it was before. */
export class Standby {
  private waiting: Waiting | undefined;
  isJoining = false;

  constructor(
    private readonly cluster: Cluster,
    readonly node: SimNode,
    private readonly isCalm: () => boolean,
  ) {}

  get isWaiting(): boolean {
    return this.waiting !== undefined;
  }

  /** Its process is started: it has no data. @param looksFirst it was a member a moment ago */
  wait(looksFirst: boolean): void {
    const { scheduler } = this.cluster.world;
    this.node.replaceBy(undefined, undefined);
    this.node.retired = false;
    this.waiting = new Waiting(this.listed(), {
      clock: {
        after: (delayMs, run) => {
          const timer = scheduler.schedule(delayMs, run);
          return () => {
            timer.cancelled = true;
          };
        },
      },
      askMembers: () => Promise.resolve(this.isLost() ? undefined : this.answer()),
      askForRoom: () => Promise.resolve(this.askForRoom()),
      looksFirst,
      onRoom: () => void this.join(),
      log: () => undefined,
    });
    this.waiting.start();
  }

  /** Its machine is switched off. */
  stop(): void {
    this.waiting?.stop();
    this.waiting = undefined;
  }

  private answer(): ListedCluster | undefined {
    const members = this.listed();
    return members.length === 0 ? undefined : { clusterId: this.cluster.clusterId, members };
  }

  private listed(): ListedCluster['members'] {
    const { random } = this.cluster.world;
    const { serving } = this.cluster;
    return serving.length === 0 ? [] : (random.pick(serving).member?.members() ?? []);
  }

  private askForRoom(): Room {
    const { serving } = this.cluster;
    const said = serving.flatMap(({ member }) => {
      if (member === undefined || this.isLost()) return [];
      const hasRoom = member.standbyLooks(this.node.peerURLs[0]!);
      return [{ hasRoom, syncIntervalMs: member.clusterSettings().syncIntervalMs }];
    });
    return {
      hasRoom: said.every(({ hasRoom }) => hasRoom),
      syncIntervalMs: said[0]?.syncIntervalMs ?? 1000,
      leaderURL: this.cluster.leader === undefined ? undefined : 'http://leader:2379',
    };
  }

  /** As `joinOrAdd`: it looks once more, asks to be added until it is, and is sent the state. */
  private async join(): Promise<void> {
    const { cluster, node } = this;
    this.stop();
    this.isJoining = true;
    if (this.askForRoom().hasRoom) {
      for (let tries = 1; tries <= ADD_TRIES_MAX && this.ownId === undefined; tries++) {
        const { serving, world } = cluster;
        if (serving.length > 0)
          await cluster.ask(world.random.pick(serving), (member) => member.addMember(node.peerURLs));
        if (this.ownId === undefined) await cluster.sleep(RETRY_MS);
      }
    }
    const memberId = this.ownId;
    if (memberId === undefined) {
      this.isJoining = false;
      this.wait(false);
      return;
    }
    const beginning = () => {
      const peers = cluster.members.filter(({ id }) => id !== memberId);
      return { kind: 'join' as const, memberId, clusterId: cluster.clusterId, peers };
    };
    node.replaceBy(beginning, memberId);
    const { random } = cluster.world;
    if (!this.isCalm() && random.chance(0.4)) await cluster.sleep(random.between(...SLOW_START_MS));
    this.isJoining = false;
    node.start();
  }

  private get ownId(): string | undefined {
    return this.cluster.members.find(({ peerURLs }) => peerURLs[0] === this.node.peerURLs[0])?.id;
  }

  private isLost(): boolean {
    return !this.isCalm() && this.cluster.world.random.chance(LOSS);
  }
}
