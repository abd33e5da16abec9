import type { Action } from '../../linearizability/history';
import type { ClusterMember } from '../clusterMember';
import { call, NoAnswer } from '../httpClient';
import { sleep } from '../waiting';
import { OddAnswer, requestFor, resultOf } from './answers';
import type { Dice } from './dice';
import type { Record } from './record';

export const ROOT = '/chaos';
/** Keys that expire by themselves. */
export const SHORT_LIVED = `${ROOT}/short`;
export const QUEUE = `${ROOT}/queue`;

const REGISTERS = 8;
/** Then a fresh key takes the place: short histories are quick to search. */
const OPERATIONS_PER_KEY = 150;
const ANSWER_WITHIN_MS = 2000;
const AVOID_MS = 700;

/** The keys in use, shared by all clients; the latest value each client heard of is what compare-and-swap tries. */
export class KeysInUse {
  private readonly uses = new Map<number, number>();
  private readonly latest = new Map<string, string>();
  readonly all = new Set<string>();

  take(register: number): string {
    const used = this.uses.get(register) ?? 0;
    this.uses.set(register, used + 1);
    const key = `${ROOT}/register-${register}-${Math.floor(used / OPERATIONS_PER_KEY)}`;
    this.all.add(key);
    return key;
  }

  short(number: number): string {
    const key = `${SHORT_LIVED}/${number}`;
    this.all.add(key);
    return key;
  }

  heard(key: string, value: string): void {
    this.latest.set(key, value);
  }

  guess(key: string): string {
    return this.latest.get(key) ?? 'nothing';
  }
}

/** One client: a request at a time, each to whichever member it likes, until `isOver`. */
export class ChaosClient {
  private number = 0;
  private readonly avoidUntilMs = new Map<ClusterMember, number>();

  constructor(
    private readonly name: string,
    private readonly members: readonly ClusterMember[],
    private readonly keys: KeysInUse,
    private readonly dice: Dice,
    private readonly record: Record,
  ) {}

  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const { action, ttl } = this.nextAction();
      await this.perform(action, ttl);
      await sleep(this.dice.between(0, 12));
    }
  }

  /** Asks once and notes what came of it. A connection that was refused is as if nothing had been asked. */
  private async perform(action: Action, ttl: number | undefined): Promise<void> {
    const member = this.chooseMember();
    const startMs = performance.now();
    const note = { client: this.name, action, startMs };
    try {
      const answer = await call(member.clientPort, requestFor(action, ttl), ANSWER_WITHIN_MS);
      const result = resultOf(action, answer);
      const isUnknown = result.type === 'unknown';
      this.record.add({ ...note, endMs: isUnknown ? Number.POSITIVE_INFINITY : performance.now(), result });
      if (isUnknown) this.avoid(member);
      else this.learn(action);
    } catch (error) {
      this.avoid(member);
      if (error instanceof OddAnswer) this.record.violation('odd answer', `${member.name}: ${error.message}`);
      else if (!(error instanceof NoAnswer)) throw error;
      else if (error.wasSent)
        this.record.add({ ...note, endMs: Number.POSITIVE_INFINITY, result: { type: 'unknown' } });
      else this.record.count('connection refused');
    }
  }

  private learn(action: Action): void {
    if (action.type === 'set' || action.type === 'compareAndSwap') this.keys.heard(action.key, action.value);
  }

  private avoid(member: ClusterMember): void {
    this.avoidUntilMs.set(member, performance.now() + AVOID_MS);
  }

  private chooseMember(): ClusterMember {
    const nowMs = performance.now();
    const willing = this.members.filter((member) => (this.avoidUntilMs.get(member) ?? 0) < nowMs);
    return this.dice.pick(willing.length > 0 ? willing : this.members);
  }

  private nextAction(): { readonly action: Action; readonly ttl?: number } {
    const { dice, keys } = this;
    const value = `${this.name}.${++this.number}`;
    const throwOf = dice.next();
    if (throwOf < 0.1) return { action: { type: 'append', directory: QUEUE, value } };
    if (throwOf < 0.15)
      return { action: { type: 'set', key: keys.short(this.number % 5), value }, ttl: dice.pick([1, 2, 3]) };
    const key = keys.take(Math.floor(dice.between(0, REGISTERS)));
    if (throwOf < 0.4) return { action: { type: 'set', key, value } };
    if (throwOf < 0.55) return { action: { type: 'compareAndSwap', key, expected: keys.guess(key), value } };
    if (throwOf < 0.62) return { action: { type: 'delete', key } };
    return { action: { type: 'read', key, linearizable: throwOf < 0.9 } };
  }
}
