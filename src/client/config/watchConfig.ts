/** A directory as one validated object that follows what is written to the cluster. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { BackOff } from '../../platform/backOff';
import { reasonToStop } from '../../platform/plainRequest';
import { AnswerError, NoAnswerError } from '../errors';
import { refuseNoObject } from '../given';
import type { KeyNode } from '../keyEvent';
import { normalKey } from '../keyPath';
import { Keys, orNothing } from '../keys';
import { linkedSignal, type LinkedSignal } from '../transport/linkedSignal';
import { pause } from '../transport/pause';
import { waitOf } from '../waitOf';
import type { Cluster } from '../watch/cluster';
import type { WatchOptions } from '../watch/feed';
import type { Watch } from '../watch/watch';
import { readLastGood, writeLastGood, type LastGood } from './lastGood';
import { validated, type Schema } from './schema';
import { isSameTree, treeOf, withDefaults, type ConfigTree } from './tree';

export interface ConfigOptions<T> {
  /** Makes a configuration of what is read: it gets an object in which each directory is an object and each key a text, and throws if that is none. */
  readonly schema: Schema<T>;
  /** For what is not in the directory; before the schema sees it. */
  readonly defaults?: ConfigTree | undefined;
  /**
   * Keeps the last good values, readable for this user only. If the cluster cannot be asked at the start, those are used (`source` says so) and the
   * cluster is tried on.
   */
  readonly file?: string | undefined;
  /** Told of each change, after the first value; the next one is told when this has been done. */
  readonly onChange?: ((value: T, before: T) => void | Promise<void>) | undefined;
  /** Told of values that the schema refuses, of a file that cannot be read or written, of what `onChange` throws, and of members that fail. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** So long no further change has to come before values are read; 50 if absent. Who writes several keys is not seen halfway, mostly. */
  readonly settleMs?: number | undefined;
  /** How long the cluster is tried before the file is used; what the client has as `timeoutMs` if absent. */
  readonly timeoutMs?: number | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** What is read is refused by the schema; the values before stay. */
export class ConfigInvalidError extends Error {
  override readonly name = 'ConfigInvalidError';

