/** Under which names a member lets itself be asked (CVE-2018-1099, DNS rebinding). */
import { isIP } from 'node:net';
import { isLocalName, isLoopback } from '../../platform/loopback';

/** How a listener treats the names of Host headers. */
export interface HostRules {
  /** Names beside its own; `*`: all. Empty: names are looked at only where the address is of the loopback. */
  readonly whitelist: readonly string[];
  /** Names under which clients are sent here, and the machine's. */
  readonly ownNames: readonly string[];
}

/**
 * The owner of a domain can have its name mean 127.0.0.1 for a moment; a page of it then reads what listens there as if it were
 * its own server. The browser still sends that name as Host. An address cannot be rebound, so it is never refused.
 */
export class HostNames {
  /** Whole Host headers come again and again: the last good one is known without being taken apart. */
  private lastAllowed: string | undefined;

  private constructor(private readonly names: ReadonlySet<string>) {}

  /**
   * Undefined where every name is taken.
   *
   * @param listenHost what is listened on: `localhost`, an address, or empty for all
   */
  static of(listenHost: string, { whitelist, ownNames }: HostRules): HostNames | undefined {
    if (whitelist.includes('*')) return undefined;
    if (whitelist.length === 0 && !isLoopback(listenHost)) return undefined;
    return new HostNames(new Set([...whitelist, ...ownNames].map(bare)));
  }

  /** @param host a Host header; a request without one is not of a browser */
  allows(host: string | undefined): boolean {
    if (host === this.lastAllowed || host === undefined || host === '') return true;
    const name = nameOf(host);
    const isAllowed = isIP(name) !== 0 || isLocalName(name) || this.names.has(name);
    if (isAllowed) this.lastAllowed = host;
    return isAllowed;
  }
}

/** The name of a Host header in lower case, without port, brackets or the dot of the root. */
export function nameOf(host: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host)?.[1];
  return bare(bracketed ?? host.split(':', 1)[0] ?? '');
}

function bare(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
