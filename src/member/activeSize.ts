/**
 * Keeps as many members as the settings of the cluster say, the way of etcd 0.4: the leader demotes one that is too many, and takes a
 * silent one out where a standby waits for its place. Where nobody has set the settings it does nothing at all.
 */
import type { ClusterSettings } from '../machine/cluster/clusterSettings';
import type { ClusterChange } from '../machine/cluster/clusterState';
import { quorumHolds } from '../raft/quorum';
import type { MemberId } from '../raft/types';

/** A standby that has not looked for so many intervals is gone. */
const LOOKS_MISSED_MAX = 3;
/** Many times the standbys that a cluster has; whoever comes then is not remembered. */
const STANDBYS_MAX = 100;
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
  readonly standbys: number;
}

/**
 * What the leader is to change now; undefined: nothing. Never itself, never while somebody joins, and never so that of the voters that
 * would be left no majority is heard from.
 */
export function changeFor({ settings, leaderId, members, standbys }: ActiveSizeView): ClusterChange | undefined {
  if (!settings.isSet || members.some(({ learner }) => learner)) return undefined;
  const others = members
    .filter(({ id }) => id !== leaderId)
    .sort((a, b) => b.silentMs - a.silentMs || (a.id < b.id ? -1 : 1));
  const [candidate] = others;
  if (candidate === undefined || !leavesQuorum(members, candidate.id)) return undefined;
  const { id } = candidate;
  if (members.length > settings.activeSize) return { type: 'removeMember', id };
  const isLost = !candidate.isHeard && candidate.silentMs > settings.removeDelayMs;
  // Should it be heard after all when the change is looked at, it stays.
  return isLost && standbys > 0 ? { type: 'removeMember', id, onlyIfLost: true } : undefined;
}

function leavesQuorum(members: readonly KnownMember[], without: MemberId): boolean {
  const left = members.filter(({ id }) => id !== without);
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
  readonly log: (fields: object, message: string) => void;
}

/** The chore of it. What it knows of silence and standbys is this member's own, and counts from when it became the leader. */
export class ActiveSize {
  private readonly heardMs = new Map<MemberId, number>();
  private readonly standbys = new Map<string, number>();
  private nextMs = 0;
  private isUnderWay = false;
  private nowMs = 0;

  constructor(private readonly parts: ActiveSizeParts) {}

  /** A standby looked whether there is room for it; whether there is. @param peerURL under which it would join */
  looks(peerURL: string): boolean {
    const { settings, members } = this.parts;
    const { activeSize, isSet } = settings();
    const hasRoom = !isSet || members().length < activeSize;
    // Who joins now is no standby any more: nobody is to make room for it.
    if (hasRoom) this.standbys.delete(peerURL);
    else if (this.standbys.has(peerURL) || this.standbys.size < STANDBYS_MAX) this.standbys.set(peerURL, this.nowMs);
    return hasRoom;
  }

  /** At each tick, before raft's. @param nowMs of a clock that only goes forward */
  check(nowMs: number): void {
    const { id, leader } = this.parts;
    this.nowMs = nowMs;
    if (leader() !== id) {
      this.heardMs.clear();
      return;
    }
    const settings = this.parts.settings();
    if (!settings.isSet) {
      this.heardMs.clear();
      return;
    }
    const heard = this.parts.heard();
    const members = this.parts.members().map((member) => {
      const isHeard = member.id === id || heard.has(member.id);
      if (isHeard || !this.heardMs.has(member.id)) this.heardMs.set(member.id, nowMs);
      return { ...member, isHeard, silentMs: nowMs - (this.heardMs.get(member.id) ?? nowMs) };
    });
    if (nowMs < this.nextMs || this.isUnderWay) return;
    for (const each of this.heardMs.keys())
      if (!members.some((member) => member.id === each)) this.heardMs.delete(each);
    this.nextMs = nowMs + CHECK_INTERVAL_MS;
    this.forget(nowMs - LOOKS_MISSED_MAX * settings.syncIntervalMs);
    const change = changeFor({ settings, leaderId: id, members, standbys: this.standbys.size });
    if (change !== undefined) this.carryOut(change, settings);
  }

  private carryOut(change: ClusterChange, { activeSize, removeDelayMs }: ClusterSettings): void {
    this.isUnderWay = true;
    const why = change.type === 'removeMember' && change.onlyIfLost === true ? 'silent' : 'too many';
    this.parts.log(
      { member: change.id, why, activeSize, removeDelayMs },
      why === 'silent'
        ? 'removing a member that is silent for longer than removeDelay: a standby waits for its place'
        : 'removing a member: the cluster has more than its activeSize',
    );
    const done = (): void => {
      this.isUnderWay = false;
    };
    this.parts.change(change).then(done, done);
  }

  private forget(beforeMs: number): void {
    for (const [url, seenMs] of this.standbys) if (seenMs < beforeMs) this.standbys.delete(url);
  }
}
