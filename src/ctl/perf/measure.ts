/** Puts a load on a cluster, and takes the time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ERROR_CODES, isEtcdError } from '../../client/errors';
import type { Keys } from '../../client/keys';
import type { Load } from './loads';

/** What became of the requests of one kind. */
export interface Requests {
  readonly wanted: number;
  /** Of those that were answered, in milliseconds, from when each was due: one that had to wait for others is as late as its client finds it. */
  readonly latenciesMs: readonly number[];
  readonly failures: number;
  /** What the first of those said. */
  readonly firstFailure: string | undefined;
}

export interface Measured {
  readonly writes: Requests;
  readonly reads: Requests;
  readonly tookMs: number;
  /** How late this machine was by itself when it woke up to send, in milliseconds: the cluster has nothing to do with that. */
  readonly lateMs: readonly number[];
}

/** A cluster that does not keep up is not asked for longer than so many times the time that was meant. */
const PATIENCE = 1.5;

/**
 * Writes and reads keys below a directory, each request at its time whatever became of those before. Rejects with the reason of `stop`. What fails
 * is counted.
 */
export async function measure(
  clients: readonly [Keys, ...(readonly Keys[])],
  directory: string,
  load: Load,
  stop: AbortSignal,
): Promise<Measured> {
  const value = 'x'.repeat(load.valueBytes);
  const lateMs: number[] = [];
  const beganMs = performance.now();
  const client = (number: number): Keys => clients[number % clients.length] ?? clients[0];
  const keyOf = (number: number): string => `${directory}/${number % load.keys}`;
  const [writes, reads] = await Promise.all([
    pace(load, load.writesPerS, async (number) => {
      await client(number).set(keyOf(number), value, { noValueOnSuccess: true, signal: stop });
    }),
    pace(load, load.readsPerS, async (number) => {
      // That a key was not written yet is an answer like any other.
      await client(number)
        .get(keyOf(number), { signal: stop })
        .catch((error: unknown) => {
          if (!isEtcdError(error, ERROR_CODES.keyNotFound)) throw error;
        });
    }),
  ]);
  return { writes, reads, tookMs: performance.now() - beganMs, lateMs };

  async function pace(
    { seconds, clients: atOnce }: Load,
    ratePerS: number,
    request: (number: number) => Promise<void>,
  ): Promise<Requests> {
    const wanted = seconds * ratePerS;
    const latenciesMs: number[] = [];
    let [next, failures] = [0, 0];
    let firstFailure: string | undefined;
    const work = async (): Promise<void> => {
      for (let number = next++; number < wanted; number = next++) {
        const dueMs = beganMs + (number / ratePerS) * 1000;
        const waitMs = dueMs - performance.now();
        if (waitMs > 0) {
          await sleep(waitMs, undefined, { signal: stop }).catch(() => undefined);
          stop.throwIfAborted();
          lateMs.push(performance.now() - dueMs);
        } else if (performance.now() - beganMs > PATIENCE * seconds * 1000) return;
        stop.throwIfAborted();
        try {
          await request(number);
          latenciesMs.push(performance.now() - dueMs);
        } catch (error) {
          stop.throwIfAborted();
          failures++;
          firstFailure ??= error instanceof Error ? error.message : String(error);
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return { wanted, latenciesMs, failures, firstFailure };
  }
}
