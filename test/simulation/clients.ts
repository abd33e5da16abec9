import type { KeyCommand } from '../../src/machine/command';
import type { KeyResult } from '../../src/machine/keyspace/event';
import type { LocalMember } from '../../src/member/localMember';
import { MemberError } from '../../src/member/types';
import type { Cluster, Outcome } from './cluster';
import { eventText } from './digest';
import type { SimNode } from './node';

const FILES = 8;
const QUEUE = '/q';
/** Errors after which a command was certainly not carried out. */
const DEFINITE: readonly string[] = ['tooManyRequests', 'busy', 'tooLarge', 'noLeader'];

/** What all clients together know. */
export class SharedKnowledge {
  /** The highest index that somebody has already been shown as the newest: nobody may be shown an older one as that. */
  newestIndex = 0;
  readonly counts = { writes: 0, authChanges: 0, unknown: 0, refused: 0, reads: 0, barriers: 0, failedBarriers: 0 };
  /** Values whose write was refused for certain. */
  readonly refusedValues: string[] = [];
}

/** A client that writes values nobody else writes, and checks every answer it gets. */
export class Client {
  running = true;
  idle = true;
  private sequence = 0;
  private lastValue = '';

  constructor(
    private readonly cluster: Cluster,
    private readonly known: SharedKnowledge,
    private readonly name: string,
    private readonly thinkMs: number,
  ) {}

  start(): void {
    this.actIn(this.cluster.world.random.between(0, this.thinkMs));
  }

  private actIn(delayMs: number): void {
    const { scheduler, judge } = this.cluster.world;
    scheduler.schedule(delayMs, () => {
      judge.watch(this.name, this.act());
    });
  }

  private async act(): Promise<void> {
    if (!this.running) return;
    const { random } = this.cluster.world;
    const { serving } = this.cluster;
    if (serving.length > 0) {
      this.idle = false;
      await this.once(random.pick(serving));
      this.idle = true;
    }
    this.actIn(random.between(0.2, 1.8) * this.thinkMs);
  }

  private async once(node: SimNode): Promise<void> {
    const dice = this.cluster.world.random.next();
    if (dice < 0.6) await this.write(node, this.command(node.member));
    else if (dice < 0.8) await this.readLinearizable(node);
    else this.readLocal(node);
  }

  /** Writes and checks the answer: it happened, as answered, and after everything that was known when it began. */
  async write(node: SimNode, command: KeyCommand): Promise<boolean> {
    const { judge, reference } = this.cluster.world;
    const floor = this.known.newestIndex;
    const value = 'value' in command ? command.value : '';
    const outcome: Outcome<KeyResult> = await this.cluster.ask(node, (member) => member.propose(command));
    if (outcome.kind !== 'answer') {
      this.known.counts.unknown++;
      const reason = outcome.kind === 'error' && outcome.error instanceof MemberError ? outcome.error.reason : '';
      if (DEFINITE.includes(reason) && value !== '') this.known.refusedValues.push(value);
      return false;
    }
    const result = outcome.value;
    judge.check(result.etcdIndex >= floor + (result.ok ? 1 : 0), 'writes are ordered in real time', () => {
      return `${this.name}: a write was answered at ${result.etcdIndex}, ${floor} was known when it began`;
    });
    this.known.newestIndex = Math.max(this.known.newestIndex, result.etcdIndex);
    if (!result.ok) {
      this.known.counts.refused++;
      if (value !== '') this.known.refusedValues.push(value);
      return true;
    }
    this.known.counts.writes++;
    this.lastValue = value;
    const text = eventText(result);
    const committed = reference.eventTextAt(result.etcdIndex);
    judge.check(text === committed, 'acknowledged writes are never lost', () => {
      return `${this.name} was answered ${text}, but what happened is ${committed}`;
    });
    judge.check(
      result.node.value === ('value' in command && !result.refresh ? command.value : result.node.value),
      'the answer is to the request',
      () => {
        return `${this.name} wrote ${value}, the answer is ${text}`;
      },
    );
    return true;
  }

