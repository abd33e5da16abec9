/** Runs the hook for the newest state, one at a time; what changes meanwhile is told afterwards, once. */
import type { Log } from '../complaints';
import { NobodyThere, type HookFailure } from './hook';

export interface TellerParts {
  /** The digest of the state that was told last with success, by an earlier process. */
  readonly told: string | undefined;
  readonly run: (digest: string) => Promise<HookFailure | NobodyThere>;
  /** Between two tries where there was nobody; undefined: that is a failure. */
  readonly pause: (() => Promise<void>) | undefined;
  /** Keeps for the next process that the state was told. Rejects as the file system does. */
  readonly keep: (digest: string) => Promise<void>;
  readonly onEnd: (failure: HookFailure) => void;
  readonly log: Log;
  /** The hook, as the log names it. */
  readonly name: string;
}

/** So many tries in vain, and it is said as a failure is: a program takes less to begin. They go on all the same. */
const TRIES_BEFORE_FAILURE = 60;

export class Teller {
  private asked: string | undefined;
  private next: string | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(private readonly parts: TellerParts) {
    this.asked = parts.told;
  }

  /** The state is there. It is told unless it was the last one that was. */
  state(digest: string): void {
    if (this.asked === digest) return;
    this.asked = digest;
    this.next = digest;
    this.running ??= this.runAll();
  }

  /** Resolves when nothing is left to tell. */
  async idle(): Promise<void> {
    await this.running;
  }

  /** Whatever is running goes on; nothing more is begun, and nobody is waited for. */
  stop(): void {
    this.isStopped = true;
    this.next = undefined;
  }

  private async runAll(): Promise<void> {
    for (let digest = this.next; digest !== undefined; digest = this.next) {
      this.next = undefined;
      await this.tell(digest);
    }
    this.running = undefined;
  }

  private async tell(digest: string): Promise<void> {
    const { run, keep, onEnd, log, name } = this.parts;
    const outcome = await run(digest);
    const failure = outcome instanceof NobodyThere ? await this.whenSomebodyIsThere(digest, outcome) : outcome;
    if (failure instanceof NobodyThere) return;
    onEnd(failure);
    if (failure !== undefined) {
      log.error({ reason: failure }, `${name} ${failure}; it is not tried again until the next change or start`);
      return;
    }
    log.info({}, `${name} was told of the new state`);
    await keep(digest).catch((error: unknown) => {
      log.warn({ err: error }, 'that the state was told cannot be kept: the next start tells it again');
    });
  }
  /** Tries until there is somebody; another state, or the stop, ends it with NobodyThere: it was not told. */
  private async whenSomebodyIsThere(digest: string, first: NobodyThere): Promise<HookFailure | NobodyThere> {
    const { run, pause, onEnd, log, name } = this.parts;
    if (pause === undefined) return first.reason;
    log.info({}, `${name} ${first.reason}; it is tried again until there is somebody`);
    for (let tries = 1; ; tries += 1) {
      await pause();
      if (this.isStopped || this.next !== undefined) return first;
      const outcome = await run(digest);
      if (!(outcome instanceof NobodyThere)) return outcome;
      if (tries !== TRIES_BEFORE_FAILURE) continue;
      onEnd(outcome.reason);
      log.error({ reason: outcome.reason }, `${name} ${outcome.reason}; it is tried on`);
    }
  }
}
