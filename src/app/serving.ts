/**
 * What this process serves, and its way from one to the other: nothing → member ⇄ proxy or standby → nothing more.
 *
 * There is one server at a time. What is served is stopped in order, its listeners and its data directory closed, before the next one is
 * started on the same ports; between the two nobody listens. A start that fails leaves nothing open, so another one may follow.
 */
import type { Clock } from '../platform/clock';
import { RealClock } from '../platform/realClock';
import type { Server } from './serverParts';
import { stopInOrder } from './stopInOrder';

/** A start that is told to stop ends at once where it waits for others; a disk that hangs, or a long look at all data, does not. */
const START_LIMIT_MS = 15_000;

export type Role = 'member' | 'proxy' | 'standby';

/** Something to serve that is not started yet. */
export interface Service {
  readonly role: Role;
  /**
   * Rejects with the reason of `stopping` if that is aborted while it waits for others, and leaves nothing open however it rejects.
   * @param stopping aborted when the process is asked to stop or to serve something else
   */
  readonly start: (stopping: AbortSignal) => Promise<Server>;
}

type State =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'starting'; readonly role: Role; readonly stopping: AbortController }
  | { readonly kind: 'serving'; readonly role: Role; readonly stopping: AbortController; readonly server: Server }
  | { readonly kind: 'stopping'; readonly role: Role };

export class Serving {
  private state: State = { kind: 'nothing' };
  /** The turn that was asked for last; it waits for those before it. Undefined once it is done. */
  private turning: Promise<void> | undefined;
  /** Why nothing is started any more. */
  private over: Error | undefined;
  private stopped: Promise<void> | undefined;

  constructor(private readonly clock: Pick<Clock, 'after'> = new RealClock()) {}

  /** What is served now; undefined while that changes. */
  get role(): Role | undefined {
    return this.state.kind === 'serving' ? this.state.role : undefined;
  }

  /** It was asked to stop: whatever fails since then is told to whoever asked. */
  get wasStopped(): boolean {
    return this.stopped !== undefined;
  }

  /**
   * Resolves when that is served, which what was served before makes way for; at once if it is served already. Turns are taken one after
   * the other. Rejects as the start does: nothing is served then. Rejects with the reason of `stop` once that was called, and with the
   * same error for ever if what was served could not be stopped: it may hold its ports and its data still.
   */
  turnTo(next: Service): Promise<void> {
    const before = this.turning?.catch(() => undefined) ?? Promise.resolve();
    const turn = before.then(() => this.turn(next));
    this.turning = turn;
    const done = (): void => {
      if (this.turning === turn) this.turning = undefined;
    };
    turn.then(done, done);
    return turn;
  }

  /**
   * Stops what is served, or what is about to be, in order; nothing is started any more. Rejects as the stop does, as a start that
   * failed meanwhile for another reason, and with StopTimeoutError if a start does not end. Later calls answer the same.
   */
  stop(reason: Error): Promise<void> {
    this.over ??= reason;
    if (this.state.kind === 'starting') this.state.stopping.abort(reason);
    this.stopped ??= this.stopAfterTurn(reason);
    return this.stopped;
  }

  private async turn(next: Service): Promise<void> {
    this.checkOver();
    if (this.role === next.role) return;
    await this.stopServed(new Error(`this process turns to serving as a ${next.role}`)).catch((error: unknown) => {
      this.over ??= error instanceof Error ? error : new Error(String(error));
      throw error;
    });
    this.checkOver();
    await this.start(next);
  }

  private async start({ role, start }: Service): Promise<void> {
    const stopping = new AbortController();
    this.state = { kind: 'starting', role, stopping };
    try {
      this.state = { kind: 'serving', role, stopping, server: await start(stopping.signal) };
    } catch (error) {
      this.state = { kind: 'nothing' };
      throw error;
    }
  }

  private async stopServed(reason: Error): Promise<void> {
    if (this.state.kind !== 'serving') return;
    const { role, stopping, server } = this.state;
    this.state = { kind: 'stopping', role };
    stopping.abort(reason);
    await server.stop();
    this.state = { kind: 'nothing' };
  }

  private async stopAfterTurn(reason: Error): Promise<void> {
    const ending = (): Promise<void> => this.turning ?? Promise.resolve();
    try {
      if (this.state.kind === 'starting') await stopInOrder([['starting', ending]], this.clock, START_LIMIT_MS);
      else await ending();
    } catch (error) {
      if (error !== reason) throw error;
    }
    await this.stopServed(reason);
  }

  private checkOver(): void {
    if (this.over !== undefined) throw this.over;
  }
}
