import type { KeyEvent } from './event';
import { isHiddenBelow, ROOT, walkDown } from './path';

/** A registered watch. `deliver` belongs to the caller: the hub stores it and never calls it. */
export interface Watcher {
  readonly path: string;
  readonly recursive: boolean;
  readonly stream: boolean;
  /** Events before it are withheld; its registration raises it to the next one. */
  sinceIndex: number;
  readonly deliver: (event: KeyEvent | undefined) => void;
}

/** An event and the watcher it is for; the driver of the machine hands them over after the entry is applied. */
export interface Notification {
  readonly watcher: Watcher;
  readonly event: KeyEvent;
}

/**
 * Who waits for what (spec v2-api section 7). Watchers hang at their path and an event walks its own ancestors, so its cost
 * follows the depth of its key and never the number of watchers elsewhere. Each event reaches a watcher at most once.
 */
export class WatchHub {
  private readonly watchersByPath = new Map<string, Set<Watcher>>();
  private count = 0;
  private pending: Notification[] = [];

  get size(): number {
    return this.count;
  }

  add(watcher: Watcher): void {
    const watchers = this.watchersByPath.get(watcher.path);
    if (watchers === undefined) this.watchersByPath.set(watcher.path, new Set([watcher]));
    else watchers.add(watcher);
    this.count++;
  }

  /** Idempotent. */
  remove(watcher: Watcher): void {
    const watchers = this.watchersByPath.get(watcher.path);
    if (watchers?.delete(watcher) !== true) return;
    this.count--;
    if (watchers.size === 0) this.watchersByPath.delete(watcher.path);
  }

  /** Everyone at the event's key, and recursive watchers above it that may see it. */
  publish(event: KeyEvent): void {
    if (this.count === 0) return;
    const key = event.node.key;
    this.offerAbove(ROOT, event);
    walkDown(key, (prefix) => {
      if (prefix !== key) this.offerAbove(prefix, event);
      return false;
    });
    this.offerAll(key, event);
  }

  /** Everyone at a path that went with the directory the event removed, recursive or not, hidden or not. */
  publishRemoved(path: string, event: KeyEvent): void {
    if (this.count !== 0) this.offerAll(path, event);
  }

  /** What `publish` found since the last call, in order. */
  takeNotifications(): readonly Notification[] {
    if (this.pending.length === 0) return this.pending;
    const taken = this.pending;
    this.pending = [];
    return taken;
  }

  /** Every watcher, and none is left: the member stops, or its state was replaced. */
  removeAll(): Watcher[] {
    const all = [...this.watchersByPath.values()].flatMap((watchers) => [...watchers]);
    this.watchersByPath.clear();
    this.count = 0;
    return all;
  }

  private offerAbove(path: string, event: KeyEvent): void {
    const watchers = this.watchersByPath.get(path);
    if (watchers === undefined || isHiddenBelow(event.node.key, path)) return;
    for (const watcher of watchers) {
      if (watcher.recursive) this.offer(watcher, event);
    }
  }

  private offerAll(path: string, event: KeyEvent): void {
    for (const watcher of this.watchersByPath.get(path) ?? []) this.offer(watcher, event);
  }

  private offer(watcher: Watcher, event: KeyEvent): void {
    if (event.etcdIndex < watcher.sinceIndex) return;
    this.pending.push({ watcher, event });
    if (!watcher.stream) this.remove(watcher);
  }
}
