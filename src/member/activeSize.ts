/**
 * Keeps as many members as the settings of the cluster say, the way of etcd 0.4: the leader demotes one that is too many, and takes a
 * silent one out where a standby waits for its place. Where nobody has set the settings it does nothing at all.
 */
import type { ClusterSettings } from '../machine/cluster/clusterSettings';
import type { ClusterChange } from '../machine/cluster/clusterState';
import { quorumHolds } from '../raft/quorum';
import type { MemberId } from '../raft/types';
import { StandbyList } from './standbyList';

/** A standby that has not looked for so many intervals is gone. */
const LOOKS_MISSED_MAX = 3;
/** However long the cluster's interval is, a standby looks again within this time (discovery/room.ts). */
const LOOK_INTERVAL_MAX_MS = 600_000;
/**
 * Whoever was added gets so much time to be there, however short removeDelay is: it may have to be started first, and with its place it would
 * lose what it was sent.
 */
const LEARNER_DELAY_MIN_MS = 60_000;
/** A change that comes to nothing again and again is logged so often. */
const SAME_LOG_AFTER_MS = 60_000;
const CHECK_INTERVAL_MS = 1000;

/** One of the others, or the leader itself. */
export interface KnownMember {
  readonly id: MemberId;
  readonly learner: boolean;
  /** Heard from within an election timeout. */
  readonly isHeard: boolean;
  readonly silentMs: number;
}

export interface ActiveSizeView {
  readonly settings: ClusterSettings;
  readonly leaderId: MemberId;
  readonly members: readonly KnownMember[];
  /** That were found at their peer URLs. */
  readonly standbys: number;
}

/** A change, and whether a standby has to be there for it. */
export interface SizeChange {
  readonly change: Extract<ClusterChange, { type: 'removeMember' }>;
  readonly why: 'too many' | 'silent';
}

/**
 * What the leader is to change now; undefined: nothing. Never itself, never while somebody joins, and never so that of the voters that
 * would be left no majority is heard from. Who joins and falls silent on the way is silent like any other.
 */
export function changeFor({ settings, leaderId, members, standbys }: ActiveSizeView): SizeChange | undefined {
  if (!settings.isSet) return undefined;
  const learners = members.filter(({ learner }) => learner);
  const candidates = learners.length > 0 ? learners : members.filter(({ id }) => id !== leaderId);
  const [candidate] = candidates.sort((a, b) => b.silentMs - a.silentMs || (a.id < b.id ? -1 : 1));
  if (candidate === undefined || !leavesQuorum(members, candidate.id)) return undefined;
  const { id } = candidate;
  if (learners.length === 0 && members.length > settings.activeSize) {
    return { change: { type: 'removeMember', id }, why: 'too many' };
  }
  const delayMs = candidate.learner ? Math.max(settings.removeDelayMs, LEARNER_DELAY_MIN_MS) : settings.removeDelayMs;
  const isLost = !candidate.isHeard && candidate.silentMs > delayMs;
  // Should it be heard after all when the change is looked at, it stays.
  return isLost && standbys > 0 ? { change: { type: 'removeMember', id, onlyIfLost: true }, why: 'silent' } : undefined;
}

function leavesQuorum(members: readonly KnownMember[], without: MemberId): boolean {
  const left = members.filter(({ id, learner }) => id !== without && !learner);
  const heard = new Set(left.filter(({ isHeard }) => isHeard).map(({ id }) => id));
  return quorumHolds(
    left.map(({ id }) => id),
    (id) => heard.has(id),
  );
}

/** What it needs to know and may do; see `changeFor`. */
export interface ActiveSizeParts {
  readonly id: MemberId;
  readonly leader: () => MemberId | undefined;
  readonly settings: () => ClusterSettings;
  readonly members: () => readonly { readonly id: MemberId; readonly learner: boolean }[];
  /** Of those that the leader sends to. */
  readonly heard: () => ReadonlySet<MemberId>;
  readonly change: (change: ClusterChange) => Promise<void>;
  /** Asks whoever is at a peer URL whether he waits for a place in this cluster. Never rejects. */
  readonly isStandby: (peerURL: string) => Promise<boolean>;
  readonly log: (fields: object, message: string) => void;
}

