/** Copies a store, follows it, and finishes when it is told to. */
import type { Client } from '../../client/client';
import type { KeyEvent, KeyNode } from '../../client/keyEvent';
import type { Listing } from '../../client/keys';
import { differences, nodesBelow } from './comparison';
import { mayBeBytes } from '../utf8';
import { Patience } from './patience';
import { Raising } from './raising';
import { MigrationError, Target, type TtlSecondsOf } from './target';

/** What is said to whoever waits. */
export interface Reporter {
  say(line: string): void;
}

/** The index of the target is kept so far above that of the source. */
const MARGIN = 1000;

/** How often the whole is compared before it is said that the source still changes. */
const ROUNDS_MAX = 5;

const PROGRESS_EVERY_MS = 10_000;

/** Keys that are written at a time. */
const AT_ONCE = 32;

export class Migration {
  private readonly target: Target;
  private followed = 0;
  private targetIndex = 0;
  private saidAtMs = performance.now();

  /**
   * @param identity of the source's cluster, or its URL where it does not tell one
   * @param stop ends it, with keys missing in the target
   */
  constructor(
    private readonly source: Client,
    target: Client,
    private readonly identity: string,
    private readonly reporter: Reporter,
    private readonly stop: AbortSignal,
  ) {
    const say = (line: string): void => {
      reporter.say(line);
    };
    this.target = new Target(target, new Patience(say, stop));
  }

  /** Rejects with MigrationError if the target holds something that nobody said may go. */
  async begin(overwrite: boolean): Promise<void> {
    const mark = await this.target.mark();
    const names = await this.target.names();
    if (mark === undefined && names.length > 0 && !overwrite) {
      // The mark goes last: whoever is killed between it and the last word leaves a copy that is whole.
      if (await this.isCopied())
        throw new MigrationError(
          'the target holds exactly what the source does, and no migration to it is under way: if one was ended in its last moment, it had finished, and ' +
            'clients can be led to the target; to copy and follow the source again, give --overwrite',
        );
      throw new MigrationError(
        `the target holds keys already (${names.slice(0, 3).join(', ')}): migrate into an empty cluster, or give --overwrite, ` +
          'which deletes what the source does not have',
      );
    }
    if (mark !== undefined && mark !== this.identity && !overwrite)
      throw new MigrationError(
        `the target holds a copy of another store (${mark}) that was not finished; give --overwrite to replace it`,
      );
  }

  /**
   * Copies everything, and repeats every change until `finish` is aborted; then whatever is missing, TTLs included. Answers how many keys and directories
   * there are then. Rejects with MigrationError, as the client does, or with the reason of `stop`.
   */
  async run(finish: AbortSignal): Promise<number> {
    const { stop } = this;
    const listing = await this.source.keys.list('/', { recursive: true, sorted: true, signal: stop });
    // Before anything is copied: no key of the target ever has an index that the source gave to another value of it.
    await this.keepAbove(listing.index);
    // Until the end no key has a TTL: renewals are not told to watchers, so it is the source that says when one goes.
    const missing = differences(listing.node, await this.target.read(), () => false);
    const copied = await this.repeatAll(missing, listing.index, () => undefined);
    this.reporter.say(
      `copied ${nodesBelow(listing.node).size} keys and directories (${copied} changes) as of index ${listing.index} of the source`,
    );
    if (!finish.aborted) await this.follow(listing, finish);
    return await this.finish();
  }

  private async isCopied(): Promise<boolean> {
    const { node } = await this.source.keys.list('/', { recursive: true, sorted: true });
    return differences(node, await this.target.read(), hasTtl).length === 0;
  }

  private async follow(from: Listing, finish: AbortSignal): Promise<void> {
    const { stop } = this;
    const ended = AbortSignal.any([finish, stop]);
    const onTrouble = (error: Error): void => {
      this.reporter.say(`${error.message}; trying again`);
    };
    const changes = this.source.watch('/', { recursive: true, from, signal: ended, onTrouble });
    this.reporter.say('following the source');
    try {
      for await (const change of changes) {
        await this.keepAbove(change.index);
        await this.target.repeat(change);
        this.followed += 1;
        this.sayProgress(change.index);
      }
    } catch (error) {
      stop.throwIfAborted();
      if (!finish.aborted) throw error;
    }
  }

