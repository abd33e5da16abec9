/** The keys below a prefix: all of them read at one moment, and changed one by one. */
import { ERROR_CODES, EtcdError } from '../../client/errors';
import type { KeyNode } from '../../client/keyEvent';
import type { Keys } from '../../client/keys';
import { unlessError } from '../unlessError';
import type { Expiry } from './keyDocument';
import type { Change, PresentKey } from './plan';

/** Somebody else changed the key since it was read, so it was left as it is. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
}

export interface FoundKey {
  readonly present: PresentKey;
  readonly expiry?: Expiry;
}

export class KeyStore {
  /** @param prefix with a leading slash and none at its end; empty for the root */
  constructor(
    private readonly keys: Keys,
    private readonly prefix: string,
  ) {}

  /**
   * Everything below the prefix but what is hidden, at one moment, and then one by one what is at and below each of `hidden`, which are keys
   * below the prefix, if it is there. Each key once. Nothing if there is no such directory. Rejects as the client does, with EtcdError 104 if
   * the prefix is a key itself.
   */
  async read(hidden: readonly string[] = []): Promise<readonly FoundKey[]> {
    const root = await this.readDirectory('');
    const found = new Map<string, FoundKey>();
    const add = (node: KeyNode): void => {
      for (const each of this.foundFrom(node)) if (!found.has(each.present.key)) found.set(each.present.key, each);
    };
    for (const child of root?.nodes ?? []) add(child);
    for (const key of hidden) {
      const node = await this.readNode(key);
      if (node !== undefined) add(node);
    }
    return [...found.values()];
  }

  /** Rejects with ChangedMeanwhile if that is so, or as the client does. Nothing that changed meanwhile is overwritten. */
  async carryOut(change: Change): Promise<void> {
    try {
      await this.request(change);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      switch (error.code) {
        case ERROR_CODES.keyNotFound:
        case ERROR_CODES.compareFailed:
        case ERROR_CODES.keyExists:
          throw new ChangedMeanwhile(`${this.prefix}${change.key} was changed by somebody else meanwhile`, {
            cause: error,
          });
        case ERROR_CODES.directoryNotEmpty:
          throw new ChangedMeanwhile(`${this.prefix}${change.key} holds keys that are hidden, or new`, {
            cause: error,
          });
        default:
          throw error;
      }
    }
  }

  private async request(change: Change): Promise<void> {
    const key = this.prefix + change.key;
    switch (change.kind) {
      case 'makeDirectory':
        await this.keys.mkdir(key, { ttlSeconds: change.ttlS });
        return;
      case 'create':
        await this.keys.create(key, change.value, { ttlSeconds: change.ttlS });
        return;
      case 'replace':
        await this.keys.compareAndSwap(
          key,
          change.value,
          { prevIndex: change.modifiedIndex },
          { ttlSeconds: change.ttlS },
        );
        return;
      case 'delete':
        await this.keys.compareAndDelete(key, { prevIndex: change.modifiedIndex });
        return;
      case 'removeDirectory':
        await this.keys.rmdir(key);
        return;
    }
  }

  private async readDirectory(key: string): Promise<KeyNode | undefined> {
    const list = this.keys.list(`${this.prefix}${key}`, { recursive: true, sorted: true });
    return (await unlessError(ERROR_CODES.keyNotFound, list))?.node;
  }

  private async readNode(key: string): Promise<KeyNode | undefined> {
    const answer = this.keys.get(`${this.prefix}${key}`, { recursive: true, sorted: true });
    // What would lie below a value is not there; whether that value is in the way is for the plan.
    const found = unlessError(ERROR_CODES.notADirectory, answer);
    return (await unlessError(ERROR_CODES.keyNotFound, found))?.node;
  }

  /** The node and what is below it, each directory before what is in it. */
  private *foundFrom(node: KeyNode): Generator<FoundKey> {
    yield this.foundKey(node);
    for (const child of node.nodes) yield* this.foundFrom(child);
  }

  private foundKey(node: KeyNode): FoundKey {
    const { modifiedIndex, ttlSeconds, expiration, value = '' } = node;
    const key = node.key.slice(this.prefix.length);
    // What is about to go has no seconds left.
    const ttlS = Math.max(1, ttlSeconds ?? 1);
    const time = expiration === undefined ? { hasTtl: false } : { hasTtl: true, ttlS };
    const place = { key, modifiedIndex, ...time };
    const present: PresentKey = node.dir ? { ...place, directory: true } : { ...place, value };
    return expiration === undefined ? { present } : { present, expiry: { ttlS, date: expiration } };
  }
}