/** The chore of it. What it knows is this member's own; silence counts from when it became the leader. */
export class ActiveSize {
  private readonly heardMs = new Map<MemberId, number>();
  private readonly standbys: StandbyList;
  private nextMs = 0;
  private nextLookMs = 0;
  private isUnderWay = false;
  private nowMs = 0;
  private logged: { readonly text: string; readonly atMs: number } | undefined;

  constructor(private readonly parts: ActiveSizeParts) {
    this.standbys = new StandbyList((peerURL) => parts.isStandby(peerURL));
  }

  /** A standby looked whether there is room for it; whether there is. See `standbyLooks` of SettingsAdmin. */
  looks(peerURL: string, source: string): boolean {
    const { settings, members } = this.parts;
    const { activeSize, isSet } = settings();
    const hasRoom = !isSet || members().length < activeSize;
    // Who joins now is no standby any more: nobody is to make room for it.
    if (hasRoom) this.standbys.remove(peerURL);
    else this.standbys.add(peerURL, source, this.nowMs);
    return hasRoom;
  }

  /** At each tick, before raft's. @param nowMs of a clock that only goes forward */
  check(nowMs: number): void {
    const { id, leader } = this.parts;
    this.nowMs = nowMs;
    const settings = this.parts.settings();
    if (nowMs >= this.nextLookMs) {
      this.nextLookMs = nowMs + CHECK_INTERVAL_MS;
      this.standbys.forget(nowMs - LOOKS_MISSED_MAX * Math.min(settings.syncIntervalMs, LOOK_INTERVAL_MAX_MS));
      // Whoever leads next is to know them, too.
      this.standbys.look();
    }
    if (leader() !== id || !settings.isSet) {
      this.heardMs.clear();
      return;
    }
    const members = this.view(nowMs);
    if (nowMs < this.nextMs || this.isUnderWay) return;
    for (const each of this.heardMs.keys())
      if (!members.some((member) => member.id === each)) this.heardMs.delete(each);
    this.nextMs = nowMs + CHECK_INTERVAL_MS;
    const wanted = this.wanted();
    if (wanted === undefined) return;
    this.isUnderWay = true;
    const done = (): void => {
      this.isUnderWay = false;
    };
    this.carryOut(wanted).then(done, done);
  }

  /** All members, and since when each is silent. */
  private view(nowMs: number): readonly KnownMember[] {
    const { id } = this.parts;
    const heard = this.parts.heard();
    return this.parts.members().map((member) => {
      const isHeard = member.id === id || heard.has(member.id);
      if (isHeard || !this.heardMs.has(member.id)) this.heardMs.set(member.id, nowMs);
      return { ...member, isHeard, silentMs: nowMs - (this.heardMs.get(member.id) ?? nowMs) };
    });
  }

  private wanted(): SizeChange | undefined {
    const { id, leader, settings } = this.parts;
    if (leader() !== id) return undefined;
    const members = this.view(this.nowMs);
    return changeFor({ settings: settings(), leaderId: id, members, standbys: this.standbys.size });
  }

  /** Whoever can reach the peer port can say that a standby waits: for a silent member to make way, it has to be there. */
  private async carryOut({ change, why }: SizeChange): Promise<void> {
    if (why === 'silent') {
      if (!(await this.standbys.isAnyThere())) return;
      const now = this.wanted();
      if (now?.why !== why || now.change.id !== change.id) return;
    }
    this.log(change.id, why);
    await this.parts.change(change);
  }

  private log(member: MemberId, why: SizeChange['why']): void {
    const text =
      why === 'silent'
        ? 'removing a member that is silent for longer than removeDelay: a standby waits for its place'
        : 'removing a member: the cluster has more than its activeSize';
    const isSame = this.logged?.text === `${member} ${text}`;
    if (isSame && this.nowMs - (this.logged?.atMs ?? 0) < SAME_LOG_AFTER_MS) return;
    this.logged = { text: `${member} ${text}`, atMs: this.nowMs };
    const { activeSize, removeDelayMs } = this.parts.settings();
    this.parts.log({ member, why, activeSize, removeDelayMs }, text);
  }
}