  /** A linearizable read sees everything that anybody knew before it began. */
  async readLinearizable(node: SimNode): Promise<boolean> {
    const floor = this.known.newestIndex;
    const path = this.file();
    const outcome = await this.cluster.ask(node, async (member) => {
      await member.readBarrier();
      return member.get(path, { recursive: false, sorted: false });
    });
    if (outcome.kind !== 'answer') {
      this.known.counts.failedBarriers++;
      return false;
    }
    this.known.counts.barriers++;
    const { etcdIndex } = outcome.value;
    this.cluster.world.judge.check(etcdIndex >= floor, 'linearizable reads are never stale', () => {
      return `${this.name} read at ${etcdIndex} from ${node.name}, ${floor} was known when it began`;
    });
    this.known.newestIndex = Math.max(this.known.newestIndex, etcdIndex);
    this.checkRead(path, outcome.value);
    return true;
  }

  private readLocal(node: SimNode): void {
    const path = this.file();
    const result = node.member?.get(path, { recursive: false, sorted: false });
    if (result !== undefined) this.checkRead(path, result);
    this.known.counts.reads++;
  }

  /** Whatever is read was the state at the index that comes with it. */
  private checkRead(path: string, result: KeyResult): void {
    const { reference, judge } = this.cluster.world;
    const expected = reference.valueAt(path, result.etcdIndex);
    const found = result.ok ? result.node.value : undefined;
    judge.check(found === expected, 'reads show what was there', () => {
      return `${this.name} read ${path} at ${result.etcdIndex}: ${found ?? 'nothing'}, it was ${expected ?? 'nothing'}`;
    });
  }

  private file(): string {
    const { random } = this.cluster.world;
    return random.chance(0.85) ? `/k/${random.integer(0, FILES - 1)}` : `/t/${random.integer(0, 3)}`;
  }

  /** Something new to write; never the same value twice. */
  command(member: LocalMember | undefined): KeyCommand {
    const { random, scheduler } = this.cluster.world;
    const nowMs = Math.floor(
      this.cluster.nodes.find((node) => node.member === member)?.incarnation?.clock.now() ?? scheduler.nowMs,
    );
    const value = `${this.name}-${++this.sequence}`;
    const path = `/k/${random.integer(0, FILES - 1)}`;
    const permanent = { nowMs, expirationMs: undefined };
    const dice = random.next();
    if (dice < 0.35) return { type: 'set', path, value, dir: false, refresh: false, ...permanent };
    if (dice < 0.5) {
      const prevValue = this.prevValue(member, path);
      return { type: 'compareAndSwap', path, value, prevValue, prevIndex: 0n, refresh: false, ...permanent };
    }
    if (dice < 0.6) return { type: 'create', path, value, dir: false, inOrder: false, ...permanent };
    if (dice < 0.7) return { type: 'create', path: QUEUE, value, dir: false, inOrder: true, ...permanent };
    if (dice < 0.75) return { type: 'update', path, value, refresh: false, ...permanent };
    if (dice < 0.84) return { type: 'delete', path, dir: false, recursive: false, nowMs };
    if (dice < 0.86) return { type: 'delete', path: QUEUE, dir: true, recursive: true, nowMs };
    const expirationMs = nowMs + random.integer(200, 4000);
    const short = `/t/${random.integer(0, 3)}`;
    if (dice < 0.97) return { type: 'set', path: short, value, dir: false, refresh: false, nowMs, expirationMs };
    return { type: 'update', path: short, value: '', refresh: true, nowMs, expirationMs };
  }

  private prevValue(member: LocalMember | undefined, path: string): string {
    const found = member?.get(path, { recursive: false, sorted: false });
    return found?.ok === true && found.node.value !== undefined ? found.node.value : this.lastValue || 'nothing';
  }
}
