import { knownOf, notAgreedText, type Agreement, type Disagreement } from '../discovery/agreement';
import type { ListedCluster, ListedMember } from '../discovery/beginning';
import { originsOf, type Room } from '../discovery/room';
import type { Clock } from '../platform/clock';
import type { KnownCluster } from '../platform/standbyFile';

export interface WaitingParts {
  readonly clock: Pick<Clock, 'after'>;
  /** This process's own, under which it would be a member. */
  readonly peerURLs: readonly string[];
  /** See askKnown. */
  readonly askMembers: (known: KnownCluster) => Promise<Agreement>;
  /** See askForRoom. */
  readonly askForRoom: (members: readonly ListedMember[]) => Promise<Room>;
  /** Told at each look who the members are. */
  readonly onCluster?: (cluster: KnownCluster) => void;
  /**
   * The first look finds out who leads and takes no place: whoever was a member a moment ago lets those in who waited before, as in 0.4.
   */
  readonly looksFirst?: boolean;
  /** Called once, and then it looks no more. */
  readonly onRoom: () => void;
  readonly log: (fields: object, message: string) => void;
}

const FIRST_INTERVAL_MS = 1000;
/** In vain, before it is said what may be the matter; and again each time as many more. */
const LOOKS_IN_VAIN = 30;

/** Looks whether there is room, at once and each time the cluster's interval has passed, and knows who leads. */
export class Waiting {
  /** Origins at which clients find the leader; none while nobody knows of one. */
  leaderURLs: readonly string[] = [];
  private known: KnownCluster;
  private isOver = false;
  private hasLooked = false;
  private inVain = 0;
  private cancel: () => void = () => undefined;

  /** @param cluster as it was listed last; it is believed who its members say they are now, and no other cluster ever takes its place */
  constructor(
    cluster: ListedCluster,
    private readonly parts: WaitingParts,
  ) {
    this.known = knownOf(cluster);
  }

  /** Unpadded lower-case hexadecimal. */
  get clusterId(): string {
    return this.known.clusterId;
  }

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
    const agreement = await askMembers(this.known);
    if (agreement.kind === 'none') {
      this.leaderURLs = [];
      this.notAgreed(agreement);
      return FIRST_INTERVAL_MS;
    }
    this.inVain = 0;
    const { members } = agreement.cluster;
    this.known = knownOf(agreement.cluster);
    onCluster?.(this.known);
    const { hasRoom, syncIntervalMs, leader } = await askForRoom(members);
    this.leaderURLs = leader === undefined ? [] : originsOf(leader);
    const onlyLooks = looksFirst === true && !this.hasLooked;
    this.hasLooked = true;
    // Without a leader nobody could let it in.
    if (leader === undefined) return FIRST_INTERVAL_MS;
    if ((hasRoom || this.isAdded(members)) && !onlyLooks && !this.isOver) {
      this.stop();
      onRoom();
    }
    return syncIntervalMs;
  }

  /** An operator gave it a place, whatever room there is. */
  private isAdded(members: readonly ListedMember[]): boolean {
    const { peerURLs } = this.parts;
    return members.some((member) => member.name === '' && member.peerURLs.some((url) => peerURLs.includes(url)));
  }

  private notAgreed(disagreement: Disagreement): void {
    if (this.inVain++ % LOOKS_IN_VAIN !== 0) return;
    this.parts.log({ ...disagreement }, notAgreedText(this.clusterId, disagreement));
  }
}
