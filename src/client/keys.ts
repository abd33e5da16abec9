/** `/v2/keys`: reading and writing keys. */
import { ERROR_CODES, EtcdError, isEtcdError } from './errors';
import { jsonOf, notUnderstood } from './answer';
import { refuseNoObject } from './given';
import { ask, type Call, type CallOptions, type Via } from './http';
import { bareActionOf, eventOf, indexesOf, type KeyEvent, type KeyNode, type StoreIndexes } from './keyEvent';
import { isBelow, normalKey, pathOfKey } from './keyPath';
import { wholeText } from './wholeText';

/** An event, the index of the store with it, and whether the key is new. */
export interface KeyAnswer extends KeyEvent, StoreIndexes {
  /** The key was not there before (status 201). */
  readonly isNew: boolean;
}

export interface GetOptions extends CallOptions {
  /** Linearizable: nothing that was written before is missed. True if absent; false is quicker, and may be answered from the past. */
  readonly quorum?: boolean;
  /** With all that is below; else a directory shows what is directly in it. */
  readonly recursive?: boolean;
  /** By name. */
  readonly sorted?: boolean;
}

export interface Listing extends StoreIndexes {
  /** What is in the directory, and below it with `recursive`. */
  readonly nodes: readonly KeyNode[];
  readonly node: KeyNode;
}

/** A condition that the key has to fulfil, or nothing is written and the request rejects with EtcdError 101. */
export interface Condition {
  /** Its value; not empty (etcd 2.3 and later refuse that). */
  readonly prevValue?: string | undefined;
  /** Its `modifiedIndex`. */
  readonly prevIndex?: number | undefined;
}

export interface WriteOptions extends CallOptions {
  /** Whole seconds until it goes away by itself; without, it stays. */
  readonly ttlSeconds?: number | undefined;
  /** The answer leaves the values out (etcd 3, Cairn): for long ones. Then only `key` and `modifiedIndex` of the node are told. */
  readonly noValueOnSuccess?: boolean | undefined;
}

/** Every option that a PUT has. */
export interface SetOptions extends WriteOptions, Condition {
  /** True: only if the key is there (else EtcdError 100); false: only if it is not (else EtcdError 105). */
  readonly prevExist?: boolean | undefined;
  /** A directory; it has no value. */
  readonly dir?: boolean | undefined;
  /** Gives an existing key a new TTL: it keeps its value, and no watcher is told. Needs `ttlSeconds`. */
  readonly refresh?: boolean | undefined;
}

export interface DeleteOptions extends CallOptions, Condition {
  /** Also an empty directory. */
  readonly dir?: boolean | undefined;
  /** Also a directory with all that is below. */
  readonly recursive?: boolean | undefined;
}

/**
 * Keys and directories. All methods reject with what `ClientError` lists (EtcdError 100: no such key; 102: a directory; 104: a key stands
 * where a directory has to), with the signal's reason, or with TypeError for what is no key and no text. A write that rejects with NoAnswerError
 * whose `maybeCarriedOut` is true may have been carried out; it is not tried again.
 */
export class Keys {
  constructor(private readonly via: Via) {}

  /** A key, or a directory with what is directly in it. */
  async get(key: string, options: GetOptions = {}): Promise<KeyAnswer> {
    const { quorum = true, recursive, sorted } = options;
    const query = { ...flag('quorum', quorum), ...flag('recursive', recursive), ...flag('sorted', sorted) };
    return this.carryOut(key, { method: 'GET', path: pathOfKey(key, query) }, options);
  }

  /** What is in a directory. Rejects with EtcdError 104 if it is none. */
  async list(directory: string, options: GetOptions = {}): Promise<Listing> {
    const { node, index, raftIndex, raftTerm, clusterId } = await this.get(directory, options);
    if (!node.dir)
      throw new EtcdError(400, `GET ${pathOfKey(directory)}`, {
        ...{ code: ERROR_CODES.notADirectory, message: 'Not a directory', cause: node.key, index },
      });
    return { node, nodes: node.nodes, index, raftIndex, raftTerm, clusterId };
  }

