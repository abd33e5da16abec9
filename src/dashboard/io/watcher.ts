/** Follows what happens below one key for as long as it is wanted: one request that stays open, and a new one when it ends. */
import { eventOf, refusalOf, type KeyEvent } from '../model/answers';
import { keyUrl } from '../model/paths';
import { BEGINNING, Lines, next, pauseMs, type Outcome, type Watching } from '../model/watching';
import { readJson } from './keyApi';
import type { Session } from './session';

const CLEARED = 401;
/** A stream in which nothing happens looks like one whose member hangs: after so long the member is asked for a sign of life. */
const SILENCE_MS = 5000;
const SIGN_WITHIN_MS = 5000;

export interface Followed {
  /** Lists what is shown; the store's index at which that was, or undefined if it failed. */
  list(): Promise<number | undefined>;
  onEvent(event: KeyEvent): void;
  onState(isLive: boolean): void;
  /** The member refuses to say: nobody is logged in, or has no right to this. */
  onDenied(): void;
}

export class Watcher {
  private watching: Watching = BEGINNING;
  private stopper = new AbortController();
  private isWanted = false;

  constructor(
    private readonly key: string,
    private readonly session: Session,
    private readonly followed: Followed,
  ) {}

  start(): void {
    if (this.isWanted) return;
    this.isWanted = true;
    this.stopper = new AbortController();
    void this.run(this.stopper.signal);
  }

  /** What it has seen is kept: it goes on from there. */
  stop(): void {
    this.isWanted = false;
    this.stopper.abort();
  }

  private async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const outcome = await this.once(signal).catch((): Outcome => ({ kind: 'failed' }));
      // Stopped meanwhile; perhaps another one runs already.
      if (this.isOver(signal)) return;
      if (outcome.kind === 'failed') this.followed.onState(false);
      this.watching = next(this.watching, outcome);
      await sleep(pauseMs(this.watching));
      if (this.isOver(signal)) return;
    }
  }

  private isOver(signal: AbortSignal): boolean {
    return signal.aborted;
  }

  private async once(signal: AbortSignal): Promise<Outcome> {
    if (this.watching.from === undefined) {
      const index = await this.followed.list();
      return index === undefined ? { kind: 'failed' } : { kind: 'listed', index };
    }
    const query = `wait=true&stream=true&recursive=true&waitIndex=${this.watching.from}`;
    const response = await fetch(`${keyUrl(this.key)}?${query}`, {
      headers: this.session.headers(),
      cache: 'no-store',
      signal,
    });
    if (!response.ok || response.body === null) {
      const { status, code } = refusalOf(response.status, await readJson(response));
      if (code === CLEARED) return { kind: 'cleared' };
      if (status === 401) this.followed.onDenied();
      return { kind: 'failed' };
    }
    this.followed.onState(true);
    return { kind: (await this.follow(response.body)) ? 'ended' : 'failed' };
  }

  /** False: the member shows no sign of life. */
  private async follow(body: ReadableStream<Uint8Array>): Promise<boolean> {
    const lines = new Lines();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    const cancel = (): void => void reader.cancel().catch(() => undefined);
    const onLife = (): void => {
      this.watching = next(this.watching, { kind: 'idle' });
    };
    const silence = new Silence(onLife, cancel);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return !silence.isDeath;
        silence.ends();
        for (const line of lines.take(decoder.decode(value, { stream: true }))) this.take(line);
      }
    } finally {
      silence.stop();
      // What is not to be understood ends the watch here alone: the member would go on.
      cancel();
    }
  }

  private take(line: string): void {
    const event = eventOf(JSON.parse(line), Date.now());
    if (event === undefined) return;
    this.watching = next(this.watching, { kind: 'event', index: event.node.modifiedIndex });
    this.followed.onEvent(event);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks after each silence whether the member is there. */
class Silence {
  isDeath = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly onLife: () => void,
    private readonly onDeath: () => void,
  ) {
    this.ends();
  }

  ends(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), SILENCE_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async ask(): Promise<void> {
    const asked = this.timer;
    const isThere = await fetch('/version', { cache: 'no-store', signal: AbortSignal.timeout(SIGN_WITHIN_MS) }).then(
      ({ status }) => status < 500,
      () => false,
    );
    // An event came meanwhile, or nobody wants to know any more.
    if (this.timer !== asked) return;
    if (isThere) {
      this.onLife();
      this.ends();
    } else {
      this.isDeath = true;
      this.onDeath();
    }
  }
}
