/** What one port says to somebody from outside. */
import { randomUUID } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Target } from '../../client/call';
import { hostOf } from '../../platform/dial';
import { isLoopback } from '../../platform/loopback';
import type { PortFacts, RouteFacts } from './facts';
import { dialAnybody, probe, type Probed, type ShownPair } from './probe';

/** Names that nobody has (RFC 2606). */
const FOREIGN_HOST = 'rebound.example';
const FOREIGN_ORIGIN = 'http://other.example';
/** A machine with containers has hundreds, and a member that listens on all answers on the first. */
const ADDRESSES_MAX = 16;

/** From where, and with what, ports are asked. */
export interface Asking {
  readonly target: Pick<Target, 'timeoutMs' | 'dial'>;
  /** The client certificate that was given. */
  readonly pair: ShownPair | undefined;
  /** Addresses of this machine that others reach. */
  readonly addresses: readonly string[];
}

/** Those that are no loopback; link-local ones need the name of an interface, which no URL has. */
export function reachableAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((rows) => (rows ?? []).map(({ address }) => address))
    .filter((address) => !isLoopback(address) && !/^fe[89ab]/i.test(address))
    .slice(0, ADDRESSES_MAX);
}

export async function portOf(
  port: Pick<PortFacts, 'name' | 'kind' | 'url'>,
  { target: { timeoutMs, dial = dialAnybody() }, pair, addresses }: Asking,
): Promise<PortFacts> {
  const { kind, url } = port;
  const path = kind === 'client' ? '/version' : '/members';
  const isTls = isTlsUrl(url);
  let certificateEndsMs: number | undefined;
  const shown = (endsMs: number): void => {
    certificateEndsMs = endsMs;
  };
  const ask = (at: string, through = dialAnybody()): Promise<Probed> =>
    probe({ url: at, path, dial: through, timeoutMs });
  const isHere = URL.canParse(url) && isLoopback(hostOf(new URL(url)));
  const others = isHere ? addresses.map((address) => atAddress(url, address)) : [];
  const [stranger, plain, trusted, withCertificate, routes, elsewhere] = await Promise.all([
    ask(url, dialAnybody(shown)),
    isTls ? Promise.all([url, ...others].map((each) => ask(inPlain(each)))).then(mostTelling) : undefined,
    isTls && kind === 'client' ? ask(url, dial) : undefined,
    isTls && kind === 'peer' && pair !== undefined ? ask(url, dialAnybody(undefined, pair)) : undefined,
    kind === 'client' ? routesOf(url, dial, timeoutMs) : undefined,
    Promise.all(others.map(async (each) => ((await isReached(ask(each), isTls)) ? [each] : []))),
  ]);
  const distrust = trusted?.kind === 'refused' ? trusted.why : undefined;
  const seen = { stranger, plain, certificateEndsMs, distrust, withCertificate, routes };
  return { ...port, isTls, isLoopback: isHere, elsewhere: elsewhere.flat(), ...seen };
}

/** Whoever ends a TLS connection without a certificate is there; in plain text only an answer shows that it is no port with TLS. */
async function isReached(asked: Promise<Probed>, isTls: boolean): Promise<boolean> {
  const { kind } = await asked;
  return isTls ? kind !== 'unreachable' : kind === 'answered';
}

async function routesOf(url: string, dial: Target['dial'], timeoutMs: number): Promise<RouteFacts> {
  const ask = (path: string, more: { method?: 'DELETE'; headers?: Record<string, string> } = {}) =>
    probe({ ...{ url, path, dial: dial ?? dialAnybody(), timeoutMs }, ...more });
  const [operators, foreignHost, foreignSite] = await Promise.all([
    ask('/debug/vars'),
    ask('/version', { headers: { Host: FOREIGN_HOST } }),
    ask(`/v2/keys/cairn-check-${randomUUID()}`, {
      method: 'DELETE',
      headers: { Origin: FOREIGN_ORIGIN, 'Sec-Fetch-Site': 'cross-site' },
    }),
  ]);
  return { operators, foreignHost, foreignSite };
}

function atAddress(url: string, address: string): string {
  const other = new URL(url);
  other.hostname = isIPv6(address) ? `[${address}]` : address;
  return other.origin;
}

function inPlain(url: string): string {
  return url.replace(/^https:/i, 'http:');
}

/** One that answers says more than ten that do not. */
function mostTelling(probed: readonly Probed[]): Probed | undefined {
  return probed.find((each) => each.kind === 'answered' && each.status < 400) ?? probed[0];
}

function isTlsUrl(url: string): boolean {
  return /^https:/i.test(url);
}
