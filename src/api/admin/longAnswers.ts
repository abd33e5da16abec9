/** What the answers to backups have in common: they are long, few at a time, and end when the member says so. */
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { RootGrant } from '../auth/guard';
import { writeRetryText } from '../http/answers';
import type { Pace } from '../../platform/pace';
import { PacedAnswer } from './pacedAnswer';

/** Whoever has lost the right is cut off so soon, also while nothing is sent or he does not read: what waits for him is taken back. */
const RIGHT_INTERVAL_MS = 250;

/** Those of one kind on one port. */
export class LongAnswers {
  private open = 0;

  /** @param what they are, in words: `logs` */
  constructor(
    private readonly what: string,
    private readonly max: number,
  ) {}

  /** Sends one more, or says that there are too many. Rejects as `send` does. */
  async serve(response: ServerResponse, send: () => Promise<void>): Promise<void> {
    if (this.open >= this.max) {
      const text = `${this.open} ${this.what} are being sent already; try again when one of them is done`;
      writeRetryText(response, 503, text);
      return;
    }
    this.open += 1;
    try {
      await send();
    } finally {
      this.open -= 1;
    }
  }
}

/** What is cut off when `ending` is aborted, or the right is gone. Rejects as `send` does; what was sent cannot be taken back then, so that it must not look whole. */
export async function sendUntil(
  ending: AbortSignal,
  response: ServerResponse,
  grant: RootGrant,
  send: () => Promise<void>,
): Promise<void> {
  const cut = (): void => {
    response.destroy();
  };
  ending.addEventListener('abort', cut);
  const timer = setInterval(() => {
    if (!grant.holds()) cut();
  }, RIGHT_INTERVAL_MS);
  try {
    await send();
  } catch (error) {
    cut();
    throw error;
  } finally {
    clearInterval(timer);
    ending.removeEventListener('abort', cut);
  }
}

/** Head, beginning and parts of such an answer, each once the client has taken the one before. Rejects when it is gone or too slow. */
export async function sendParts<Part>(
  response: ServerResponse,
  grant: RootGrant,
  {
    clusterId,
    pace,
    beginning,
    parts,
    bytesOf,
  }: {
    readonly clusterId: string;
    readonly pace?: Pace;
    readonly beginning: readonly Uint8Array[];
    readonly parts: AsyncIterable<Part>;
    /** Pieces of a part, the work of some milliseconds each. */
    readonly bytesOf: (part: Part) => Iterable<Uint8Array>;
  },
): Promise<PacedAnswer> {
  const answer = new PacedAnswer(response, pace);
  grant
    .use(response)
    .writeHead(200, [
      ...['Content-Type', 'application/octet-stream', 'Cache-Control', 'no-store'],
      ...['X-Content-Type-Options', 'nosniff', 'X-Etcd-Cluster-Id', clusterId],
    ]);
  await answer.write(beginning);
  let beganMs = performance.now();
  for await (const part of parts) {
    await writePart(grant, answer, bytesOf(part));
    await sleep(pauseMs(performance.now() - beganMs));
    beganMs = performance.now();
  }
  return answer;
}

/** What is written in one turn. */
const TURN_BYTES = 1024 * 1024;

async function writePart(grant: RootGrant, answer: PacedAnswer, pieces: Iterable<Uint8Array>): Promise<void> {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    gathered.push(piece);
    bytes += piece.length;
    if (bytes < TURN_BYTES) continue;
    await grant.use(answer).write(gathered);
    await nextTurn();
    gathered = [];
    bytes = 0;
  }
  if (gathered.length > 0) await grant.use(answer).write(gathered);
}

const PAUSE_MIN_MS = 1;
/** What took long was waited for, and others had their time. */
const PAUSE_MAX_MS = 10;

/**
 * To a client that takes everything at once one part after the other could be sent, and each request of others, which takes some turns of the
 * event loop, would wait for one of them in each of its turns. So others have as long as a part took.
 */
function pauseMs(tookMs: number): number {
  return Math.min(Math.max(tookMs, PAUSE_MIN_MS), PAUSE_MAX_MS);
}
