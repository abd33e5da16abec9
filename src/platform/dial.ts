/** Byte streams to the hosts of URLs. Whatever opens a connection to another process goes through a `Dial`. */
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** Opens a byte stream to the host of a URL; may still be connecting. Throws for a scheme that it does not speak. */
export type Dial = (url: URL) => Duplex;

const KEEP_ALIVE_AFTER_MS = 30_000;

/** Plain TCP; small frames leave at once. */
export function dialTcp(url: URL): Duplex {
  if (url.protocol !== 'http:') throw new Error(`${url.protocol.slice(0, -1)} needs a dial function of its own`);
  return connect({
    host: hostOf(url),
    port: portOf(url),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS,
  });
}

/** The port of a URL or of its scheme. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

/** Without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