  /** Writes whatever was there. With a condition it is compareAndSwap, create or update, as etcd has it. */
  set(key: string, value: string, options: SetOptions = {}): Promise<KeyAnswer> {
    return this.put(key, { value }, options);
  }

  /** Only if the key is not there. Rejects with EtcdError 105 if it is. */
  create(key: string, value: string, options: WriteOptions = {}): Promise<KeyAnswer> {
    return this.put(key, { value }, { ...options, prevExist: false });
  }

  /** Only if the key is there. Rejects with EtcdError 100 if it is not. */
  update(key: string, value: string, options: WriteOptions = {}): Promise<KeyAnswer> {
    return this.put(key, { value }, { ...options, prevExist: true });
  }

  /** Only if the condition holds. Rejects with EtcdError 101 if it does not, or with TypeError if there is none. */
  async compareAndSwap(
    key: string,
    value: string,
    condition: Condition,
    options: WriteOptions = {},
  ): Promise<KeyAnswer> {
    return this.put(key, { value }, { ...options, ...demanded(condition) });
  }

  /** A new TTL for a key that is there; the value stays, and no watcher is told. Rejects with EtcdError 100 if it is not there. */
  async refresh(key: string, ttlSeconds: number, options: CallOptions & Condition = {}): Promise<KeyAnswer> {
    return this.put(key, {}, { ...options, ttlSeconds, refresh: true, prevExist: true });
  }

  /** A key under a name that is larger than every one before: a queue. Answers the name as `node.key`. */
  async inOrder(
    directory: string,
    value: string,
    options: WriteOptions & { readonly dir?: boolean } = {},
  ): Promise<KeyAnswer> {
    const form = {
      ...(options.dir === true ? { dir: 'true' } : { value: wholeText('the value', value) }),
      ...ttlOf(options),
      ...bare(options),
    };
    return this.carryOut(directory, { method: 'POST', path: pathOfKey(directory), body: { form } }, options, 'below');
  }

  /** A directory. Rejects with EtcdError 105 if anything of this name is there. */
  async mkdir(directory: string, options: WriteOptions = {}): Promise<KeyAnswer> {
    return this.put(directory, {}, { ...options, dir: true, prevExist: false });
  }

  /** A new TTL for a directory that is there, or none. */
  async updateDir(directory: string, options: WriteOptions = {}): Promise<KeyAnswer> {
    return this.put(directory, {}, { ...options, dir: true, prevExist: true });
  }

  /** Deletes an empty directory, or with `recursive` any. Rejects with EtcdError 108 if it is not empty. */
  rmdir(directory: string, options: CallOptions & { readonly recursive?: boolean } = {}): Promise<KeyAnswer> {
    return this.delete(directory, { ...options, dir: true });
  }

  /** Deletes a key; a directory only with `dir` or `recursive`. With a condition it is compareAndDelete. */
  async delete(key: string, options: DeleteOptions = {}): Promise<KeyAnswer> {
    const { dir, recursive } = options;
    const query = { ...flag('dir', dir), ...flag('recursive', recursive), ...conditionOf(options) };
    return this.carryOut(key, { method: 'DELETE', path: pathOfKey(key, query) }, options);
  }

  /** Only if the condition holds. Rejects with EtcdError 101 if it does not, or with TypeError if there is none. */
  async compareAndDelete(key: string, condition: Condition, options: CallOptions = {}): Promise<KeyAnswer> {
    return this.delete(key, { ...options, ...demanded(condition) });
  }

  private async put(key: string, value: { readonly value?: string }, options: SetOptions): Promise<KeyAnswer> {
    refuseNoObject('options', options);
    const { prevExist, dir, refresh } = options;
    const form = {
      ...(dir === true || !('value' in value) ? {} : { value: wholeText('the value', value.value) }),
      ...ttlOf(options),
      ...conditionOf(options),
      ...(prevExist === undefined ? {} : { prevExist: String(prevExist) }),
      ...{ ...flag('dir', dir), ...flag('refresh', refresh), ...bare(options) },
    };
    return this.carryOut(key, { method: 'PUT', path: pathOfKey(key), body: { form } }, options);
  }