  constructor(
    readonly directory: string,
    /** Of the store, with these values. */
    readonly index: number,
    cause: unknown,
  ) {
    super(`${directory} at index ${index}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

interface Parts {
  readonly cluster: Cluster;
  readonly watch: (key: string, options: WatchOptions) => Watch;
  readonly timeoutMs: number;
}

interface Read {
  readonly node: KeyNode | undefined;
  readonly index: number;
}

const BACK_OFF = { firstMs: 100, longestMs: 5000 };
const SETTLE_MS = 50;
const SETTLE_TURNS_MAX = 100;

/** The call of `onChange` that whoever runs was called by; over, if he was only begun by it. */
const telling = new AsyncLocalStorage<{ readonly config: object; isOver: boolean }>();

/** A configuration that follows the cluster until it is closed. */
export class Config<T> {
  private readonly keys: Keys;
  private readonly link: LinkedSignal;
  private readonly directory: string;
  private readonly settleMs: number;
  private current:
    | { readonly value: T; readonly tree: ConfigTree; readonly index: number; readonly source: 'cluster' | 'file' }
    | undefined;
  private following: Promise<void> = Promise.resolve();

  private constructor(
    private readonly parts: Parts,
    directory: string,
    private readonly options: ConfigOptions<T>,
  ) {
    this.directory = normalKey(directory);
    this.settleMs = waitOf('settleMs', options.settleMs ?? SETTLE_MS, 0);
    this.keys = new Keys(parts.cluster);
    this.link = linkedSignal(options.signal, parts.cluster.closed);
  }

  /** Not to be called: `Client.watchConfig` does. */
  static async open<T>(parts: Parts, directory: string, options: ConfigOptions<T>): Promise<Config<T>> {
    refuseNoObject('the second argument of watchConfig, { schema, ... },', options);
    const config = new Config(parts, directory, options);
    try {
      const read = await config.begin();
      config.following = config.follow(read).finally(() => {
        config.link.release();
      });
    } catch (error) {
      config.link.release();
      throw error;
    }
    return config;
  }

  /** The last good values. */
  get value(): T {
    return this.known.value;
  }

  /** The index of the store with these values. */
  get index(): number {
    return this.known.index;
  }

  /** `file`: the cluster could not be asked yet, and these are the last good values that it had. */
  get source(): 'cluster' | 'file' {
    return this.known.source;
  }

  /** Ends it; resolves when nothing is under way any more, but for an `onChange` that calls it. */
  async close(): Promise<void> {
    this.link.abort(new Error('the configuration was closed'));
    const call = telling.getStore();
    // Who is told of a change may close it then, and would wait for himself.
    if (call?.config !== this || call.isOver) await this.following;
  }

  private get known(): NonNullable<typeof this.current> {
    if (this.current === undefined) throw new Error('there are no values yet');
    return this.current;
  }

  /** Undefined: the file was used. */
  private async begin(): Promise<Read | undefined> {
    try {
      const read = await this.read();
      const tree = treeOf(read.node);
      try {
        await this.take(tree, read.index);
      } catch (error) {
        if (!(await this.takeFile(error))) throw error;
      }
      return read;
    } catch (error) {
      if (!(error instanceof NoAnswerError || (error instanceof AnswerError && error.status >= 500))) throw error;
      if (!(await this.takeFile(error))) throw error;
      return undefined;
    }
  }

  /** Whether the last good values are there instead. @param why - they are needed */
  private async takeFile(why: unknown): Promise<boolean> {
    const { file, schema, defaults = {} } = this.options;
    if (file === undefined) return false;
    try {
      const last = await readLastGood(file, this.directory);
      if (last === undefined) return false;
      const value = await validated(schema, withDefaults(last.tree, defaults));
      this.current = { value, tree: last.tree, index: last.index, source: 'file' };
    } catch (error) {
      this.report(error);
      return false;
    }
    this.report(why);
    return true;
  }

  private async follow(read: Read | undefined): Promise<void> {
    const backOff = new BackOff(BACK_OFF, Math.random);
    let begin = read;
    while (!this.isClosed()) {
      try {
        begin ??= await this.update();
        await this.untilChanged(begin);
        begin = undefined;
        backOff.reset();
      } catch (error) {
        if (this.isClosed()) return;
        this.report(error);
        begin = undefined;
        await pause(backOff.nextMs(), this.link.signal).catch(() => undefined);
      }
    }
  }

  /** Resolves when something was changed after `read`, and nothing more for a moment. */
  private async untilChanged(from: Read): Promise<void> {
    const onTrouble = (error: Error): void => {
      this.report(error);
    };
    const watch = this.parts.watch(this.directory, { recursive: true, from, signal: this.link.signal, onTrouble });
    try {
      await watch.next();
      let isQuiet = false;
      // As long as one is written without a pause it is read all the same, now and then.
      for (let turns = 0; !isQuiet && turns < SETTLE_TURNS_MAX; turns++) {
        const next = watch.next().then(() => false);
        isQuiet = await Promise.race([next, pause(this.settleMs, this.link.signal).then(() => true)]);
        next.catch(() => undefined);
      }
    } finally {
      await watch.return();
    }
  }

  private async update(): Promise<Read> {
    const read = await this.read();
    const before = this.known;
    const tree = treeOf(read.node);
    const isSame = isSameTree(tree, before.tree);
    if (isSame && before.source === 'cluster') return read;
    try {
      await this.take(tree, read.index);
    } catch (error) {
      this.report(error);
      return read;
    }
    if (isSame) return read;
    await this.tell(before.value);
    return read;
  }

  private async tell(before: T): Promise<void> {
    const call = { config: this, isOver: false };
    try {
      await telling.run(call, async () => this.options.onChange?.(this.value, before));
    } catch (error) {
      this.report(error);
    }
    call.isOver = true;
  }

  /** Rejects with ConfigInvalidError; the values before stay then. */
  private async take(tree: ConfigTree, index: number): Promise<void> {
    const { schema, defaults = {}, file } = this.options;
    let value: T;
    try {
      value = await validated(schema, withDefaults(tree, defaults));
    } catch (error) {
      throw new ConfigInvalidError(this.directory, index, error);
    }
    this.current = { value, tree, index, source: 'cluster' };
    if (file === undefined) return;
    const last: LastGood = { directory: this.directory, index, tree };
    await writeLastGood(file, last).catch((error: unknown) => {
      this.report(error);
    });
  }

  private async read(): Promise<Read> {
    const { timeoutMs = this.parts.timeoutMs } = this.options;
    const { signal } = this.link;
    if (signal.aborted) throw reasonToStop(signal);
    // No directory is an empty one: there may be defaults for everything.
    return orNothing(this.keys.list(this.directory, { recursive: true, timeoutMs, signal }));
  }

  private isClosed(): boolean {
    return this.link.signal.aborted;
  }

  private report(error: unknown): void {
    try {
      this.options.onError?.(error instanceof Error ? error : new Error(String(error)));
    } catch {
      // Whoever is told of errors cannot be told of his own.
    }
  }
}
