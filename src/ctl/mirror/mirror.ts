/** `cairn mirror`: what is below a prefix, as files. */
import type { Server } from 'node:http';
import { linkedSignal } from '../../client/transport/linkedSignal';
import { clusterSource, type ClusterSource } from '../../mirror/clusterSource';
import type { Log } from '../../mirror/complaints';
import { Disk } from '../../mirror/directory/disk';
import { readTold, writeTold } from '../../mirror/directory/state';
import type { Hook, HookFailure, NobodyThere } from '../../mirror/hooks/hook';
import { clientVariables } from '../../config/clientVariables';
import { runCommand as runHookCommand } from '../../mirror/hooks/runCommand';
import { sendSignal } from '../../mirror/hooks/sendSignal';
import { Teller } from '../../mirror/hooks/teller';
import { serveMetrics } from '../../mirror/metricsServer';
import { Mirror } from '../../mirror/mirror';
import { ReadyFile } from '../../mirror/readyFile';
import { MirrorStatus } from '../../mirror/status';
import { RealClock } from '../../platform/realClock';
import { sleep } from '../../platform/sleep';
import { runCommand } from '../arguments';
import { clusterConnection, type Environment } from '../connection';
import { mirrorOptions, type MirrorOptions } from './options';

/** What a hook that runs when the process is asked to stop may still take. */
const LAST_HOOK_MS = 10_000;

/** Between two looks for a process that is to be told. */
const LOOK_EVERY_MS = 1000;
/** Not for commands that are started: they say who may read what. */
const SECRET_VARIABLES: readonly string[] = [...clientVariables.username, 'ETCDCTL_PASSWORD'];

/** What the process gives. */
export interface MirrorSurroundings {
  readonly logger: () => Promise<Log>;
  /** Calls `stop` once when the process is asked to stop. */
  readonly onStop: (stop: (signal: NodeJS.Signals) => void) => void;
}

/**
 * `cairn mirror PREFIX --to DIR`: see docs/mirror.md. Exits with 0 when it was stopped, or with --once when the directory has what the prefix
 * has, or what it had last; with 1 if it has neither.
 */
export function mirror(
  args: readonly string[],
  surroundings: MirrorSurroundings,
  environment: Environment = process.env,
): Promise<number> {
  return runCommand('mirror', args, async (values) => {
    const options = mirrorOptions(values);
    // Read at the start, so that what is wrong with them is told at once, and again whenever the cluster does not answer: files change.
    const connect = () => clusterConnection(values, environment);
    await connect();
    const run = new Run(options, await surroundings.logger(), environment);
    surroundings.onStop((signal) => {
      run.stop(signal);
    });
    await run.run(clusterSource(options.settings.prefix, options.settings.limits, connect));
  });
}

class Run {
  private readonly status: MirrorStatus;
  private readonly stopping = new AbortController();
  /** Ends a hook that runs. */
  private readonly hookLimit = new AbortController();
  private readonly readyFile: ReadyFile | undefined;
  private teller: Teller | undefined;
  private server: Server | undefined;
  /** From then on the directory and the ready file are this process's. */
  private claimed: Mirror | undefined;
  /** What the ready file is being told. */
  private saying = Promise.resolve();

  constructor(
    private readonly options: MirrorOptions,
    private readonly log: Log,
    private readonly environment: Environment,
  ) {
    this.status = new MirrorStatus(options.requireFresh);
    this.readyFile = options.readyFile === undefined ? undefined : new ReadyFile(options.readyFile);
  }

  stop(signal: NodeJS.Signals): void {
    this.log.info({ signal }, 'asked to stop');
    this.stopping.abort();
  }

  async run(source: ClusterSource): Promise<void> {
    try {
      await this.mirror(source);
    } finally {
      source.close();
      await this.end();
    }
  }

