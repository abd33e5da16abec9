/** Machines without a member, which wait for a place with the program's own waiting code. */
import type { Agreement } from '../../src/discovery/agreement';
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

const LEADER = { id: '1', name: 'leader', peerURLs: [], clientURLs: ['http://leader:2379'] };

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
    this.waiting = new Waiting(
      { clusterId: this.cluster.clusterId, members: this.listed() },
      {
        clock: {
          after: (delayMs, run) => {
            const timer = scheduler.schedule(delayMs, run);
            return () => {
              timer.cancelled = true;
            };
          },
        },
        peerURLs: this.node.peerURLs,
        askMembers: () => Promise.resolve(this.answer()),
        askForRoom: () => Promise.resolve(this.askForRoom()),
        looksFirst,
        onRoom: () => void this.join(),
        log: () => undefined,
      },
    );
    this.waiting.start();
  }

  /** Its machine is switched off. */
  stop(): void {
    this.waiting?.stop();
    this.waiting = undefined;
  }

  private answer(): Agreement {
    const members = this.isLost() ? [] : this.listed();
    const { clusterId } = this.cluster;
    if (members.length === 0) return { kind: 'none', answered: 0, known: 1, otherClusters: [] };
    return { kind: 'agreed', cluster: { clusterId, members } };
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
      const hasRoom = member.standbyLooks(this.node.peerURLs[0]!, this.node.name);
      return [{ hasRoom, syncIntervalMs: member.clusterSettings().syncIntervalMs }];
    });
    return {
      hasRoom: said.length === 0 || 2 * said.filter(({ hasRoom }) => hasRoom).length > said.length,
      syncIntervalMs: said[0]?.syncIntervalMs ?? 1000,
      leader: this.cluster.leader === undefined ? undefined : LEADER,
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
