import { Exchange, open } from '../support/exchange';
import { FORM, encodeForm, encodeMultipart } from '../support/request';
import type { WireRequest } from '../support/request';
import { headerOf } from '../support/responseReader';
import { ServerProcess } from '../support/serverProcess';
import type { Program } from '../support/serverProcess';
import type { Answer, AwaitStep, RawStep, RequestStep, SilentStep, Step } from './story';
import { maskHeader, maskBody } from './volatile';

const ANSWER_WITHIN_MS = 15_000;
const POLL_MS = 50;
/** How long a raw connection is watched for further answers or its end. */
const LINGER_MS = 150;
const BOUNDARY = '----story-boundary';

/** Plays the steps of one story, in order, against one server of its own. */
export class Player {
  private readonly background = new Map<string, Exchange>();
  private readonly captured = new Map<string, string>();
  private readonly startedMs = performance.now();

  private constructor(private server: ServerProcess) {}

  static async start(program: Program): Promise<Player> {
    const server = await ServerProcess.start(program);
    await server.untilPublished();
    return new Player(server);
  }

  /** Against a server that is there; `end` removes it, `leave` does not. */
  static against(server: ServerProcess): Player {
    return new Player(server);
  }

  /** Since the first step. */
  get seconds(): number {
    return Math.ceil((performance.now() - this.startedMs) / 1000);
  }

  /** Does the step; what came back, volatile parts masked. A restart has no answer. */
  async play(step: Step): Promise<Answer | undefined> {
    switch (step.kind) {
      case 'request':
        return this.playRequest(step);
      case 'raw':
        return this.playRaw(step);
      case 'await':
        return this.playAwait(step);
      case 'silent':
        return this.playSilent(step);
      case 'hangUp':
        this.inBackground(step.name).close();
        return undefined;
      case 'restart':
        await this.server.stop();
        this.server = await this.server.startAgain();
        await this.server.untilPublished();
        return undefined;
    }
  }

  /** Ends everything that was started. */
  async end(): Promise<void> {
    this.leave();
    await this.server.remove();
  }

  /** Ends what goes on in the background, and leaves the server to others. */
  leave(): void {
    for (const exchange of this.background.values()) exchange.close();
  }

  private async playRequest(step: RequestStep): Promise<Answer> {
    const deadline = Date.now() + ANSWER_WITHIN_MS;
    for (let sent = 1; ; sent += 1) {
      const exchange = open(this.portOf(step), this.wireRequest(step));
      if (step.background !== undefined) return this.leaveInBackground(step, step.background, exchange);
      const answer = await this.readAnswer(step, exchange);
      exchange.close();
      if (step.until !== undefined && answer.status !== step.until && Date.now() < deadline) {
        await new Promise((done) => setTimeout(done, POLL_MS));
        continue;
      }
      if (step.until === undefined && sent < step.repeat) continue;
      this.capture(step, exchange);
      return answer;
    }
  }

  private portOf({ port }: RequestStep): number {
    return port === 'peer' ? this.server.peerPort : this.server.clientPort;
  }

  private async readAnswer(step: RequestStep, exchange: Exchange): Promise<Answer> {
    await untilEvents(exchange, step.events, step.pendingMs ?? ANSWER_WITHIN_MS);
    return answerOf(step, exchange, true);
  }

  private async leaveInBackground(step: RequestStep, name: string, exchange: Exchange): Promise<Answer> {
    this.background.set(name, exchange);
    await exchange.untilHead(step.pendingMs ?? ANSWER_WITHIN_MS);
    this.capture(step, exchange);
    return answerOf(step, exchange, false);
  }

  private async playAwait(step: AwaitStep): Promise<Answer> {
    const exchange = this.inBackground(step.name);
    await untilEvents(exchange, step.events, ANSWER_WITHIN_MS);
    return bodyOf(answerOf(step, exchange, true));
  }

  private async playSilent(step: SilentStep): Promise<Answer> {
    const exchange = this.inBackground(step.name);
    await new Promise((done) => setTimeout(done, step.forMs));
    return bodyOf(answerOf(step, exchange, true));
  }

  private async playRaw(step: RawStep): Promise<Answer> {
    const bytes = Buffer.from(this.substitute(step.raw), 'latin1');
    const exchange = new Exchange(this.server.clientPort, bytes, bytes.subarray(0, 5).toString('latin1') === 'HEAD ');
    await exchange.untilEnd(step.pendingMs ?? ANSWER_WITHIN_MS);
    await exchange.until((each) => each.isClosed(), LINGER_MS);
    const further = exchange.further().map((head) => head.status);
    const closed = exchange.isClosed();
    const answer = answerOf(step, exchange, true);
    exchange.close();
    return { ...answer, ...(further.length > 0 ? { further } : {}), closed };
  }

