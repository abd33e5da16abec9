import type { KeyCommand } from '../command';
import { update, compareAndSwap } from './change';
import { Counters } from './counters';
import type { KeyError, KeyEvent, KeyResult } from './event';
import { History, type HistoryBounds } from './history';
import { ROOT } from './path';
import { create, set } from './place';
import { compareAndDelete, expireNext, remove } from './removal';
import { errorOf, eventOf } from './results';
import type { ChangeStats } from './stats';
import { Tree } from './tree';
import { listingOf, viewOf } from './view';
import { WatchHub, type Notification, type Watcher } from './watchHub';

/** What a watch found when it was registered; later events come as notifications. */
export interface Watched {
  readonly ok: true;
  readonly etcdIndex: number;
  readonly past: readonly KeyEvent[];
}

/** The v2 key space: tree, index, history and watchers, changed only by commands. */
export class KeySpace {
  readonly tree = new Tree();
  readonly history: History;
  private readonly hub = new WatchHub();
  private readonly counters = new Counters();
  private currentIndex = 0;

  /**
   * @param history events kept for watches that begin in the past
   * @param isReserved paths that commands may not change, and those above them, without the root
   */
  constructor(
    history: HistoryBounds,
    private readonly isReserved: (path: string) => boolean = () => false,
  ) {
    this.history = new History(history);
  }

  /** The store index: one more for every change (spec v2-api section 5, "What raises X-Etcd-Index"). */
  get index(): number {
    return this.currentIndex;
  }

  /** Only while state is loaded. */
  restoreIndex(index: number): void {
    this.currentIndex = index;
  }

  /** Takes an index for a change of reserved keys, or outside the keys, as etcd does for its members; history keeps its place. */
  skipIndex(): void {
    this.currentIndex++;
    this.history.add(this.currentIndex, undefined);
  }

  /** Carries the command out as a whole. */
  apply(command: KeyCommand): KeyResult {
    const result = this.begin(command);
    this.release(Number.POSITIVE_INFINITY);
    return result;
  }

  /** Carries the command out for whoever reads; before the next change `release` has to be called until nothing `isReleasing`. */
  begin(command: KeyCommand): KeyResult {
    const result = this.execute(command);
    if (result.ok) this.record(result);
    return result;
  }

  get isReleasing(): boolean {
    return this.tree.isReleasing;
  }

  release(nodesMax: number): void {
    this.tree.release(nodesMax);
  }

  /** Drops the next node that is due; false if none is. As after `begin`, `release` has to be called before the next change. */
  expireOne(nowMs: number): boolean {
    const event = expireNext(this.tree, this.hub, this.currentIndex, nowMs);
    if (event === undefined) return false;
    this.counters.countExpired();
    this.record(event);
    return true;
  }

  isDue(nowMs: number): boolean {
    const first = this.tree.expiries.first();
    return first !== undefined && first.expirationMs <= nowMs;
  }

  /** @param nodesMax a listing of more nodes is not collected, but there to be walked through: see KeyEvent */
  get(path: string, recursive: boolean, sorted: boolean, nowMs: number, nodesMax?: number): KeyResult {
    const node = this.tree.find(path);
    if (node === undefined) {
      const miss = this.tree.explainMiss(path);
      return errorOf(miss.code, miss.at, this.currentIndex);
    }
    const view = listingOf(node, recursive, sorted, nodesMax);
    if (view !== undefined || !node.dir) {
      return eventOf('get', view ?? viewOf(node), undefined, this.currentIndex, nowMs);
    }
    const event = eventOf('get', viewOf(node), undefined, this.currentIndex, nowMs);
    return { ...event, listing: this.tree.list(node, recursive, sorted) };
  }

  /** What is in a directory, one level of it, hidden or not; undefined: it is none. */
  childCount(path: string): number | undefined {
    const node = this.tree.find(path);
    return node?.dir === true ? node.size : undefined;
  }

  /** Whether it is a directory with nothing in it, hidden or not. */
  isVacant(path: string): boolean {
    const node = this.tree.find(path);
    return node?.dir === true && node.isEmpty;
  }

  /**
   * Walks through what is at and below a path: the paths of directories with nothing in them, and undefined for each other node, so that whoever
   * walks may pause at any. What changes meanwhile may be told as it was, or missed.
   */
  *vacantBelow(path: string): Generator<string | undefined> {
    const top = this.tree.find(path);
    if (top?.dir !== true) return;
    const left = [top];
    for (let node = left.pop(); node !== undefined; node = left.pop()) {
      yield node.isEmpty ? node.path : undefined;
      for (const child of node.children) {
        if (child.dir) left.push(child);
        else yield undefined;
      }
    }
  }

  /** Looks into the past first; registers the watcher if that did not satisfy it. Error 401 if the past is gone. */
  watch(watcher: Watcher): Watched | KeyError {
    const { path, recursive, stream, sinceIndex } = watcher;
    const etcdIndex = this.currentIndex;
    const fromPast = sinceIndex > 0 && sinceIndex <= this.history.lastIndex;
    if (fromPast && sinceIndex < this.history.firstIndex) {
      const cause = `the requested history has been cleared [${this.history.firstIndex}/${sinceIndex}]`;
      return errorOf(401, cause, etcdIndex);
    }
    const past = fromPast ? this.history.scan(path, recursive, sinceIndex, stream) : [];
    if (stream || past.length === 0) {
      // What happened until now is past, also while watchers are still being told of it.
      watcher.sinceIndex = Math.max(sinceIndex, this.currentIndex + 1);
      this.hub.add(watcher);
    }
    return { ok: true, etcdIndex, past };
  }

  /** What happened at or below a path at `sinceIndex` or later, as far as the history reaches. */
  past(path: string, sinceIndex: number): { readonly events: readonly KeyEvent[]; readonly isCut: boolean } {
    return { events: this.history.scan(path, true, sinceIndex, true), isCut: sinceIndex < this.history.firstIndex };
  }

  /** As History.isUnchanged. What is above a reserved path is reserved too, but for the root. */
  isUnchanged(path: string, etcdIndex: number): boolean {
    return this.history.isUnchanged(path, etcdIndex, path === ROOT || this.isReserved(path));
  }

  unwatch(watcher: Watcher): void {
    this.hub.remove(watcher);
  }

  unwatchAll(): Watcher[] {
    return this.hub.removeAll();
  }

  takeNotifications(): readonly Notification[] {
    return this.hub.takeNotifications();
  }

  stats(): ChangeStats {
    return this.counters.stats(this.hub.size);
  }

  private execute(command: KeyCommand): KeyResult {
    const { tree, hub, currentIndex: index } = this;
    if (this.isReserved(command.path)) return errorOf(106, command.path, index);
    switch (command.type) {
      case 'set':
        return this.counted('sets', set(tree, index, command));
      case 'create':
        return this.counted('create', create(tree, index, command));
      case 'update':
        return this.counted('update', update(tree, index, command));
      case 'compareAndSwap':
        return this.counted('compareAndSwap', compareAndSwap(tree, index, command));
      case 'delete':
        return this.counted('delete', remove(tree, hub, index, command));
      case 'compareAndDelete':
        return this.counted('compareAndDelete', compareAndDelete(tree, hub, index, command));
    }
  }

  private counted(operation: Parameters<Counters['count']>[0], result: KeyResult): KeyResult {
    this.counters.count(operation, result.ok);
    return result;
  }

  private record(event: KeyEvent): void {
    this.currentIndex = event.etcdIndex;
    this.history.add(event.etcdIndex, event);
    if (!event.refresh) this.hub.publish(event);
  }
}
