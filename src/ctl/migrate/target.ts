/** The cluster that is migrated to: what it holds, what is written to it, and the index that it must not fall behind. */
import { EtcdError } from '../../client/errors';
import { Keys } from '../../client/keys';
import type { Asker } from '../../client/http';
import type { KeyEvent, KeyNode } from '../../client/keyEvent';

const ERRORS = { noSuchKey: 100, notAFile: 102, notADirectory: 104, exists: 105 } as const;

/** Hidden, so that it is no part of what is compared. It says which store is copied, and raises the index by being written. */
const MARK = '/_cairn-migration';

/** Requests that raise the index at a time. */
const AT_ONCE = 64;

export class Target {
  private readonly keys: Keys;

  constructor(asker: Asker) {
    this.keys = new Keys(asker);
  }

  /** All keys, and the index. Rejects as the client does. */
  async read(): Promise<{ readonly root: KeyNode; readonly index: number }> {
    const { node, index } = await this.keys.list('/', { recursive: true, sorted: true });
    return { root: node, index };
  }

  /** What is copied here; undefined: nothing was begun. */
  async mark(): Promise<string | undefined> {
    return (await orNothing(this.keys.get(MARK), ERRORS.noSuchKey))?.node.value;
  }

  /** Writes it; what is there is replaced. Answers the index. */
  async setMark(source: string): Promise<number> {
    return (await this.keys.set(MARK, source, { noValueOnSuccess: true })).node.modifiedIndex;
  }

  async removeMark(): Promise<void> {
    await orNothing(this.keys.delete(MARK), ERRORS.noSuchKey);
  }

  /**
   * Writes until the index is at least this. Answers what it is then.
   *
   * @param told - hears how far it is
   */
  async raiseIndex(source: string, wanted: number, told: (index: number) => void): Promise<number> {
    let index = await this.setMark(source);
    while (index < wanted) {
      const count = Math.min(AT_ONCE, wanted - index);
      const indexes = await Promise.all(Array.from({ length: count }, () => this.setMark(source)));
      index = Math.max(index, ...indexes);
      told(index);
    }
    return index;
  }

  /** Does what was done there. TTLs come at the end: until then it is the source that says when a key goes. */
  async repeat({ action, node }: KeyEvent): Promise<void> {
    switch (action) {
      case 'get':
        return;
      case 'delete':
      case 'expire':
      case 'compareAndDelete':
        await orNothing(this.keys.delete(node.key, { recursive: true, dir: true }), ERRORS.noSuchKey);
        return;
      case 'set':
      case 'create':
      case 'update':
      case 'compareAndSwap':
        await this.put(node);
        return;
    }
  }

  private async put(node: KeyNode): Promise<void> {
    const write = (): Promise<unknown> =>
      node.dir
        ? orNothing(this.keys.mkdir(node.key), ERRORS.exists)
        : this.keys.set(node.key, node.value ?? '', { noValueOnSuccess: true });
    try {
      await write();
    } catch (error) {
      if (!(error instanceof EtcdError) || (error.code !== ERRORS.notAFile && error.code !== ERRORS.notADirectory))
        throw error;
      await this.makeWayFor(node.key);
      await write();
    }
  }

  /** A directory where a key is written, or a key where a directory has to be: the source has it no more. */
  private async makeWayFor(key: string): Promise<void> {
    const parts = key.split('/').slice(1);
    const above = parts.map((_, at) => `/${parts.slice(0, at + 1).join('/')}`);
    for (const each of above) {
      const found = await orNothing(this.keys.get(each), ERRORS.noSuchKey);
      if (found === undefined) return;
      if (each === key || !found.node.dir) {
        await this.keys.delete(each, { recursive: true, dir: true });
        return;
      }
    }
  }

  /** The TTL that the key has at the source, if it still is what it is there. */
  async setTtl(node: KeyNode, ttlSeconds: number): Promise<void> {
    const written = node.dir
      ? this.keys.updateDir(node.key, { ttlSeconds })
      : this.keys.set(node.key, node.value ?? '', { ttlSeconds, prevExist: true, noValueOnSuccess: true });
    await orNothing(written, ERRORS.noSuchKey);
  }
}

async function orNothing<Result>(result: Promise<Result>, code: number): Promise<Result | undefined> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof EtcdError && error.code === code) return undefined;
    throw error;
  }
}
