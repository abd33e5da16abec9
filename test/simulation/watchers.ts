import type { KeyEvent } from '../../src/machine/keyspace/event';
import type { Watch } from '../../src/member/types';
import type { Cluster } from './cluster';
import { eventText } from './digest';
import type { Incarnation } from './incarnation';

interface Connection {
  readonly incarnation: Incarnation;
  watch: Watch | undefined;
  over: boolean;
}

/** A client that follows a directory by waitIndex, from one member to the next, and must miss and repeat nothing. */
export class Watcher {
  /** Events it was shown. */
  seen = 0;
  resumed = 0;
  /** The history it needed was gone. */
  lost = 0;
  private nextIndex = 0;
  private connection: Connection | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly name: string,
    private readonly path: string,
    private readonly recursive: boolean,
    private readonly stream: boolean,
  ) {}

  start(): void {
    this.connectSoon(1);
    this.moveOnLater();
  }

  /** Everything that its member has applied was shown. */
  checkComplete(): void {
    const { connection } = this;
    if (connection === undefined || connection.over || !this.stream) return;
    this.checkGap((connection.incarnation.member?.indexes().etcdIndex ?? 0) + 1);
  }

  private moveOnLater(): void {
    const { scheduler, random } = this.cluster.world;
    scheduler.schedule(random.between(1000, 6000), () => {
      this.connection?.watch?.cancel();
      this.disconnect();
      this.moveOnLater();
    });
  }

  private connectSoon(delayMs: number): void {
    this.cluster.world.scheduler.schedule(delayMs, () => this.connect());
  }

  private connect(): void {
    const { world, serving } = this.cluster;
    if (serving.length === 0) {
      this.connectSoon(200);
      return;
    }
    const { incarnation, member } = world.random.pick(serving);
    if (incarnation === undefined || member === undefined) return;
    const connection: Connection = { incarnation, watch: undefined, over: false };
    this.connection = connection;
    const sinceIndex = this.nextIndex;
    const { recursive, stream, path } = this;
    const watch = member.watch(path, { recursive, stream, sinceIndex }, (event) => this.arrived(connection, event));
    if (!watch.ok) {
      // Only the history may be too short; then a client begins anew.
      world.judge.check(watch.code === 401, 'a watch can be registered', () => `${this.name}: error ${watch.code}`);
      this.lost++;
      this.nextIndex = 0;
      this.disconnect();
      return;
    }
    connection.watch = watch;
    incarnation.endListeners.add(() => {
      if (this.connection === connection) this.disconnect();
    });
    if (sinceIndex === 0) this.nextIndex = watch.etcdIndex + 1;
    else this.resumed++;
    for (const event of watch.past) this.arrived(connection, event);
  }

  private disconnect(): void {
    if (this.connection === undefined) return;
    this.connection.over = true;
    this.connection = undefined;
    this.connectSoon(this.cluster.world.random.between(1, 150));
  }

  private arrived(connection: Connection, event: KeyEvent | undefined): void {
    if (event === undefined) {
      if (connection === this.connection) this.disconnect();
      return;
    }
    const { judge, reference } = this.cluster.world;
    judge.check(!connection.over, 'watches end', () => `${this.name} is shown ${eventText(event)} after its end`);
    judge.check(event.etcdIndex >= this.nextIndex, 'watches repeat nothing', () => {
      return `${this.name} is shown ${eventText(event)}, it waits for ${this.nextIndex}`;
    });
    judge.check(eventText(event) === reference.eventTextAt(event.etcdIndex), 'watches show what happened', () => {
      return `${this.name} is shown ${eventText(event)}, it was ${reference.eventTextAt(event.etcdIndex)}`;
    });
    this.checkGap(event.etcdIndex);
    this.seen++;
    this.nextIndex = event.etcdIndex + 1;
    if (!this.stream) this.disconnect();
  }

  private checkGap(before: number): void {
    const { judge, reference } = this.cluster.world;
    for (let index = this.nextIndex; index < before; index++) {
      const missed = reference.events[index];
      if (missed === undefined || missed.refresh || !this.concerns(missed.node.key)) continue;
      judge.broken('watches miss nothing', `${this.name} was not shown ${eventText(missed)}`);
      return;
    }
  }

  private concerns(key: string): boolean {
    if (key === this.path) return true;
    return this.recursive && (this.path === '/' || key.startsWith(`${this.path}/`));
  }
}
