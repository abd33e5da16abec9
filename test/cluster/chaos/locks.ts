/** Clients that take a lock, write under it with their fencing token, and give it back or die with it. */
import type { SeenEvent } from '../../linearizability/history';
import type { ClusterMember } from '../clusterMember';
import { call, NoAnswer, type Answer, type Call } from '../httpClient';
import { sleep, until } from '../waiting';
import type { Dice } from './dice';
import type { Record } from './record';
import type { Watcher } from './watcher';

const NAME = 'chaos';
/** Where the store keeps those who have or want the lock. */
export const LOCK_PATH = `/_etcd/mod/lock/${NAME}`;
const HELD = '/chaos-locks/held';
const ANSWER_WITHIN_MS = 2000;
const WAITS_S = 8;
/** A place that nobody keeps alive ends after 15 seconds, one that was had after its TTL. */
const EMPTY_WITHIN_MS = 60_000;

/** A write that a client was answered while it was sure to have the lock. */
export interface HeldWrite {
  readonly client: string;
  readonly token: number;
  readonly index: number;
}

export class LockClient {
  readonly writes: HeldWrite[] = [];

  constructor(
    private readonly name: string,
    private readonly members: readonly ClusterMember[],
    private readonly dice: Dice,
    private readonly record: Record,
  ) {}

  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.once();
      await sleep(this.dice.between(0, 200));
    }
  }

  private async once(): Promise<void> {
    const { dice, record } = this;
    const ttl = dice.pick([4, 6, 8]);
    const form = { ttl: String(ttl), timeout: String(WAITS_S) };
    const taken = await this.ask({ method: 'POST', target: `/mod/v2/lock/${NAME}`, form }, (WAITS_S + 4) * 1000);
    if (taken?.status !== 200) {
      record.count('lock not had');
      return;
    }
    record.count('lock had');
    const token = Number(taken.text);
    // Its TTL begins when it gets the lock, and may have begun before the answer was on its way: it renews before it relies on that.
    const renewedMs = performance.now();
    const renewed = await this.ask({
      method: 'PUT',
      target: `/mod/v2/lock/${NAME}`,
      form: { ttl: String(ttl), index: taken.text },
    });
    if (renewed?.status !== 200) {
      record.count('lock lost before use');
      return;
    }
    const sureUntilMs = renewedMs + (ttl * 1000) / 2;
    for (let writes = 1; writes <= 4 && performance.now() < sureUntilMs; writes++) {
      const answer = await this.ask({
        method: 'PUT',
        target: `/v2/keys${HELD}`,
        form: { value: `${token} ${this.name}` },
      });
      if (answer === undefined || answer.status >= 300 || performance.now() >= sureUntilMs) break;
      const index = JSON.parse(answer.text).node.modifiedIndex as number;
      this.writes.push({ client: this.name, token, index });
      record.count('write under the lock');
    }
    if (dice.chance(0.15)) record.count('lock left to its TTL');
    else await this.ask({ method: 'DELETE', target: `/mod/v2/lock/${NAME}?index=${token}` });
  }

  /** Undefined: no answer. */
  private async ask(request: Call, timeoutMs = ANSWER_WITHIN_MS): Promise<Answer | undefined> {
    try {
      return await call(this.dice.pick(this.members).clientPort, request, timeoutMs);
    } catch (error) {
      if (error instanceof NoAnswer) return undefined;
      throw error;
    }
  }
}

/** Everybody's place is gone, one more client is served, and the watch has seen all of it. */
export async function finishLocks(members: readonly ClusterMember[], watcher: Watcher): Promise<void> {
  const [member] = members as [ClusterMember];
  await until('nothing is left of the lock', EMPTY_WITHIN_MS, async () => {
    return (await member.get(`/v2/keys${LOCK_PATH}?quorum=true`)).status === 404;
  });
  const form = { ttl: '10', timeout: '10' };
  const last = await call(member.clientPort, { method: 'POST', target: `/mod/v2/lock/${NAME}`, form }, EMPTY_WITHIN_MS);
  if (last.status !== 200) throw new Error(`the lock is not to be had after all: ${last.status} ${last.text}`);
  await call(member.clientPort, { method: 'DELETE', target: `/mod/v2/lock/${NAME}?index=${last.text}` });
  await until(
    'the watch of the lock has seen the last client',
    EMPTY_WITHIN_MS,
    () => watcher.reached >= Number(last.text),
  );
}

/** Each write was made by whoever was first in the queue at its index, as the store's own events tell. */
export function judgeLocks(record: Record, events: readonly SeenEvent[], writes: readonly HeldWrite[]): void {
  const queue = new Set<number>();
  const inOrder = [...events].sort((a, b) => a.index - b.index);
  let at = 0;
  for (const { client, token, index } of [...writes].sort((a, b) => a.index - b.index)) {
    for (let next = inOrder[at]; next !== undefined && next.index <= index; next = inOrder[++at]) {
      if (!next.key.startsWith(`${LOCK_PATH}/`)) continue;
      const number = Number(next.key.slice(LOCK_PATH.length + 1));
      if (next.value === undefined) queue.delete(number);
      else queue.add(number);
    }
    const first = Math.min(...queue);
    if (first === token) continue;
    record.violation('two had the lock', `${client} wrote with token ${token} at ${index}, when ${first} was first`);
  }
}
