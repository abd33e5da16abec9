/** The changes of a key, in order, each once, from whichever member has them. */
import { BackOff } from '../../platform/backOff';
import { EtcdError, ERROR_CODES, isEtcdError, NoAnswerError, NotUnderstoodError, RefusedError } from '../errors';
import type { KeyNode, StoreIndexes } from '../keyEvent';
import { isBelow, normalKey } from '../keyPath';
import { Keys, orNothing } from '../keys';
import { pause } from '../transport/pause';
import type { Waited } from '../wait';
import type { Cluster } from './cluster';
import { KnownNodes, type Change } from './known';
import type { Liveness } from './liveness';
import { OtherClusterError, poll } from './poll';

export interface WatchOptions {
  /** Also what is below the key; else only the key itself, and directories above it that go away. */
  readonly recursive?: boolean | undefined;
  /** Ends the watch: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * An answer of `get` or `list` (recursive, if the watch is): the watch tells what was changed after it, and of that nothing is missed. `node` is
   * undefined where there was no such key. If absent it tells what is changed after it began.
   */
  readonly from?: (Pick<StoreIndexes, 'index'> & { readonly node: KeyNode | undefined }) | undefined;
  /**
   * Begins after the change with this index, if the history of the members still reaches back to it; if not, it rejects with EtcdError 401.
   * Not together with `from`.
   */
  readonly afterIndex?: number | undefined;
  /** So many changes wait for whoever reads them, before no more are asked for; 1000 if absent. */
  readonly bufferMax?: number | undefined;
  /** Until a member has begun to wait, or answered whether it is alive; what the client has as `timeoutMs` if absent; Infinity: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** How often it is asked whether the member that is silent is alive; 10,000 if absent. */
  readonly checkEveryMs?: number | undefined;
  /** Told of each failure that the watch overcomes by itself; what it throws ends the watch. */
  readonly onTrouble?: ((error: Error) => void) | undefined;
}

interface Store {
  readonly node: KeyNode | undefined;
  readonly index: number;
  readonly clusterId: string | undefined;
}

/** Waits after failures double from the first to the longest. */
const BACK_OFF = { firstMs: 20, longestMs: 2000 };

