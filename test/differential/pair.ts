import { open, send } from '../support/exchange';
import type { Exchange } from '../support/exchange';
import { FORM, encodeForm } from '../support/request';
import { headerOf } from '../support/responseReader';
import { ServerProcess } from '../support/serverProcess';
import type { Program } from '../support/serverProcess';
import { explanationOf, stepForEtcd } from './rules';
import { differences, see } from './seen';
import type { Seen } from './seen';
import { asCurl, isStream, isWatch, valueOf, wireRequest } from './step';
import type { Place, Step } from './step';

export interface Mismatch {
  /** Which step of the sequence differed first. */
  readonly position: number;
  readonly differences: readonly string[];
  readonly place: Place;
}

const ANSWER_WITHIN_MS = 10_000;
/** How long a watch may stay silent before it counts as open. */
const PATIENCE_MS = 100;
/** How long it may take until an event comes that the other server had at once. */
const LATEST_MS = 1500;
const MOST_REDIRECTS = 3;

/** The two servers, kept at the same index so that their answers can be compared as they are. */
export class Pair {
  private sequences = 0;

  private constructor(
    private readonly reference: ServerProcess,
    private readonly tested: ServerProcess,
  ) {}

  /** etcd, and the server that is compared with it (another etcd shows what the comparison itself makes of chance). */
  static async start(program: Program): Promise<Pair> {
    return new Pair(await ServerProcess.start('etcd'), await ServerProcess.start(program));
  }

  async remove(): Promise<void> {
    await Promise.all([this.reference.remove(), this.tested.remove()]);
  }

  /** Plays a sequence on both, in a directory of its own, until an answer differs that no rule explains. */
  async play(steps: readonly Step[]): Promise<Mismatch | undefined> {
    this.sequences += 1;
    const place = { directory: `s${String(this.sequences).padStart(6, '0')}`, baseIndex: await this.bringIntoStep() };
    try {
      for (const [position, step] of steps.entries()) {
        const [etcd, cairn] = await this.ask(step, place);
        if (!this.tested.isRunning()) throw new Error(`the server ended at ${asCurl(step, place)}`);
        const found = differences(etcd, cairn);
        if (found.length > 0 && explanationOf(step, etcd, cairn) === undefined) {
          return { position, differences: found, place };
        }
      }
      return undefined;
    } catch (error) {
      throw new Error(`sequence ${place.directory} broke off; ${this.state()}`, { cause: error });
    } finally {
      const target = `/v2/keys/${place.directory}?recursive=true`;
      for (const server of [this.reference, this.tested]) {
        if (server.isRunning()) await send(server.clientPort, { method: 'DELETE', target, headers: [] });
      }
    }
  }

  private async ask(step: Step, place: Place): Promise<[etcd: Seen, cairn: Seen]> {
    const sorted = valueOf(step.query, 'sorted') === 'true';
    const reference = await this.answer(this.reference.clientPort, stepForEtcd(step), place, PATIENCE_MS);
    const etcd = see(reference, sorted);
    const asked = this.tested.program === 'etcd' ? stepForEtcd(step) : step;
    const patience = etcd.ending === 'open' ? PATIENCE_MS : LATEST_MS;
    const tested = await this.answer(this.tested.clientPort, asked, place, patience);
    const cairn = see(tested, sorted);
    reference.close();
    tested.close();
    return [etcd, cairn];
  }

  private async answer(port: number, step: Step, place: Place, patienceMs: number): Promise<Exchange> {
    let request = wireRequest(step, place);
    for (let redirects = 0; ; redirects += 1) {
      const exchange = open(port, request);
      if (isStream(step)) await exchange.until((each) => each.received().body.includes('\n'), patienceMs);
      else await exchange.untilEnd(isWatch(step) ? patienceMs : ANSWER_WITHIN_MS);
      const { head } = exchange.received();
      const location = head?.status === 301 ? headerOf(head, 'Location') : undefined;
      if (location === undefined || redirects === MOST_REDIRECTS) return exchange;
      exchange.close();
      request = { ...request, target: location };
    }
  }

  /** Writes to the server that is behind until both are at the same index; that index. */
  private async bringIntoStep(): Promise<number> {
    for (;;) {
      const [reference, tested] = await Promise.all(this.ports().map(indexOf));
      if (reference === undefined || tested === undefined) throw new Error('no index');
      if (reference === tested) return reference;
      const behind = reference < tested ? this.reference : this.tested;
      const headers = [['Content-Type', FORM]] as const;
      const body = Buffer.from(encodeForm([['value', 'x']]));
      await send(behind.clientPort, { method: 'PUT', target: '/v2/keys/_step', headers, body });
    }
  }

  /** What is left of the tested server, with the end of its log if it is gone. */
  private state(): string {
    if (this.tested.isRunning()) return 'both servers run';
    return `${this.tested.program} ended:\n${this.tested.logs().slice(-4000)}`;
  }

  private ports(): number[] {
    return [this.reference.clientPort, this.tested.clientPort];
  }
}

async function indexOf(port: number): Promise<number> {
  const answer = await send(port, { method: 'GET', target: '/v2/keys/_step', headers: [] });
  return Number(answer.header('X-Etcd-Index'));
}
