/** A client of a cluster: whatever it asks is asked of whichever member answers. */
import { Auth } from './authGroup';
import { Config, type ConfigOptions } from './config/watchConfig';
import { discoverMembers } from './discovery';
import { isHealthy, isReady, readVersion, type Version } from './health';
import type { Answer, Call, CallOptions, OpenOptions, WaitingOptions } from './http';
import { Keys } from './keys';
import { Elections } from './locks/elections';
import { Locks } from './locks/locks';
import { Members } from './members';
import { endpointsIn, settingsOf, type ClientOptions, type Settings } from './options';
import { Stats } from './stats';
import { attempt, type Attempt } from './transport/attempt';
import { Connections } from './transport/connections';
import { Endpoints } from './transport/endpoints';
import { askWithFailOver } from './transport/failOver';
import { linkedSignal } from './transport/linkedSignal';
import { openFirst, type OpenedAnswer } from './transport/opening';
import { pause } from './transport/pause';
import type { Cluster } from './watch/cluster';
import type { WatchOptions } from './watch/feed';
import { Liveness } from './watch/liveness';
import { Watch } from './watch/watch';

/**
 * Makes a client. Nothing is asked yet; connections are opened when they are needed, kept between requests, and do not keep the process
 * alive while they are idle. Throws TypeError if an option is not what it has to be, and what `node:tls` says of certificates.
 */
export function createClient(options: ClientOptions): Client {
  const settings = settingsOf(options);
  const endpoints = new Endpoints(settings.endpoints, settings.order === 'given' ? undefined : Math.random);
  return new Client(settings, endpoints, new Connections(settings.dial), new AbortController());
}

/** Made by `createClient`. Every method that asks rejects with what `ClientError` lists, or with the reason of the caller's signal. */
export class Client implements Cluster {
  readonly keys = new Keys(this);
  readonly members = new Members(this);
  readonly auth = new Auth(this);
  readonly stats = new Stats(this);
  private readonly liveness = new Liveness(this);
  readonly locks = new Locks(this, this.liveness);
  readonly elections = new Elections(this, this.locks, (key, options) => this.watch(key, options));
  private discoveredAtMs = -Infinity;

  /** Not to be called: `createClient` checks what this takes. */
  constructor(
    private readonly settings: Settings,
    private readonly known: Endpoints,
    private readonly connections: Connections,
    private readonly closing: AbortController,
    /** Whose members are trusted too, and who learns of new ones. */
    private readonly parent?: Client,
  ) {}

  /** The members that are known now, as `http://HOST:PORT`; the one that is asked first stands first. */
  get endpoints(): readonly string[] {
    return this.known.origins;
  }

  /** One request of any kind, to whichever member answers. Rejects with NoAnswerError, NotUnderstoodError, or the signal's reason. */
  async ask(call: Call, options: WaitingOptions = {}): Promise<Answer> {
    this.discoverIfDue();
    const { timeoutMs = this.settings.timeoutMs, answerBytesMax = this.settings.answerBytesMax } = options;
    const { backOff } = this.settings;
    const { roundsMax = this.settings.roundsMax } = options;
    const { signal, release } = linkedSignal(options.signal, this.closed);
    try {
      return await askWithFailOver({
        ...{ call, endpoints: this.known, timeoutMs, signal, roundsMax, backOff, random: Math.random, pause },
        anyStatus: options.anyStatus ?? false,
        attempt: (endpoint, leftMs) => {
          const one = this.attemptOf(call, endpoint, leftMs, signal);
          const isBodyUntimed = timeoutMs === Infinity;
          return attempt({ ...one, isBodyUntimed, pointedTo: options.pointedTo }, answerBytesMax);
        },
      });
    } finally {
      release();
    }
  }

