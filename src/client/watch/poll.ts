/** One wait for one change at one member, given up when the member would not hear of it any more. */
import { reasonOf } from '../../platform/networkError';
import { nameOf } from '../call';
import { UnreachableError } from '../errors';
import { indexesOf } from '../keyEvent';
import { readBody } from '../transport/body';
import { ExchangeFailure } from '../transport/exchange';
import { SILENCE_MS } from '../transport/failOver';
import { linkedSignal, type LinkedSignal } from '../transport/linkedSignal';
import type { OpenedAnswer } from '../transport/opening';
import { changeOf, waitCall, type Waited } from '../wait';
import type { Cluster } from './cluster';
import type { Liveness } from './liveness';

export interface Poll {
  readonly key: string;
  readonly recursive: boolean;
  readonly waitIndex: number;
  readonly endpoint: string;
  /** Hexadecimal; undefined: any. */
  readonly clusterId: string | undefined;
  /** Until the member has begun to wait. */
  readonly timeoutMs: number;
  /** How often it is asked whether the member is alive, while it is silent. */
  readonly checkEveryMs: number;
  readonly signal: AbortSignal;
}

/** A member of another cluster answered. */
export class OtherClusterError extends Error {
  constructor(
    readonly endpoint: string,
    readonly clusterId: string,
    expected: string,
  ) {
    super(`${endpoint} belongs to cluster ${clusterId}, and this watch began in cluster ${expected}`);
  }
}

/** Something between here and the member may have forgotten the connection without a word. */
const SILENCE_MAX_MS = 10 * 60_000;

/**
 * Undefined: none has come, and it is time to ask again. Rejects with AnswerError (EtcdError 401: the history does not reach back),
 * NoAnswerError, OtherClusterError, or the signal's reason.
 */
export async function poll(cluster: Cluster, liveness: Liveness, options: Poll): Promise<Waited | undefined> {
  const { key, recursive, waitIndex, endpoint, checkEveryMs, signal } = options;
  // The headers of a wait come at once: without a limit a member that hangs would be waited for without end.
  const timeoutMs = options.timeoutMs === Infinity ? SILENCE_MS : options.timeoutMs;
  const call = waitCall(key, waitIndex, { recursive });
  const ending = linkedSignal(signal);
  try {
    const opened = await cluster.at(endpoint).open(call, { timeoutMs, signal: ending.signal });
    const { clusterId } = indexesOf(opened.headers);
    if (options.clusterId !== undefined && clusterId !== undefined && clusterId !== options.clusterId) {
      opened.body.destroy();
      throw new OtherClusterError(endpoint, clusterId, options.clusterId);
    }
    // Who was asked may have pointed elsewhere: what hangs is where the wait is.
    const watching = liveness.keepAnEyeOn({ endpoint: opened.endpoint, checkEveryMs, timeoutMs }, ending);
    const text = await heard(opened, ending, cluster.answerBytesMax, nameOf(call)).finally(watching.stop);
    return changeOf(call, { ...opened, text }, waitIndex);
  } catch (error) {
    if (error === SILENT) return undefined;
    if (!(error instanceof ExchangeFailure)) throw error;
    throw new UnreachableError(`${nameOf(call)}: ${endpoint}: ${reasonOf(error.error)}`, false, [
      { endpoint, error: error.error },
    ]);
  } finally {
    ending.release();
  }
}

async function heard({ body }: OpenedAnswer, ending: LinkedSignal, bytesMax: number, request: string): Promise<string> {
  const silence = setTimeout(() => {
    ending.abort(SILENT);
  }, SILENCE_MAX_MS).unref();
  try {
    return await readBody(body, bytesMax, request);
  } finally {
    clearTimeout(silence);
    body.destroy();
  }
}

const SILENT = new Error('nothing was heard for long; the wait begins anew');
