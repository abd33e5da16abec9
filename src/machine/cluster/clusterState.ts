import { FIRST_LEVEL } from '../features';
import type { MemberInfo } from './members';

/** What the log says about a member: more than clients see. */
export interface MemberRecord extends MemberInfo {
  /** The API version it published; empty before. */
  readonly version: string;
  /** The feature level that it published, or the first; undefined before. */
  readonly level: number | undefined;
}

/** A change of who is a member or votes, as the data of a configuration entry. */
export type ClusterChange =
  | { readonly type: 'addMember'; readonly id: string; readonly peerURLs: readonly string[]; readonly learner: boolean }
  | { readonly type: 'promoteMember'; readonly id: string }
  /** `onlyIfLost`: asked for by who would take its place; the leader refuses it while it hears from the member. */
  | { readonly type: 'removeMember'; readonly id: string; readonly onlyIfLost?: true };

/** The members of the cluster and the version they have in common; the same on every member after the same entries. */
export class ClusterState {
  private readonly records = new Map<string, MemberRecord>();
  private readonly removed = new Set<string>();
  private readonly changed = new Set<string>();
  private lowestVersion = '';
  private levelInForce = FIRST_LEVEL;

  /** Sorted by numeric id. */
  members(): MemberRecord[] {
    return [...this.records.values()].sort((a, b) => compareIds(a.id, b.id));
  }

  find(id: string): MemberRecord | undefined {
    return this.records.get(id);
  }

  /** Ids are never used again: a removed member must not come back under its old one. */
  wasRemoved(id: string): boolean {
    return this.removed.has(id);
  }

  removedIds(): readonly string[] {
    return [...this.removed];
  }

  /** `major.minor.0` of the lowest version, once every voter has published one; empty before. */
  get version(): string {
    return this.lowestVersion;
  }

  apply(change: ClusterChange): void {
    this.changed.add(change.id);
    const known = this.records.get(change.id);
    switch (change.type) {
      case 'addMember':
        this.put({
          id: change.id,
          name: '',
          peerURLs: change.peerURLs,
          clientURLs: [],
          learner: change.learner,
          version: '',
          level: undefined,
        });
        return;
      case 'promoteMember':
        if (known !== undefined) this.put({ ...known, learner: false });
        return;
      case 'removeMember':
        this.records.delete(change.id);
        this.removed.add(change.id);
        return;
    }
  }

  /** False if the member is not (or no longer) one. */
  publish(id: string, name: string, clientURLs: readonly string[], version: string, level: number): boolean {
    const known = this.records.get(id);
    if (known === undefined) return false;
    this.put({ ...known, name, clientURLs, version, level });
    return true;
  }

  /** The feature level in force; see machine/features.ts. */
  get level(): number {
    return this.levelInForce;
  }

  /** Raises the level in force to what every member, learners too, has said it can read. It never falls. */
  settleLevel(): void {
    const levels = [...this.records.values()].map(({ level }) => level ?? FIRST_LEVEL);
    if (levels.length > 0) this.levelInForce = Math.max(this.levelInForce, Math.min(...levels));
  }

  restoreLevel(level: number): void {
    this.levelInForce = level;
  }

  /** False if the member is not (or no longer) one. */
  updatePeerURLs(id: string, peerURLs: readonly string[]): boolean {
    const known = this.records.get(id);
    if (known === undefined) return false;
    this.put({ ...known, peerURLs });
    return true;
  }

  /** Recomputes the common version; true if it changed. */
  settleVersion(): boolean {
    const versions = [...this.records.values()].filter((record) => !record.learner).map((record) => record.version);
    const lowest = versions.includes('') ? '' : versions.sort(compareVersions)[0];
    const settled = lowest === undefined || lowest === '' ? this.lowestVersion : majorMinor(lowest);
    if (settled === this.lowestVersion) return false;
    this.lowestVersion = settled;
    return true;
  }

  /** Ids whose record differs from what was last taken. */
  takeChanged(): string[] {
    const taken = [...this.changed];
    this.changed.clear();
    return taken;
  }

  restore(record: MemberRecord): void {
    this.records.set(record.id, record);
  }

  restoreRemoved(id: string): void {
    this.removed.add(id);
  }

  restoreVersion(version: string): void {
    this.lowestVersion = version;
  }

  private put(record: MemberRecord): void {
    this.records.set(record.id, record);
    this.changed.add(record.id);
  }
}

/** The order of ids everywhere: by their value as numbers. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (const [index, part] of left.entries()) {
    const difference = part - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function majorMinor(version: string): string {
  return `${version.split('.').slice(0, 2).join('.')}.0`;
}
