/**
 * The addresses of etcd 0.1 and 0.4, which said in host:port what later versions say in lists of URLs: one address to
 * be reached at (-addr, -c), one to listen on (-bind-addr, -cl), the same again for peers.
 */
import { failure, success } from './result';
import type { Result } from './result';
import { place, restate } from './settings';
import type { Setting } from './settings';
import { quote } from './text';
import { formatAuthority, isWildcard, parseHost, parsePort } from './urls';
import type { Scheme } from './urls';

/** Two options that the older spellings set together. */
interface Pair {
  readonly listen: string;
  readonly advertise: string;
  /** The port that etcd 0.1 and 0.4 used. */
  readonly port: number;
  /** The options that make https of an address that names no scheme. */
  readonly certificate: readonly string[];
}

const pairs: readonly Pair[] = [
  {
    listen: 'listen-client-urls',
    advertise: 'advertise-client-urls',
    port: 4001,
    certificate: ['cert-file', 'key-file'],
  },
  {
    listen: 'listen-peer-urls',
    advertise: 'initial-advertise-peer-urls',
    port: 7001,
    certificate: ['peer-cert-file', 'peer-key-file'],
  },
];

/** The host of an older spelling that names none. */
const LOCAL_HOST = '127.0.0.1';
const ALL_INTERFACES = '::';

const ADDRESS_SHAPE = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{1,6}))?$/;
const ALL_DIGITS = /^\d+$/;

/**
 * Replaces the older addresses by the options they stand for; the settings are the strongest first, before and after.
 * Both styles for the same pair is a failure, as in etcd 2.3.
 */
export function resolveAddresses(settings: readonly Setting[]): Result<readonly Setting[]> {
  const resolved = settings.filter((setting) => !isAddress(setting));
  for (const pair of pairs) {
    const ofPair = settings.filter(({ named }) => named.name === pair.listen || named.name === pair.advertise);
    const older = ofPair.filter(isAddress);
    const [first] = older;
    if (first === undefined) continue;
    const url = ofPair.find((setting) => !isAddress(setting));
    if (url !== undefined) return failure(explainMixture(first, url, pair));
    const urls = toUrls(older, first, pair, schemeOf(settings, pair));
    if (!urls.ok) return urls;
    resolved.push(...urls.value);
  }
  return success(resolved);
}

function isAddress(setting: Setting): boolean {
  return setting.named.spelling?.convert === 'address';
}

function explainMixture(older: Setting, url: Setting, pair: Pair): string {
  return (
    `${place(older.origin)} and ${place(url.origin)} are two ways to say the same; ` +
    `use only --${pair.listen} and --${pair.advertise}`
  );
}

/** As in these versions: with a certificate an address means https. */
function schemeOf(settings: readonly Setting[], { certificate }: Pair): Scheme {
  const strongest = certificate.map((name) => settings.find(({ named }) => named.name === name)?.text ?? '');
  return strongest.some((path) => path !== '') ? 'https' : 'http';
}

function toUrls(older: readonly Setting[], first: Setting, pair: Pair, scheme: Scheme): Result<readonly Setting[]> {
  const advertise = older.find(({ named }) => named.name === pair.advertise);
  const listen = older.find(({ named }) => named.name === pair.listen);
  const reached = parseReached(advertise);
  if (!reached.ok) return reached;
  const bound = parseBound(listen);
  if (!bound.ok) return bound;

  // etcd 0.1 listened on the address it advertised, 0.4 and 2.3 on all interfaces.
  const unboundHost = advertise?.named.spelling?.era === '0.1' ? reached.value?.host : undefined;
  const host = bound.value?.host ?? unboundHost ?? ALL_INTERFACES;
  const port = bound.value?.port ?? reached.value?.port ?? pair.port;
  const reachedAt = reached.value ?? { host: isWildcard(host) ? LOCAL_HOST : host, port };
  return success([
    restate(listen ?? first, pair.listen, `${scheme}://${formatAuthority({ host, port })}`),
    restate(advertise ?? first, pair.advertise, `${scheme}://${formatAuthority(reachedAt)}`),
  ]);
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT`, or a port alone as in `-c 4001`. */
function parseReached(setting: Setting | undefined): Result<Address | undefined> {
  if (setting === undefined) return success(undefined);
  const { host, port } = split(setting.text);
  const portAlone = ALL_DIGITS.test(setting.text);
  if (port === undefined || (host === undefined && !portAlone)) {
    return failure(explainAddress(setting, 'HOST:PORT or PORT'));
  }
  return success({ host: host ?? LOCAL_HOST, port });
}

/** `HOST:PORT`, or one of the two: the port is then that of the other address, the host every interface. */
function parseBound(setting: Setting | undefined): Result<Partial<Address> | undefined> {
  if (setting === undefined) return success(undefined);
  const { host, port } = split(setting.text);
  if (host === undefined && port === undefined) {
    return failure(explainAddress(setting, 'HOST:PORT, HOST or :PORT'));
  }
  return success({ host: host ?? ALL_INTERFACES, ...(port === undefined ? {} : { port }) });
}

function explainAddress(setting: Setting, wanted: string): string {
  return (
    `${place(setting.origin)}: ${quote(setting.text)} is not an address; ` +
    `write ${wanted}, or use --${setting.named.name}`
  );
}

/** The parts of an address that are there; none if one of them is wrong. */
function split(text: string): Partial<Address> {
  const [, hostText, portText] = ADDRESS_SHAPE.exec(ALL_DIGITS.test(text) ? `:${text}` : text) ?? [];
  const host = hostText === undefined || hostText === '' ? undefined : parseHost(hostText);
  const port = portText === undefined ? undefined : parsePort(portText, 'advertise');
  const hostWrong = hostText !== undefined && hostText !== '' && host === undefined;
  const portWrong = portText !== undefined && port === undefined;
  if (hostWrong || portWrong) return {};
  return { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
}