  private async mirror(source: ClusterSource): Promise<void> {
    const { options, status, log, stopping } = this;
    const { settings, metricsAddress, onceWithinMs } = options;
    if (metricsAddress !== undefined) this.server = await serveMetrics(status, metricsAddress);
    const clock = new RealClock();
    const listener = {
      onState: (digest: string) => {
        this.onState(digest);
      },
    };
    const mirror = new Mirror(settings, { source, clock, random: Math.random, log, status, listener });
    await mirror.claim();
    this.claimed = mirror;
    await this.readyFile?.remove();
    this.teller = await this.tellerOf(options.hook);
    await mirror.open();
    if (onceWithinMs === undefined) {
      await mirror.follow(stopping.signal);
      return;
    }
    const isDone = await this.within(onceWithinMs, (signal) => mirror.once(signal));
    await this.teller?.idle();
    if (isDone) return;
    if (stopping.signal.aborted) throw new Error('it was stopped before the prefix was written');
    if (!status.isReady) {
      throw new Error(`the prefix could not be written within ${onceWithinMs / 1000} s${this.whyNotInTime}`);
    }
    log.warn(
      { index: status.state?.index },
      'the last state is taken: the prefix could not be read and written in time',
    );
  }

  /** Who waits for an answer has not complained yet. */
  private get whyNotInTime(): string {
    const { notListed, refused, notWritten } = this.status.counts;
    if (notListed + refused + notWritten > 0) return '; the lines before say why';
    return ': no member answered in that time. Look whether they can be reached, or give a longer --timeout';
  }

  /** Not by `AbortSignal.timeout`: what only `AbortSignal.any` knows of is collected as garbage before its time is up. */
  private async within<T>(ms: number, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const over = linkedSignal(this.stopping.signal);
    const timer = setTimeout(() => {
      over.abort(new Error('its time is up'));
    }, ms);
    try {
      return await act(over.signal);
    } finally {
      clearTimeout(timer);
      over.release();
    }
  }

  private onState(digest: string): void {
    this.teller?.state(digest);
    const { readyFile, status } = this;
    if (readyFile === undefined || !status.isReady) return;
    this.saying = this.saying
      .then(() => readyFile.say(`${status.state?.index ?? 0}\n`))
      .catch((error: unknown) => {
        this.log.error({ err: error }, 'the ready file cannot be written; it is tried again after the next listing');
      });
  }

  private async tellerOf(hook: Hook | undefined): Promise<Teller | undefined> {
    if (hook === undefined) return undefined;
    const { settings } = this.options;
    const { counts } = this.status;
    const clock = new RealClock();
    return new Teller({
      told: await readTold(settings.directory),
      run: () => this.carryOut(hook),
      pause: this.options.onceWithinMs === undefined ? () => sleep(clock, LOOK_EVERY_MS) : undefined,
      keep: async (digest) => {
        await writeTold(settings.directory, digest, await Disk.at(settings.directory, settings.modes));
      },
      onEnd: (failure) => {
        if (failure === undefined) counts.told++;
        else counts.notTold++;
      },
      log: this.log,
      name: hook.kind === 'command' ? 'the command of --exec' : `the signal ${hook.signal}`,
    });
  }

  private carryOut(hook: Hook): Promise<HookFailure | NobodyThere> {
    if (hook.kind === 'signal') return sendSignal(hook.signal, hook.pidFile);
    const { settings } = this.options;
    const kept = Object.entries(this.environment).filter(([name]) => !SECRET_VARIABLES.includes(name));
    return runHookCommand({
      ...hook,
      environment: {
        ...Object.fromEntries(kept),
        CAIRN_MIRROR_PREFIX: settings.prefix,
        CAIRN_MIRROR_DIRECTORY: settings.directory,
        CAIRN_MIRROR_INDEX: String(this.status.state?.index ?? 0),
      },
      signal: this.hookLimit.signal,
    });
  }

  /** A hook that runs may end; then everything that says "ready" goes. */
  private async end(): Promise<void> {
    this.teller?.stop();
    const limit = setTimeout(() => {
      this.hookLimit.abort();
    }, LAST_HOOK_MS);
    await this.teller?.idle();
    clearTimeout(limit);
    await this.saying;
    if (this.claimed !== undefined && this.options.onceWithinMs === undefined) await this.readyFile?.remove();
    await this.claimed?.close();
    this.server?.close();
    this.server?.closeAllConnections();
  }
}