  /** @param where - the node of the answer has to be the key, or for a queue directly below it */
  private async carryOut(
    key: string,
    call: Call,
    options: CallOptions,
    where: 'at' | 'below' = 'at',
  ): Promise<KeyAnswer> {
    const answer = await ask(this.via, call, options);
    const body = jsonOf(call, answer);
    const indexes = indexesOf(answer.headers);
    const isNew = answer.status === 201;
    const asked = normalKey(key);
    const action = bareActionOf(body);
    if (action !== undefined && call.method !== 'GET') {
      if (where === 'below' && indexes.index === 0) throw notUnderstood(call, answer, 'it does not say its index');
      const named = where === 'at' ? asked : nameInOrder(asked, indexes.index);
      const node = { ...EMPTY_NODE, key: named, modifiedIndex: indexes.index };
      return { action, node, prevNode: undefined, isNew, ...indexes };
    }
    const event = eventOf(body);
    if (event === undefined) throw notUnderstood(call, answer, 'it is no event of a key');
    const isAsked = where === 'at' ? event.node.key === asked : isBelow(event.node.key, asked);
    if (!isAsked) throw notUnderstood(call, answer, `it is about ${JSON.stringify(event.node.key.slice(0, 100))}`);
    return { ...event, isNew, ...indexes };
  }
}

/** What is read; where there is no such key, the index of the store then. Rejects as `read` does otherwise. */
export async function orNothing<T extends object>(
  read: Promise<T>,
): Promise<T | { readonly node: undefined; readonly index: number; readonly clusterId: undefined }> {
  try {
    return await read;
  } catch (error) {
    if (!isEtcdError(error, ERROR_CODES.keyNotFound)) throw error;
    return { node: undefined, index: error.index, clusterId: undefined };
  }
}

const IN_ORDER_DIGITS = 20;

const EMPTY_NODE: KeyNode = {
  ...{ key: '/', dir: false, value: undefined, createdIndex: 0, modifiedIndex: 0, ttlSeconds: undefined },
  ...{ expiration: undefined, nodes: [] },
};

function flag(name: string, value: boolean | undefined): Readonly<Record<string, string>> {
  return value === true ? { [name]: 'true' } : {};
}

/** The members make the name of a key in order of the index of its creation. */
function nameInOrder(directory: string, index: number): string {
  return normalKey(`${directory}/${String(index).padStart(IN_ORDER_DIGITS, '0')}`);
}

function bare({ noValueOnSuccess }: WriteOptions): Readonly<Record<string, string>> {
  return flag('noValueOnSuccess', noValueOnSuccess);
}

function ttlOf(options: WriteOptions): Readonly<Record<string, string>> {
  const { ttlSeconds } = options;
  // The name that etcd has for it: a key that was to go would stay.
  if ('ttl' in options) throw new TypeError('there is no option ttl: give ttlSeconds');
  if (ttlSeconds === undefined) return {};
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 0)
    throw new TypeError(`ttlSeconds has to be a whole number of seconds, and it is ${String(ttlSeconds)}`);
  return { ttl: String(ttlSeconds) };
}

function conditionOf({ prevValue, prevIndex }: Condition): Readonly<Record<string, string>> {
  if (prevIndex !== undefined && !(Number.isSafeInteger(prevIndex) && prevIndex > 0))
    throw new TypeError(`prevIndex has to be an index, and it is ${String(prevIndex)}`);
  return {
    ...(prevValue === undefined ? {} : { prevValue: wholeText('prevValue', prevValue) }),
    ...(prevIndex === undefined ? {} : { prevIndex: String(prevIndex) }),
  };
}

/** Without one a compareAndSwap would be a set, and overwrite what it was to spare. */
function demanded(condition: Condition): Condition {
  refuseNoObject('what to compare with', condition);
  if (condition.prevValue === undefined && condition.prevIndex === undefined)
    throw new TypeError('there is nothing to compare with: give prevValue or prevIndex');
  return { prevValue: condition.prevValue, prevIndex: condition.prevIndex };
}
