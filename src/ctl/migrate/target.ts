/** The cluster that is migrated to: what it holds, what is written to it, and the index that it must not fall behind. */
import { ERROR_CODES, isEtcdError } from '../../client/errors';
import { Keys } from '../../client/keys';
import type { Asker } from '../../client/http';
import type { KeyEvent, KeyNode } from '../../client/keyEvent';
import { directoriesAbove } from '../keyFile/keyDocument';
import type { Patience } from './patience';
import { quickerWay } from './raising';
import { unlessError } from '../unlessError';

/** Hidden, so that it is no part of what is compared. It says which store is copied, and raises the index by being written. */
const MARK = '/_cairn-migration';

/** Some hundreds to thousands are raised in a second: beyond this it is days at best. */
const RAISED_MAX = 1_000_000_000;
/** Requests that raise the index at a time. */
const AT_ONCE = 256;

/** Whole seconds; undefined: none. */
export type TtlSecondsOf = (node: KeyNode) => number | undefined;

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export class Target {
  private readonly keys: Keys;

  constructor(
    asker: Asker,
    private readonly patience: Patience,
  ) {
    this.keys = new Keys(asker);
  }

  /** The root with all keys. Rejects as the client does, but waits for a target that does not answer, as all that follows does. */
  async read(): Promise<KeyNode> {
    const list = () => this.keys.list('/', { recursive: true, sorted: true });
    return (await this.patience.until(list)).node;
  }

  /** The names of what is directly below the root. Does not wait, as `mark`: a target that was never reached is a mistake. */
  async names(): Promise<readonly string[]> {
    return (await this.keys.list('/')).nodes.map(({ key }) => key);
  }

  /** What is copied here; undefined: nothing was begun. */
  async mark(): Promise<string | undefined> {
    return (await unlessError(ERROR_CODES.keyNotFound, this.keys.get(MARK)))?.node.value;
  }

  /** Writes it; what is there is replaced. Answers the index. */
  async setMark(source: string): Promise<number> {
    const set = () => this.keys.set(MARK, source, { noValueOnSuccess: true });
    return (await this.patience.until(set)).node.modifiedIndex;
  }

  async removeMark(): Promise<void> {
    await this.patience.until(() => unlessError(ERROR_CODES.keyNotFound, this.keys.delete(MARK)));
  }

  /**
   * Writes until the index is at least this. Answers what it is then. Rejects with MigrationError where that would take days, and with the
   * reason of `stop`.
   *
   * @param told - hears how far it is, with where it began
   */
  async raiseIndex(
    source: string,
    wanted: number,
    stop: AbortSignal,
    told: (index: number, from: number) => void,
  ): Promise<number> {
    let index = await this.setMark(source);
    if (wanted - index > RAISED_MAX)
      throw new MigrationError(
        `the target at index ${index} would take days to reach index ${wanted}, above that of the source, by writing; ${quickerWay(wanted)}`,
      );
    const from = index;
    while (index < wanted) {
      stop.throwIfAborted();
      const count = Math.min(AT_ONCE, wanted - index);
      const indexes = await Promise.all(Array.from({ length: count }, () => this.setMark(source)));
      index = Math.max(index, ...indexes);
      told(index, from);
    }
    return index;
  }

  /** Does what was done there; `ttlSecondsOf` is for what is written, as it is then. */
  repeat(event: KeyEvent, ttlSecondsOf: TtlSecondsOf = () => undefined): Promise<void> {
    return this.patience.until(() => this.once(event, ttlSecondsOf(event.node)));
  }

  private async once({ action, node }: KeyEvent, ttlSeconds: number | undefined): Promise<void> {
    switch (action) {
      case 'get':
        return;
      case 'delete':
      case 'expire':
      case 'compareAndDelete':
        await this.delete(node.key);
        return;
      case 'set':
      case 'create':
      case 'update':
      case 'compareAndSwap':
        await this.put(node, ttlSeconds);
        return;
    }
  }

  private async put(node: KeyNode, ttlSeconds: number | undefined): Promise<void> {
    try {
      await this.write(node, ttlSeconds);
    } catch (error) {
      const isInTheWay = isEtcdError(error, ERROR_CODES.notAFile) || isEtcdError(error, ERROR_CODES.notADirectory);
      if (!isInTheWay) throw error;
      await this.makeWayFor(node.key);
      await this.write(node, ttlSeconds);
    }
  }

  private async write({ key, dir, value = '' }: KeyNode, ttlSeconds: number | undefined): Promise<void> {
    if (!dir) await this.keys.set(key, value, { ttlSeconds, noValueOnSuccess: true });
    else if ((await unlessError(ERROR_CODES.keyExists, this.keys.mkdir(key, { ttlSeconds }))) === undefined)
      await this.keys.updateDir(key, { ttlSeconds });
  }

  /** A directory where a key is written, or a key where a directory has to be: the source has it no more. */
  private async makeWayFor(key: string): Promise<void> {
    for (const each of [...directoriesAbove(key), key]) {
      const found = await unlessError(ERROR_CODES.keyNotFound, this.keys.get(each));
      if (found === undefined) return;
      if (each !== key && found.node.dir) continue;
      await this.delete(each);
      return;
    }
  }

  private async delete(key: string): Promise<void> {
    await unlessError(ERROR_CODES.keyNotFound, this.keys.delete(key, { recursive: true, dir: true }));
  }
}