  /**
   * As `ask`, for answers that are not to be held in memory: the body is there to be read, or to be destroyed. `timeoutMs` counts until the
   * headers are there, the signal until the end of the body. Each member is asked once. Rejects with AnswerError for any status but 2xx.
   */
  async open(call: Call, options: OpenOptions = {}): Promise<OpenedAnswer> {
    this.discoverIfDue();
    const { timeoutMs = this.settings.timeoutMs } = options;
    const { signal, release } = linkedSignal(options.signal, this.closed);
    try {
      const opened = await openFirst(call, this.known, timeoutMs, (endpoint, leftMs) =>
        this.attemptOf(call, endpoint, leftMs, signal),
      );
      opened.body.once('close', release);
      return opened;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** A client of this one member, over the same connections and with the same user; it ends with this one. Throws TypeError. */
  at(endpoint: string): Client {
    return new Client(
      this.settings,
      new Endpoints(endpointsIn(endpoint), undefined),
      this.connections,
      this.closing,
      this,
    );
  }

  /** As `at`, for whoever an answer pointed to: one that is not known is not shown the user. Of such there may be any number: nothing is kept. */
  pointedTo(endpoint: string): Client {
    if (this.isTrusted(endpoint)) return this.at(endpoint);
    const settings = { ...this.settings, authorization: undefined };
    const connections = new Connections(settings.dial, false);
    return new Client(settings, new Endpoints([endpoint], undefined), connections, this.closing, this);
  }

  /**
   * Asks who the members are and uses what they say, besides the `endpoints` that the client was made with. Resolves with what is known
   * then. From endpoints that are all https nothing else is learned.
   */
  async discover(options: CallOptions = {}): Promise<readonly string[]> {
    this.discoveredAtMs = performance.now();
    this.known.learn(await discoverMembers(this, options));
    return this.endpoints;
  }

  /** The versions of whoever answers. */
  version(options: CallOptions = {}): Promise<Version> {
    return readVersion(this, options);
  }

  /** Whether a member that reaches a quorum could be asked (`/health`); false also if none could be asked at all. */
  isHealthy(options: CallOptions = {}): Promise<boolean> {
    return isHealthy(this, options);
  }

  /** Whether a member votes and may be sent requests (`/readyz`; of Cairn only); false also if none could be asked at all. */
  isReady(options: CallOptions = {}): Promise<boolean> {
    return isReady(this, options);
  }

  /** The changes of a key, each once and in order, whatever happens to single members: see `Watch`. */
  watch(key: string, options: WatchOptions = {}): Watch {
    return new Watch(this, this.liveness, key, { ...options, timeoutMs: options.timeoutMs ?? this.settings.timeoutMs });
  }

  /**
   * A directory as one object, checked by a schema, that follows what is written. Resolves when there are values: of the cluster, or, if that cannot
   * be asked, the last good ones of `file`. Rejects with ConfigInvalidError (the schema refuses what is there, and there is no file), with what
   * `ClientError` lists, or the signal's reason.
   */
  watchConfig<T>(directory: string, options: ConfigOptions<T>): Promise<Config<T>> {
    const { timeoutMs } = this.settings;
    const watch = (key: string, how: WatchOptions): Watch => this.watch(key, how);
    return Config.open({ cluster: this, watch, timeoutMs }, directory, options);
  }

  /** The others are asked before this member from now on. */
  putLast(endpoint: string): void {
    this.known.failedAt(endpoint);
  }

  /** Of the client; single requests may have another. */
  get answerBytesMax(): number {
    return this.settings.answerBytesMax;
  }

  /** Aborted once the client is closed. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** Ends what is under way (it rejects) and closes all connections. */
  close(): void {
    this.closing.abort(new Error('the client was closed'));
    this.connections.close();
  }

  /** Also behind the back of what asks one member alone, as watches and locks do. */
  private discoverIfDue(): void {
    if (this.parent !== undefined) {
      this.parent.discoverIfDue();
      return;
    }
    if (performance.now() - this.discoveredAtMs < this.settings.discoverEveryMs) return;
    if (this.settings.discoverEveryMs === Infinity) return;
    // It may fail: then the members that are known are used for longer.
    this.discover().catch(() => undefined);
  }

  private attemptOf(call: Call, endpoint: URL, timeoutMs: number, signal: AbortSignal): Attempt {
    const { connectTimeoutMs, authorization } = this.settings;
    return {
      ...{ call, endpoint, timeoutMs, signal, connectTimeoutMs, authorization, connections: this.connections },
      isTrusted: (origin) => this.isTrusted(origin),
    };
  }

  private isTrusted(origin: string): boolean {
    return this.known.has(origin) || this.parent?.isTrusted(origin) === true;
  }
}
