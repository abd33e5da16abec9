import type { ClientTls } from './clientTls';

/** More hosts than a cluster has members. */
const HOSTS_MAX = 256;

export interface Session {
  readonly ticket: Buffer;
  /** When it may not be resumed any more; milliseconds since 1970. */
  readonly endMs: number;
}

/**
 * The last session with each host, so that the next connection there needs no certificates to be sent and checked. Whoever resumes a
 * session is not checked again, so one is only used with what it was checked with, and until the first of that ends.
 */
export class Sessions {
  private readonly kept = new Map<string, Session & { readonly tls: ClientTls }>();

  of(host: string, tls: ClientTls, nowMs: number): Session | undefined {
    const known = this.kept.get(host);
    return known?.tls === tls && nowMs < known.endMs ? known : undefined;
  }

  keep(host: string, tls: ClientTls, { ticket, endMs }: Session): void {
    this.kept.delete(host);
    this.kept.set(host, { tls, ticket, endMs });
    const [oldest] = this.kept.keys();
    if (this.kept.size > HOSTS_MAX && oldest !== undefined) this.kept.delete(oldest);
  }

  forget(host: string): void {
    this.kept.delete(host);
  }
}