export class Feed {
  private readonly key: string;
  private readonly known: KnownNodes;
  private readonly keys: Keys;
  private readonly backOff = new BackOff(BACK_OFF, Math.random);
  /** The index up to which everything was told. */
  private position = 0;
  /** The index up to which `known` knows everything. */
  private knownIndex = 0;
  private clusterId: string | undefined;
  private strangers = 0;
  /** Comparisons in turn, without a change in between that a member told. */
  private comparisons = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly liveness: Liveness,
    key: string,
    private readonly options: WatchOptions,
    private readonly signal: AbortSignal,
    private readonly timeoutMs: number,
  ) {
    this.key = normalKey(key);
    this.known = new KnownNodes(this.key, options.recursive === true);
    this.keys = new Keys(cluster);
  }

  /** Finds out from which index on changes are told. Rejects with what `ClientError` lists, or the signal's reason. */
  async begin(): Promise<number> {
    const { from, afterIndex } = this.options;
    const store = from === undefined ? await this.read() : { ...from, clusterId: undefined };
    this.known.replace(store.node);
    this.knownIndex = store.index;
    this.clusterId = store.clusterId;
    this.position = afterIndex ?? store.index;
    return this.position;
  }

  /** The next changes; empty if it is time to ask again. Rejects with what nothing can be done about, or the signal's reason. */
  async next(): Promise<readonly Change[]> {
    const [endpoint = ''] = this.cluster.endpoints;
    try {
      const { key, clusterId, signal, timeoutMs } = this;
      const { recursive = false, checkEveryMs = 10_000 } = this.options;
      const where = { key, recursive, waitIndex: this.position + 1, endpoint, clusterId };
      const waited = await poll(this.cluster, this.liveness, { ...where, timeoutMs, checkEveryMs, signal });
      this.strangers = 0;
      if (waited === undefined) {
        this.cluster.putLast(endpoint);
        return await this.pause();
      }
      this.backOff.reset();
      this.comparisons = 0;
      return this.told(waited);
    } catch (error) {
      return await this.overcome(error, endpoint);
    }
  }

  private told(waited: Waited): readonly Change[] {
    const { action, node, prevNode, clusterId } = waited;
    const index = node.modifiedIndex;
    this.clusterId ??= clusterId;
    this.position = index;
    const isAskedFor = this.isAskedFor(node.key);
    if (index > this.knownIndex) {
      // No listing shows hidden keys: one that was known would be told as deleted after the next comparison.
      if (isAskedFor) this.known.apply(waited);
      this.knownIndex = index;
    }
    return isAskedFor ? [{ action, node, prevNode, index, isSynthesized: false }] : [];
  }

  /** The history of etcd also answers with hidden keys, and with directories whose names only begin alike. */
  private isAskedFor(key: string): boolean {
    if (key === this.key || isBelow(this.key, key)) return true;
    if (this.options.recursive !== true || !isBelow(key, this.key)) return false;
    return !key.slice(this.key.length).includes('/_') && !(this.key === '/' && key.startsWith('/_'));
  }

  private async overcome(error: unknown, endpoint: string): Promise<readonly Change[]> {
    if (this.signal.aborted || !(error instanceof Error)) throw error;
    if (isEtcdError(error, ERROR_CODES.historyCleared)) {
      // What was not known before it was cleared cannot be told.
      if (this.position < this.knownIndex) throw error;
      this.options.onTrouble?.(error);
      // A member whose history never reaches back to its own listing is not asked without a pause.
      if (++this.comparisons > 1) await this.pause();
      return this.compare(false);
    }
    if (!mayPass(error)) throw error;
    this.options.onTrouble?.(error);
    this.cluster.putLast(endpoint);
    if (error instanceof OtherClusterError && ++this.strangers > 2 * this.cluster.endpoints.length) {
      // All of them say so, twice: another cluster has taken the place of the one that the watch began in.
      this.strangers = 0;
      return this.compare(true);
    }
    return this.pause();
  }

  /** Lists again, and tells what has changed since. */
  private async compare(isOtherCluster: boolean): Promise<readonly Change[]> {
    const [endpoint = ''] = this.cluster.endpoints;
    let store: Store;
    try {
      store = await this.read();
    } catch (error) {
      if (this.signal.aborted || !(error instanceof Error) || !mayPass(error)) throw error;
      this.options.onTrouble?.(error);
      return this.pause();
    }
    const isStranger =
      !isOtherCluster && this.clusterId !== undefined && (store.clusterId ?? this.clusterId) !== this.clusterId;
    if (!isOtherCluster && (isStranger || store.index < this.position)) {
      // A member that lags, or one of another cluster: what it says is older than what was told.
      this.cluster.putLast(endpoint);
      return this.pause();
    }
    const changes = this.known.differences(store.node, store.index);
    this.position = store.index;
    this.knownIndex = store.index;
    // That there is no such key is told without an id: the next answer names the one of the cluster that has taken the place.
    this.clusterId = store.clusterId ?? (isOtherCluster ? undefined : this.clusterId);
    return changes;
  }

  private async read(): Promise<Store> {
    const { recursive = false } = this.options;
    return orNothing(this.keys.get(this.key, { recursive, signal: this.signal, timeoutMs: this.timeoutMs }));
  }

  private async pause(): Promise<readonly Change[]> {
    await pause(this.backOff.nextMs(), this.signal);
    return [];
  }
}

/** Of a member that took over a snapshot, and of a standby that knows of no leader. */
const PASSING: readonly number[] = [ERROR_CODES.watcherCleared, ERROR_CODES.standbyInternal];

/** Whether another member, or the same one later, may do better. */
export function mayPass(error: unknown): boolean {
  if (error instanceof EtcdError) return error.status >= 500 || PASSING.includes(error.code);
  if (error instanceof RefusedError) return error.status >= 500;
  return error instanceof NoAnswerError || error instanceof NotUnderstoodError || error instanceof OtherClusterError;
}