  /** Copies what is missing, TTLs too, until nothing is: what was changed meanwhile is found by the next comparison. */
  private async finish(): Promise<number> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const listing = await this.source.keys.list('/', { recursive: true, sorted: true, signal: this.stop });
      // From here on, for raising the index takes its time. Not from the question on: it may have waited for a source that was away.
      const readAtMs = performance.now();
      await this.keepAbove(listing.index);
      const missing = differences(listing.node, await this.target.read(), hasTtl);
      if (missing.length > 0) {
        await this.repeatAll(missing, listing.index, (node) => ttlLeft(node, readAtMs));
        continue;
      }
      await this.target.removeMark();
      const nodes = nodesBelow(listing.node);
      this.sayBytes(nodes);
      return nodes.size;
    }
    throw new MigrationError(
      `the source still changes after ${ROUNDS_MAX} comparisons, and the target is not finished: stop whatever writes to the source, then run this again`,
    );
  }

  /** Answers how many there were. */
  private async repeatAll(
    events: readonly KeyEvent[],
    sourceIndex: number,
    ttlSecondsOf: TtlSecondsOf,
  ): Promise<number> {
    let done = 0;
    const repeat = async (event: KeyEvent): Promise<void> => {
      await this.target.repeat(event, ttlSecondsOf);
      done += 1;
      this.sayProgress(sourceIndex, `${done} of ${events.length} differences`);
    };
    // What is written does not depend on each other, since what stands in the way is deleted first.
    await inBatches(
      events.filter(({ action }) => action === 'delete'),
      repeat,
    );
    await inBatches(
      events.filter(({ action }) => action !== 'delete'),
      repeat,
    );
    return done;
  }

  /** Each write raises the index of the target by one, and each change of the source that of the source; so this is seldom needed. */
  private async keepAbove(sourceIndex: number): Promise<void> {
    if (this.targetIndex >= sourceIndex + MARGIN / 2) return;
    const wanted = sourceIndex + MARGIN;
    const beganAtMs = performance.now();
    let raising: Raising | undefined;
    const told = (index: number, from: number): void => {
      raising ??= new Raising(from, wanted, beganAtMs);
      const estimate = raising.estimate(index, performance.now());
      if (estimate !== undefined) this.reporter.say(estimate);
      else this.sayProgress(sourceIndex, raising.progress(index, performance.now()));
    };
    this.targetIndex = await this.target.raiseIndex(this.identity, wanted, this.stop, told);
  }

  private sayBytes(nodes: ReadonlyMap<string, KeyNode>): void {
    const doubtful = [...nodes.values()].filter(({ key, value = '' }) => mayBeBytes(key) || mayBeBytes(value));
    const [first] = doubtful;
    if (first === undefined) return;
    this.reporter.say(
      `${doubtful.length} keys (${first.key} is one) have U+FFFD in them, which is what members answer in place of bytes that are no UTF-8: compare ` +
        'those with what the clients wrote, for no listing shows the bytes',
    );
  }

  private sayProgress(sourceIndex: number, what = `${this.followed} changes followed`): void {
    const nowMs = performance.now();
    if (nowMs - this.saidAtMs < PROGRESS_EVERY_MS) return;
    this.saidAtMs = nowMs;
    this.reporter.say(`index ${sourceIndex} of the source: ${what}`);
  }
}

function hasTtl({ expiration }: KeyNode): boolean {
  return expiration !== undefined;
}

/** Whole seconds, at least one: what the source said, whose clock it is that counts, less what went by since then. */
function ttlLeft({ expiration, ttlSeconds = 1 }: KeyNode, readAtMs: number): number | undefined {
  if (expiration === undefined) return undefined;
  return Math.max(1, Math.ceil(ttlSeconds - (performance.now() - readAtMs) / 1000));
}

async function inBatches<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(act));
}
