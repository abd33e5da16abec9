import type { ClusterMember } from '../cluster/clusterMember';
import { call } from '../cluster/httpClient';
import { sleep } from '../cluster/waiting';

/** What a well-behaved client met with. */
export interface GoodReport {
  readonly answered: number;
  /** From the first attempt of an operation to its answer, however many members were asked. */
  readonly longestWaitMs: number;
  /** Answers that were wrong: a read that did not show what was acknowledged. */
  readonly wrong: readonly string[];
}

export const GOOD = '/good';
const ATTEMPT_MS = 5000;
const GIVES_UP_AFTER_MS = 120_000;
const PAUSE_MS = 20;

/** Writes one key after the other and reads each back by a linearizable read, going on to the next member when one does not help. */
export class GoodClient {
  /** Of all the time; what was acknowledged has to be there for ever. */
  readonly acknowledged = new Map<string, string>();
  private count = 0;
  private isOver = false;
  private running: Promise<GoodReport> | undefined;

  constructor(private readonly members: readonly ClusterMember[]) {}

  /** @param mayBeFull an answer that the store is full is as good as any */
  start(mayBeFull: boolean): void {
    this.isOver = false;
    this.running = this.work(mayBeFull);
  }

  async stop(): Promise<GoodReport> {
    this.isOver = true;
    if (this.running === undefined) throw new Error('it was not started');
    return this.running;
  }

  private async work(mayBeFull: boolean): Promise<GoodReport> {
    const wrong: string[] = [];
    let answered = 0;
    let longestWaitMs = 0;
    const timed = async (method: string, target: string, value?: string): Promise<{ status: number; text: string }> => {
      const startMs = performance.now();
      for (let attempt = 0; ; attempt++) {
        const member = this.members[(this.count + attempt) % this.members.length]!;
        const form = value === undefined ? {} : { form: { value } };
        const answer = await call(member.clientPort, { method, target, ...form }, ATTEMPT_MS).catch(() => undefined);
        const waitedMs = performance.now() - startMs;
        const isHelp = answer !== undefined && (answer.status < 500 || (mayBeFull && answer.status === 507));
        if (!isHelp && waitedMs < GIVES_UP_AFTER_MS) {
          await sleep(PAUSE_MS);
          continue;
        }
        answered += isHelp ? 1 : 0;
        longestWaitMs = Math.max(longestWaitMs, waitedMs);
        if (!isHelp) wrong.push(`${method} ${target}: no answer within ${GIVES_UP_AFTER_MS} ms`);
        return answer ?? { status: 0, text: '' };
      }
    };
    while (!this.isOver) {
      this.count += 1;
      const [key, value] = [`${GOOD}/${this.count}`, `value-${this.count}`];
      const written = await timed('PUT', `/v2/keys${key}`, value);
      if (written.status === 200 || written.status === 201) {
        this.acknowledged.set(key, value);
        const read = await timed('GET', `/v2/keys${key}?quorum=true`);
        if (valueIn(read.text) !== value) wrong.push(`${key} reads ${read.status} ${read.text.slice(0, 200)}`);
      } else if (!(mayBeFull && written.status === 507)) {
        wrong.push(`${key}: ${written.status} ${written.text.slice(0, 200)}`);
      }
      await sleep(PAUSE_MS);
    }
    return { answered, longestWaitMs, wrong };
  }

  /** The acknowledged keys that a listing of `GOOD` does not show. */
  missingFrom(listing: string): readonly string[] {
    const values = new Map<string, string>();
    for (const node of JSON.parse(listing).node?.nodes ?? []) values.set(node.key, node.value);
    return [...this.acknowledged].filter(([key, value]) => values.get(key) !== value).map(([key]) => key);
  }
}

function valueIn(text: string): string | undefined {
  try {
    return JSON.parse(text).node?.value;
  } catch {
    return undefined;
  }
}
