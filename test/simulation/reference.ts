import { LOCKS } from '../../src/api/modules/lockPaths';
import { encodeNode } from '../../src/machine/keyspace/nodeRow';
import type { KeyEvent } from '../../src/machine/keyspace/event';
import { Machine } from '../../src/machine/machine';
import type { Entry } from '../../src/raft/types';
import { addDigest, authDigest, digestOf, eventText, rowDigest, subtractDigest, textDigest } from './digest';
import type { Judge } from './judge';

interface Version {
  readonly index: number;
  /** Undefined: there is no such key, or it is a directory. */
  readonly value: string | undefined;
}

/**
 * What has been committed, and a machine of its own that applies it: whatever any member shows must be a state this one was
 * in. It keeps a digest for every entry, the event of every index and the versions of every key.
 */
export class Reference {
  readonly machine: Machine;
  /** The committed entry of each index; the foundation has none. */
  readonly entries: (Entry | undefined)[] = [undefined, undefined];
  /** The event of each store index; undefined where nothing happened to a key. */
  readonly events: (KeyEvent | undefined)[] = [];
  promotions = 0;
  private readonly eventTexts: string[] = [];
  private readonly digests: number[] = [];
  private readonly authTexts = new Map<number, string>();
  private readonly nodeDigests = new Map<string, number>();
  private readonly versions = new Map<string, Version[]>();
  private readonly values = new Map<string, number>();
  private nodesDigest = 0;

  constructor(
    private readonly judge: Judge,
    historyLength: number,
    founders: readonly { readonly id: string; readonly peerURLs: readonly string[] }[],
  ) {
    this.machine = new Machine(historyLength, Number.POSITIVE_INFINITY);
    this.machine.bootstrap(founders);
    this.record(1);
  }

  get lastIndex(): number {
    return this.entries.length - 1;
  }

  /** An entry that a member is about to apply: the same as everybody's at this index, or the next one. */
  committed(by: string, entry: Entry): void {
    if (entry.index > this.lastIndex + 1) {
      this.judge.broken('applied in order', `${by} applies ${entry.index}, nobody has applied ${this.lastIndex + 1}`);
      return;
    }
    if (entry.index <= this.lastIndex) {
      const known = this.entries[entry.index];
      const same = known !== undefined && sameEntry(known, entry);
      this.judge.check(same, 'state machine safety', () => {
        return `${by} applies ${entryText(entry)}, others have ${known === undefined ? 'nothing' : entryText(known)}`;
      });
      return;
    }
    this.entries.push(entry);
    if (entry.kind === 'command') {
      const { fault, results } = this.machine.apply(entry.data);
      for (const result of results) {
        if (result !== undefined && 'version' in result) this.authTexts.set(result.version, JSON.stringify(result));
      }
      if (fault !== undefined) this.judge.broken('entries can be read', `${entryText(entry)}: ${fault}`);
    }
    if (entry.kind === 'configuration') {
      const proposed = this.machine.applyConfiguration(entry.data);
      if ('fault' in proposed) this.judge.broken('entries can be read', `${entryText(entry)}: ${proposed.fault}`);
      else if (proposed.change.type === 'promoteMember') this.promotions++;
    }
    this.machine.keySpace.takeNotifications();
    this.record(entry.index);
  }

  /** What a machine that has applied up to `applied` must look like. */
  compare(who: string, applied: number, machine: Machine): void {
    const expected = this.digests[applied];
    if (expected === undefined) {
      this.judge.broken('state machine safety', `${who} has applied ${applied}, which was never committed`);
      return;
    }
    this.judge.check(digestOf(machine) === expected, 'applied index atomic with data', () => {
      return `the state of ${who} at ${applied} is not what the entries up to there make`;
    });
    const { history, index } = machine.keySpace;
    for (let at = history.firstIndex; at <= index; at++) {
      const text = eventText(history.at(at));
      if (text === this.eventTextAt(at)) continue;
      this.judge.broken('history', `${who} remembers ${text} at ${at}, it was ${this.eventTextAt(at)}`);
      return;
    }
  }

  eventTextAt(index: number): string {
    return (this.eventTexts[index] ??= eventText(this.events[index]));
  }

  /** What the change of users and roles that took the store index answers. */
  authTextAt(index: number): string {
    return this.authTexts.get(index) ?? '-';
  }

  /** The value of a key at a store index; undefined if it was no file then. */
  valueAt(path: string, index: number): string | undefined {
    return this.versions.get(path)?.findLast((version) => version.index <= index)?.value;
  }

  /** How often a client's value was written. */
  timesWritten(value: string): number {
    return this.values.get(value) ?? 0;
  }

  private record(index: number): void {
    const { keySpace, cluster } = this.machine;
    for (const path of keySpace.tree.takeDirty()) {
      this.nodesDigest = subtractDigest(this.nodesDigest, this.nodeDigests.get(path) ?? 0);
      const node = keySpace.tree.find(path);
      if (node === undefined) {
        this.nodeDigests.delete(path);
        continue;
      }
      const digest = rowDigest('node', path, String(encodeNode(node)));
      this.nodeDigests.set(path, digest);
      this.nodesDigest = addDigest(this.nodesDigest, digest);
    }
    let sum = addDigest(this.nodesDigest, textDigest('member', JSON.stringify(cluster.members())));
    sum = addDigest(sum, textDigest('member', [...cluster.removedIds()].sort().join()));
    sum = addDigest(sum, authDigest(this.machine.auth));
    this.digests[index] = addDigest(sum, textDigest('meta', `${keySpace.index} ${cluster.version} ${cluster.level}`));
    for (let at = Math.max(1, this.events.length); at <= keySpace.index; at++) this.recordEvent(at);
  }

  private recordEvent(index: number): void {
    const event = this.machine.keySpace.history.at(index);
    this.events[index] = event;
    if (event === undefined || event.refresh) return;
    const { key, value } = event.node;
    // Values of locks are those of clients that come again; their keys are never written twice.
    if (value !== undefined && !key.startsWith(`${LOCKS}/`)) {
      this.values.set(value, this.timesWritten(value) + 1);
      this.judge.check(this.timesWritten(value) === 1, 'each write happens once', () => `${value} was written again`);
    }
    this.addVersion(key, { index, value });
    if (event.prevNode?.dir !== true) return;
    for (const path of this.versions.keys()) {
      if (path.startsWith(`${key}/`)) this.addVersion(path, { index, value: undefined });
    }
  }

  private addVersion(path: string, version: Version): void {
    const known = this.versions.get(path);
    if (known === undefined) this.versions.set(path, [version]);
    else known.push(version);
  }
}

function sameEntry(a: Entry, b: Entry): boolean {
  if (a.kind !== b.kind || a.term !== b.term || a.index !== b.index) return false;
  return a === b || a.kind === 'noop' || b.kind === 'noop' || Buffer.compare(a.data, b.data) === 0;
}

export function entryText(entry: Entry): string {
  return `${entry.kind} ${entry.index} of term ${entry.term}`;
}
