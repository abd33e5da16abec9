/** The client URLs of the cluster, in the order in which they are tried. */
import { hostOf, portOf } from '../platform/dial';

export interface Endpoint {
  /** As the member publishes it. */
  readonly text: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

interface Entry {
  readonly endpoint: Endpoint;
  /** Milliseconds of the clock that was given; not tried before. */
  availableAtMs: number;
}

/** Undefined for what is no URL of HTTP. */
export function parseClientUrl(text: string): Endpoint | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  return { text, scheme: url.protocol === 'https:' ? 'https' : 'http', host: hostOf(url), port: portOf(url) };
}

/**
 * All requests go to the first endpoint while it works, so that a client does not see one member's state and then that of
 * another which is behind; each proxy has an order of its own, so that together they spread over the members.
 */
export class Endpoints {
  private entries: Entry[] = [];

  /**
   * @param nowMs of a clock that never goes back
   * @param random a number in [0, 1)
   * @param failureWaitMs how long an endpoint that failed is left alone
   */
  constructor(
    private readonly nowMs: () => number,
    private readonly random: () => number,
    private readonly failureWaitMs: number,
  ) {}

  /** Those that may be tried now, the first one first. */
  available(): readonly Endpoint[] {
    const nowMs = this.nowMs();
    return this.entries.filter((entry) => entry.availableAtMs <= nowMs).map(({ endpoint }) => endpoint);
  }

  get known(): number {
    return this.entries.length;
  }

  /** Takes the cluster's list over. What stays in it keeps its place and what is known of it; true if anything changed. */
  replace(texts: readonly string[]): boolean {
    const wanted = new Set(texts);
    const kept = this.entries.filter(({ endpoint }) => wanted.has(endpoint.text));
    const known = new Set(kept.map(({ endpoint }) => endpoint.text));
    const added: Entry[] = [];
    for (const text of wanted) {
      const endpoint = known.has(text) ? undefined : parseClientUrl(text);
      if (endpoint === undefined) continue;
      added.splice(Math.floor(this.random() * (added.length + 1)), 0, { endpoint, availableAtMs: 0 });
    }
    const changed = added.length > 0 || kept.length < this.entries.length;
    this.entries = [...kept, ...added];
    return changed;
  }

  /** It did not answer: it is left alone for a while, and comes last after that. */
  fail(endpoint: Endpoint): void {
    const entry = this.entries.find((candidate) => candidate.endpoint === endpoint);
    if (entry === undefined) return;
    entry.availableAtMs = this.nowMs() + this.failureWaitMs;
    this.entries = [...this.entries.filter((other) => other !== entry), entry];
  }
}
