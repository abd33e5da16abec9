import type { ListedCluster, ListedMember } from '../discovery/beginning';
import type { Room } from '../discovery/room';
import type { Clock } from '../platform/clock';

export interface WaitingParts {
  readonly clock: Pick<Clock, 'after'>;
  /** Whoever of these answers first; undefined if nobody does. */
  readonly askMembers: (peerURLs: readonly string[]) => Promise<ListedCluster | undefined>;
  /** See askForRoom. */
  readonly askForRoom: (members: readonly ListedMember[]) => Promise<Room>;
  /** Told at each look who the members are. */
  readonly onCluster?: (cluster: ListedCluster) => void;
  /**
   * The first look finds out who leads and takes no place: whoever was a member a moment ago lets those in who waited before, as in 0.4.
   */
  readonly looksFirst?: boolean;
  /** Called once, and then it looks no more. */
  readonly onRoom: () => void;
  readonly log: (fields: object, message: string) => void;
}

const FIRST_INTERVAL_MS = 1000;

/** Looks whether there is room, at once and each time the cluster's interval has passed, and knows who leads. */
export class Waiting {
  /** An origin; undefined while nobody knows of a leader. */
  leaderURL: string | undefined;
  private isOver = false;
  private hasLooked = false;
  private cancel: () => void = () => undefined;

  /** @param members of the cluster, as it was listed last */
  constructor(
    private members: readonly ListedMember[],
    private readonly parts: WaitingParts,
  ) {}

  start(): void {
    this.look().then(
      (intervalMs) => {
        this.again(intervalMs);
      },
      (error: unknown) => {
        this.parts.log({ err: error }, 'a look for room failed');
        this.again(FIRST_INTERVAL_MS);
      },
    );
  }

  stop(): void {
    this.isOver = true;
    this.cancel();
  }

  private again(intervalMs: number): void {
    if (this.isOver) return;
    this.cancel = this.parts.clock.after(intervalMs, () => {
      this.start();
    });
  }

  /** How long to wait for the next look. */
  private async look(): Promise<number> {
    const { askMembers, askForRoom, onRoom, onCluster, looksFirst } = this.parts;
    const cluster = await askMembers(this.members.flatMap(({ peerURLs }) => peerURLs));
    if (cluster === undefined) {
      this.leaderURL = undefined;
      return FIRST_INTERVAL_MS;
    }
    this.members = cluster.members;
    onCluster?.(cluster);
    const { hasRoom, syncIntervalMs, leaderURL } = await askForRoom(cluster.members);
    this.leaderURL = leaderURL;
    const onlyLooks = looksFirst === true && !this.hasLooked;
    this.hasLooked = true;
    // Without a leader nobody could let it in.
    if (hasRoom && leaderURL !== undefined && !onlyLooks && !this.isOver) {
      this.stop();
      onRoom();
    }
    return syncIntervalMs;
  }
}