  private inBackground(name: string): Exchange {
    const exchange = this.background.get(name);
    if (exchange === undefined) throw new Error(`nothing called ${name} is in the background`);
    return exchange;
  }

  private wireRequest(step: RequestStep): WireRequest {
    const values = (fields: readonly (readonly [string, string])[]) =>
      fields.map(([name, value]) => [name, this.substitute(value)] as const);
    const wire = { method: step.method, target: this.substitute(step.target) };
    const headers = [...values(step.headers), ...(step.as === undefined ? [] : [basicHeader(step.as)])];
    if (step.multipart !== undefined) {
      const type = ['Content-Type', `multipart/form-data; boundary=${BOUNDARY}`] as const;
      return { ...wire, headers: [...headers, type], body: encodeMultipart(values(step.multipart), BOUNDARY) };
    }
    if (step.json !== undefined) {
      const type = ['Content-Type', 'application/json'] as const;
      return { ...wire, headers: [...headers, type], body: Buffer.from(step.json) };
    }
    const data = step.form !== undefined ? encodeForm(values(step.form)) : step.data;
    if (data === undefined) return { ...wire, headers };
    const typed = headers.some(([name]) => name.toLowerCase() === 'content-type');
    const type: (readonly [string, string])[] = typed ? [] : [['Content-Type', FORM]];
    return { ...wire, headers: [...headers, ...type], body: Buffer.from(this.substitute(data)) };
  }

  /** `{{name}}`, `{{name+1}}`: a captured value; `{{a*100}}`: a text, 100 times over. */
  private substitute(text: string): string {
    return text.replace(
      /\{\{([^{}]+?)(?:\*(\d+)|([+-]\d+))?\}\}/g,
      (_, name: string, times?: string, plus?: string) => {
        if (times !== undefined) return name.repeat(Number(times));
        const value = this.captured.get(name);
        if (value === undefined) throw new Error(`nothing was captured as ${name}`);
        return plus === undefined ? value : String(BigInt(value) + BigInt(plus));
      },
    );
  }

  private capture(step: RequestStep, exchange: Exchange): void {
    const { head, body } = exchange.received();
    for (const [name, place] of Object.entries(step.capture)) {
      const header = head === undefined ? undefined : headerOf(head, place);
      this.captured.set(name, header ?? lookUp(JSON.parse(body.toString('utf8')), place.split('.')));
    }
  }
}

/** @param credentials `NAME:PASSWORD` */
function basicHeader(credentials: string): readonly [string, string] {
  return ['Authorization', `Basic ${Buffer.from(credentials).toString('base64')}`];
}

function lookUp(value: unknown, path: readonly string[]): string {
  let found = value;
  for (const name of path) {
    found =
      typeof found === 'object' && found !== null
        ? Object.entries(found).find(([key]) => key === name)?.[1]
        : undefined;
  }
  if (typeof found !== 'string' && typeof found !== 'number') throw new Error(`no ${path.join('.')} in the answer`);
  return String(found);
}

async function untilEvents(exchange: Exchange, events: number | undefined, withinMs: number): Promise<void> {
  if (events === undefined) await exchange.untilEnd(withinMs);
  else await exchange.until((each) => linesOf(each.received().body.toString('utf8')).length >= events, withinMs);
}

/** The complete lines of a text, each with its newline. */
function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/).filter((line) => line.endsWith('\n'));
}

function bodyOf({ body, ending }: Answer): Answer {
  return { body, ...(ending === undefined ? {} : { ending }) };
}

function answerOf(step: Step, exchange: Exchange, withBody: boolean): Answer {
  const { head, body, ending } = exchange.received();
  const headers: Record<string, string> = {};
  for (const name of step.compare) {
    const value = head === undefined ? undefined : headerOf(head, name);
    if (value !== undefined) headers[name] = maskHeader(name, value);
  }
  const text = body.toString('utf8');
  const counted = step.kind === 'request' || step.kind === 'await' ? step.events : undefined;
  const seen = counted === undefined ? text : linesOf(text).slice(0, counted).join('');
  const unsorted = step.kind === 'request' && !/[?&]sorted=true/.test(step.target);
  return {
    ...(head === undefined ? {} : { status: head.status, headers }),
    ...(withBody ? { body: maskBody(seen, unsorted) } : {}),
    ...(withBody && ending !== 'complete' ? { ending } : {}),
  };
}
