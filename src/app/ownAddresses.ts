/** Whether a URL leads back to this process, as far as its text says so. */
import { networkInterfaces, hostname } from 'node:os';
import { isWildcard, type Endpoint } from '../config/urls';
import { isLoopback } from '../platform/loopback';

/**
 * A name that only a resolver knows is not found out here.
 *
 * @param listening what this process listens on
 * @param addresses of this machine
 */
export function leadsHere(
  url: string,
  listening: readonly Pick<Endpoint, 'host' | 'port'>[],
  addresses: ReadonlySet<string> = machineAddresses(),
): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname: named, port: portText, protocol } = new URL(url);
  const host = named.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const port = portText === '' ? (protocol === 'https:' ? 443 : 80) : Number(portText);
  return listening.some(
    (own) =>
      own.port === port &&
      (own.host === host ||
        (isLoopback(host) && isLoopback(own.host)) ||
        (isWildcard(own.host) && addresses.has(host))),
  );
}

/** Addresses under which this machine reaches itself, and its name. */
export function machineAddresses(): ReadonlySet<string> {
  const found = Object.values(networkInterfaces()).flatMap((rows) => (rows ?? []).map(({ address }) => address));
  return new Set([...found, 'localhost', '127.0.0.1', '::1', '0.0.0.0', '::', hostname().toLowerCase()]);
}
