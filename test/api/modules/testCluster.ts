/** Members that share one log, each with a key space of its own that may be behind, and a clock that the test moves. */
import type { KeyCommand } from '../../../src/machine/command';
import type { KeyError, KeyResult } from '../../../src/machine/keyspace/event';
import { KeySpace } from '../../../src/machine/keyspace/keySpace';
import type { Indexes, Past, ReadOptions, Watch, WatchListener, WatchOptions } from '../../../src/member/types';
import type { Cancel, Clock } from '../../../src/platform/clock';
import { LockService } from '../../../src/api/modules/lockService';
import { FakeMember, NOW_MS } from '../fakeMember';

interface Timer {
  atMs: number;
  readonly everyMs: number | undefined;
  readonly run: () => void;
}

export class ManualClock implements Clock {
  private elapsedMs = 0;
  private readonly timers = new Set<Timer>();

  now(): number {
    return NOW_MS + this.elapsedMs;
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  every(everyMs: number, run: () => void): Cancel {
    return this.add({ atMs: this.elapsedMs + everyMs, everyMs, run });
  }

  after(delayMs: number, run: () => void): Cancel {
    return this.add({ atMs: this.elapsedMs + delayMs, everyMs: undefined, run });
  }

  soon(run: () => void): void {
    this.after(0, run);
  }

  /** A tenth of a second at a time; what follows from it is done before the next one. */
  async advance(ms: number, eachStep: () => void = () => undefined): Promise<void> {
    for (const untilMs = this.elapsedMs + ms; this.elapsedMs < untilMs;) {
      this.elapsedMs += 100;
      for (const timer of [...this.timers]) {
        if (timer.atMs > this.elapsedMs || !this.timers.has(timer)) continue;
        if (timer.everyMs === undefined) this.timers.delete(timer);
        else timer.atMs += timer.everyMs;
        timer.run();
      }
      eachStep();
      await settled();
    }
  }

  private add(timer: Timer): Cancel {
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }
}

/** Everything that was promised is done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

type Entry = KeyCommand | { readonly type: 'sync'; readonly nowMs: number };

export class TestCluster {
  readonly clock = new ManualClock();
  readonly log: Entry[] = [];
  readonly members: TestMember[] = [];

  constructor(count: number) {
    for (let number = 1; number <= count; number++) this.members.push(new TestMember(this, `m${number}`));
  }

  append(entry: Entry): number {
    this.log.push(entry);
    return this.log.length - 1;
  }

  catchUp(): void {
    for (const member of this.members) member.catchUp();
  }

  /** Time goes on, and what is due expires. */
  advance(ms: number): Promise<void> {
    return this.clock.advance(ms, () => {
      const nowMs = this.clock.now();
      if (this.members[0]!.space.isDue(nowMs)) this.append({ type: 'sync', nowMs });
      this.catchUp();
    });
  }
}

export class TestMember extends FakeMember {
  readonly space = new KeySpace(1000);
  readonly locks: LockService;
  /** It applies nothing meanwhile. */
  paused = false;
  /** What the next writes are answered with instead. */
  failures: Error[] = [];
  gets = 0;
  looks = 0;
  private applied = 0;
  private readonly waiting = new Map<number, (result: KeyResult) => void>();

  constructor(
    private readonly cluster: TestCluster,
    override readonly id: string,
  ) {
    super();
    this.locks = new LockService(this, cluster.clock);
  }

  override childCount(path: string): number | undefined {
    return this.space.childCount(path);
  }

  override isVacant(path: string): boolean {
    return this.space.isVacant(path);
  }

  override vacantBelow(path: string): Iterator<string | undefined> {
    return this.space.vacantBelow(path);
  }

  override indexes(): Indexes {
    return { ...super.indexes(), etcdIndex: this.space.index };
  }

  override past(path = '/', sinceIndex = 1): Past {
    return { ...this.space.past(path, sinceIndex), etcdIndex: this.space.index };
  }

  override get(path: string, options: ReadOptions): KeyResult {
    this.gets += 1;
    return this.read(path, options);
  }

  override look(path: string, options: ReadOptions): KeyResult {
    this.looks += 1;
    return this.read(path, options);
  }

  private read(path: string, { recursive, sorted }: ReadOptions): KeyResult {
    return this.space.get(path, recursive, sorted, this.cluster.clock.now());
  }

  override propose(command: KeyCommand): Promise<KeyResult> {
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    const position = this.cluster.append(command);
    return new Promise((resolve) => {
      this.waiting.set(position, resolve);
      setImmediate(() => {
        this.cluster.catchUp();
      });
    });
  }

  override watch(path: string, options: WatchOptions, listener: WatchListener): Watch | KeyError {
    const watcher = { path, ...options, deliver: listener };
    const watched = this.space.watch(watcher);
    if (!watched.ok) return watched;
    return {
      ok: true,
      etcdIndex: watched.etcdIndex,
      past: watched.past,
      cancel: () => {
        this.space.unwatch(watcher);
      },
    };
  }

  catchUp(): void {
    while (!this.paused && this.applied < this.cluster.log.length) this.applyOne();
  }

  /** The next entry, also while it is paused. */
  applyOne(): void {
    const entry = this.cluster.log[this.applied]!;
    if (entry.type === 'sync') while (this.space.expireOne(entry.nowMs));
    else {
      const result = this.space.apply(entry);
      this.waiting.get(this.applied)?.(result);
    }
    this.waiting.delete(this.applied);
    this.applied += 1;
    for (const { watcher, event } of this.space.takeNotifications()) watcher.deliver(event);
  }

  /** The values in the queue of a lock, in their order, each with its TTL in seconds. */
  queue(lock: string): [string | undefined, number][] {
    const read = this.space.get(lock, false, true, this.cluster.clock.now());
    if (!read.ok) return [];
    return (read.node.nodes ?? []).map(({ value, expirationMs }) => [
      value,
      Math.ceil(((expirationMs ?? 0) - this.cluster.clock.now()) / 1000),
    ]);
  }
}
