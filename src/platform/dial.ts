/**
 * Byte streams to the hosts of URLs. Whatever opens a connection to another process goes through here, but for the proxy: it forwards
 * on connections that node:http's agent keeps (proxy/passage.ts).
 */
import { connect, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

/** Opens a byte stream to the host of a URL; may still be connecting. Throws for a scheme that it does not speak. */
export type Dial = (url: URL) => Duplex;

const KEEP_ALIVE_AFTER_MS = 30_000;

/** Plain TCP; small frames leave at once. */
export function dialTcp(url: URL): Duplex {
  if (url.protocol !== 'http:') throw new Error(`${url.protocol.slice(0, -1)} needs a dial function of its own`);
  return connect({
    host: hostOf(url),
    port: url.port === '' ? 80 : Number(url.port),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS,
  });
}

/** Plain TCP for http, and for https TLS with the certificates that Node.js trusts. */
export function dialAny(url: URL): Duplex {
  if (url.protocol !== 'https:') return dialTcp(url);
  const host = hostOf(url);
  const port = url.port === '' ? 443 : Number(url.port);
  return connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) });
}

/** Without the brackets of an IPv6 address. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
