/** `/mod/v2/leader`: one of several processes leads (docs/locks.md). */
import { BackOff } from '../../platform/backOff';
import type { CallOptions } from '../call';
import type { KeyNode } from '../keyEvent';
import { normalKey } from '../keyPath';
import { Keys, orNothing } from '../keys';
import { pause } from '../transport/pause';
import type { Cluster } from '../watch/cluster';
import { mayPass, type WatchOptions } from '../watch/feed';
import type { Watch } from '../watch/watch';
import type { Lock } from './lock';
import type { LockOptions, Locks } from './locks';

export interface Leader {
  /** Its label, without the part that was added to tell it from others. */
  readonly label: string;
  /** The index with which it leads: larger than that of every leader before. */
  readonly token: number;
}

export type CampaignOptions = Omit<LockOptions, 'label'>;

/** Where the members keep who waits and who leads, in the order of their coming. */
const LOCKS = '/_etcd/mod/lock';
/** Waits after failures double from the first to the longest. */
const BACK_OFF = { firstMs: 50, longestMs: 2000 };
const UNIQUE_PART = / ?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Elections. An election NAME is the lock NAME: whoever has it leads. With auth, watching needs the right to read `/_etcd/mod/lock/NAME/*`. */
export class Elections {
  private readonly keys: Keys;

  constructor(
    cluster: Cluster,
    private readonly locks: Locks,
    private readonly watch: (key: string, options: WatchOptions) => Watch,
  ) {
    this.keys = new Keys(cluster);
  }

  /** Waits until this process leads. What it gets says when it leads no more (`signal`), and resigns (`release`). Rejects as `Locks.acquire` does. */
  campaign(name: string, label: string, options: CampaignOptions = {}): Promise<Lock> {
    return this.locks.acquire(name, { ...options, label });
  }

  /** Who leads now; undefined: nobody. Linearizable. Rejects with what `ClientError` lists. */
  async leader(name: string, options: CallOptions = {}): Promise<Leader | undefined> {
    return leaderOf((await this.read(name, options)).node);
  }

  /** Who leads, now and after each change; undefined: nobody. Rejects as a watch does; what a watch overcomes is overcome here. */
  async *observe(name: string, options: CallOptions = {}): AsyncGenerator<Leader | undefined, void, undefined> {
    const from = await this.read(name, options);
    let leader = leaderOf(from.node);
    yield leader;
    const watch = this.watch(directoryOf(name), { recursive: true, from, signal: options.signal });
    for await (const change of watch) {
      // What only waits or renews changes nothing; who leads is asked where it may have changed.
      if (change.action === 'update') continue;
      const now = await this.leaderAtLast(name, options);
      if (now?.token === leader?.token) continue;
      leader = now;
      yield leader;
    }
  }

  /** Asked until somebody says it. Rejects with what no member can mend, or the signal's reason. */
  private async leaderAtLast(name: string, options: CallOptions): Promise<Leader | undefined> {
    const backOff = new BackOff(BACK_OFF, Math.random);
    for (;;) {
      try {
        return await this.leader(name, options);
      } catch (error) {
        if (options.signal?.aborted === true || !mayPass(error)) throw error;
        await pause(backOff.nextMs(), options.signal);
      }
    }
  }

  private read(name: string, options: CallOptions): Promise<{ node: KeyNode | undefined; index: number }> {
    return orNothing(this.keys.get(directoryOf(name), options));
  }
}

function directoryOf(name: string): string {
  return `${LOCKS}${normalKey(name)}`;
}

function leaderOf(node: KeyNode | undefined): Leader | undefined {
  const places = (node?.nodes ?? []).flatMap(({ key, value }) => {
    const index = Number(key.slice(key.lastIndexOf('/') + 1));
    return Number.isSafeInteger(index) && value !== undefined
      ? [{ token: index, label: value.replace(UNIQUE_PART, '') }]
      : [];
  });
  return places.sort((one, other) => one.token - other.token)[0];
}
