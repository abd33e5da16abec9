import type { ClientTls } from './clientTls';

/** More hosts than a cluster has members. */
const HOSTS_MAX = 256;

/**
 * The last session with each host, so that the next connection there needs no certificates to be sent and checked. Whoever resumes a
 * session is not checked again, so one is only used with what it was checked with.
 */
export class Sessions {
  private readonly kept = new Map<string, { readonly tls: ClientTls; readonly ticket: Buffer }>();

  of(host: string, tls: ClientTls): Buffer | undefined {
    const known = this.kept.get(host);
    return known?.tls === tls ? known.ticket : undefined;
  }

  keep(host: string, tls: ClientTls, ticket: Buffer): void {
    this.kept.delete(host);
    this.kept.set(host, { tls, ticket });
    const [oldest] = this.kept.keys();
    if (this.kept.size > HOSTS_MAX && oldest !== undefined) this.kept.delete(oldest);
  }

  forget(host: string): void {
    this.kept.delete(host);
  }
}
