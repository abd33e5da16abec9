import type { LogStart, MemberId } from '../../src/raft/types';
import type { Endpoint, SimNetwork } from './network';

const CHUNK_MS = 4;
const SILENCE_MS = 1000;

/** How often a stream is cut in the middle although nothing else is wrong. */
export interface StreamTrouble {
  cutting: number;
}

/**
 * A state on its way: the chunks are taken from the sender one by one and arrive one by one; the stream breaks when the
 * link, the sender or the receiver does. One at a time comes in at a member.
 */
export class StateStreams {
  readonly trouble: StreamTrouble = { cutting: 0 };
  private readonly receiving = new Set<Endpoint>();

  constructor(private readonly network: SimNetwork) {}

  /** Resolves when the receiver took it over. */
  async send(from: Endpoint, to: MemberId, start: LogStart, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const { random, faults } = this.network.parts;
    const target = this.network.find(to);
    await this.wait(from, random.between(1, 5));
    if (target === undefined || !this.isThere(from, target)) {
      await this.wait(from, SILENCE_MS);
      throw new Error('the receiver cannot be reached');
    }
    if (!target.expectsStateFrom(from.id)) throw new Error('the receiver follows another leader');
    if (this.receiving.has(target)) throw new Error('a state is coming in already');
    this.receiving.add(target);
    faults.count('state streamed');
    const pipe = new Pipe();
    const taken = this.take(target, start, pipe);
    this.watch(from, target, pipe);
    try {
      const cutAfter = random.chance(this.trouble.cutting) ? random.integer(0, 1) : Number.POSITIVE_INFINITY;
      let count = 0;
      for await (const chunk of chunks) {
        if (count++ >= cutAfter) throw new Error('the stream was cut');
        await this.wait(from, random.between(0.5, CHUNK_MS));
        if (!this.isThere(from, target)) throw new Error('the stream broke');
        this.hand(target, () => pipe.push(chunk));
      }
      this.hand(target, () => pipe.end());
    } catch (error) {
      faults.count('state stream cut');
      this.hand(target, () => pipe.fail(new Error('the connection was closed in the middle')));
      throw error;
    }
    await this.answered(from, target, taken);
  }

  /** A receiver that dies never answers; its silence is noticed. */
  private async answered(from: Endpoint, target: Endpoint, taken: Promise<Error | undefined>): Promise<void> {
    let answer: Error | undefined | 'none' = 'none';
    void taken.then((outcome) => {
      answer = outcome;
    });
    while (answer === 'none') {
      await this.wait(from, 10);
      if (target.dead) answer = new Error('the receiver is gone');
    }
    if (answer !== undefined) throw answer;
  }

  private take(target: Endpoint, start: LogStart, pipe: Pipe): Promise<Error | undefined> {
    return target.receivedState(start, pipe).then(
      () => {
        this.receiving.delete(target);
        return undefined;
      },
      (error: unknown) => {
        this.receiving.delete(target);
        return error instanceof Error ? error : new Error(String(error));
      },
    );
  }

  /** The receiver notices that the sender is gone. */
  private watch(from: Endpoint, target: Endpoint, pipe: Pipe): void {
    this.network.parts.scheduler.schedule(
      SILENCE_MS / 2,
      () => {
        if (!this.receiving.has(target)) return;
        if (from.dead) pipe.fail(new Error('the sender is gone'));
        this.watch(from, target, pipe);
      },
      target,
    );
  }

  private isThere(from: Endpoint, target: Endpoint): boolean {
    return !target.dead && !this.network.isCut(from, target) && target.peers.has(from.id);
  }

  private hand(target: Endpoint, run: () => void): void {
    this.network.parts.scheduler.schedule(0.1, run, target);
  }

  private wait(owner: Endpoint, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.network.parts.scheduler.schedule(delayMs, resolve, owner);
    });
  }
}

/** Chunks that were sent and not read yet. */
class Pipe implements AsyncIterable<Uint8Array> {
  private readonly queue: Uint8Array[] = [];
  private ended = false;
  private failure: Error | undefined;
  private wake: (() => void) | undefined;

  push(chunk: Uint8Array): void {
    this.queue.push(chunk);
    this.wake?.();
  }

  end(): void {
    this.ended = true;
    this.wake?.();
  }

  fail(error: Error): void {
    this.failure = error;
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      if (this.failure !== undefined) throw this.failure;
      const chunk = this.queue.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    }
  }
}
