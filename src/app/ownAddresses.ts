/** Which URLs lead back to this process, as far as their text says so. */
import { networkInterfaces, hostname } from 'node:os';
import { isWildcard, type Endpoint } from '../config/urls';
import { hostOf, portOf } from '../platform/dial';
import { isLoopback } from '../platform/loopback';

type Listening = readonly Pick<Endpoint, 'host' | 'port'>[];

/**
 * Those of `urls` that do. A name that only a resolver knows is not found out here.
 *
 * @param listening what this process listens on
 * @param addresses of this machine
 */
export function ownUrls(
  urls: readonly string[],
  listening: Listening,
  addresses: ReadonlySet<string> = machineAddresses(),
): readonly string[] {
  return urls.filter((url) => URL.canParse(url) && leadsHere(new URL(url), listening, addresses));
}

function leadsHere(url: URL, listening: Listening, addresses: ReadonlySet<string>): boolean {
  const [host, port] = [hostOf(url).toLowerCase(), portOf(url)];
  return listening.some(
    (own) =>
      own.port === port &&
      (own.host === host ||
        (isLoopback(host) && isLoopback(own.host)) ||
        (isWildcard(own.host) && addresses.has(host))),
  );
}

/** Addresses under which this machine reaches itself, and its name. */
function machineAddresses(): ReadonlySet<string> {
  const found = Object.values(networkInterfaces()).flatMap((rows) => (rows ?? []).map(({ address }) => address));
  return new Set([...found, 'localhost', '127.0.0.1', '::1', '0.0.0.0', '::', hostname().toLowerCase()]);
}
