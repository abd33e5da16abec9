/** What somebody on the network can do to a member as it is configured: a line each, for the log of its start. */
import type { Configuration } from '../config/configuration';
import { formatEndpoint, type Endpoint } from '../config/urls';
import { isLoopback } from '../platform/loopback';

export interface Exposure {
  /** info: nobody but this machine can use it, or it is only worth knowing. */
  readonly level: 'info' | 'warn';
  readonly text: string;
}

/** Each as a line of its own. */
export function tellExposures(
  exposures: readonly Exposure[],
  log: Record<Exposure['level'], (text: string) => void>,
): void {
  for (const { level, text } of exposures) log[level](text);
}

const PEER_MEANING =
  'whoever reaches it can read what members say to each other, remove members and change the size of the cluster (/v2/admin), and ' +
  'whoever takes over the address of a member is taken for it; let only members reach it';

/**
 * In the order of what they cost.
 *
 * @param areCasShared the CA that the peer port trusts is the one of clients
 */
export function exposures(configuration: Configuration, areCasShared = false): readonly Exposure[] {
  const local = plainPortsOfThisMachine(configuration);
  return [
    ...peerExposures(configuration),
    ...sharedCaExposures(configuration, areCasShared),
    ...clientExposures(configuration),
    ...metricsExposures(configuration),
    ...(local.length === 0 ? [] : [{ level: 'info' as const, text: `${local} (docs/security.md)` }]),
  ];
}

/** One line for all of them, so that a first start on one machine stays short. */
function plainPortsOfThisMachine({ listenClientUrls, listenPeerUrls, listenMetricsUrls }: Configuration): string {
  const names = Object.entries({ client: listenClientUrls, peer: listenPeerUrls, metrics: listenMetricsUrls })
    .filter(([, urls]) => urls.some(isPlain) && urls.every(({ host }) => isLoopback(host)))
    .map(([name]) => name);
  const [first, ...more] = names;
  if (first === undefined) return '';
  const all =
    more.length === 0
      ? `the ${first} port has`
      : `the ${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''} ports have`;
  return `${all} no TLS; only this machine reaches ${more.length === 0 ? 'it' : 'them'}`;
}

/** Of the client port, of whatever process: a proxy and a standby give what a member gives. */
export function clientExposures(configuration: Configuration): readonly Exposure[] {
  const { listenClientUrls, trustedCaFile, clientCertAuth } = configuration;
  const plain = openToOthers(listenClientUrls).filter(isPlain);
  const secure = listenClientUrls.filter((url) => !isPlain(url));
  const lines: Exposure[] = [];
  if (plain.length > 0) {
    const text =
      'the client port is without TLS: keys and passwords can be read and changed on the way; give it https URLs with --cert-file and ' +
      '--key-file (docs/tls.md)';
    lines.push(exposure(plain, text));
  }
  if (clientCertAuth) return lines;
  // etcd 3 asks them as soon as it knows a CA; here, as in etcd 2, only if it is told to (docs/tls.md).
  if (trustedCaFile !== '' && secure.length > 0) {
    const text = `${secure.map(formatEndpoint).join(' ')}: clients are not asked for a certificate, although --trusted-ca-file is given; give --client-cert-auth to ask them (docs/tls.md)`;
    return [...lines, { level: 'info', text }];
  }
  const unasked = openToOthers(secure);
  if (unasked.length > 0) {
    const text = `${unasked.map(formatEndpoint).join(' ')}: the client port encrypts and asks nobody for a certificate; give --client-cert-auth and --trusted-ca-file to ask (docs/tls.md)`;
    lines.push({ level: 'info', text });
  }
  return lines;
}

/** Numbers are nobody's harm, the routes of operators are. */
function metricsExposures(configuration: Configuration): readonly Exposure[] {
  const plain = openToOthers(configuration.listenMetricsUrls).filter(isPlain);
  if (plain.length === 0 || configuration.operatorRoutes !== 'metrics') return numbersExposures(configuration);
  const text =
    "the metrics port is without TLS and has operators' routes: the whole state and passwords of operators can be read on the way; give " +
    'it https URLs, or let only operators reach it (docs/security.md)';
  return [exposure(plain, text)];
}

/** Of a metrics port that has nothing but metrics, version and health, as that of a proxy. */
export function numbersExposures({ listenMetricsUrls }: Configuration): readonly Exposure[] {
  const plain = openToOthers(listenMetricsUrls).filter(isPlain);
  if (plain.length === 0) return [];
  const where = plain.map(formatEndpoint).join(' ');
  const text = `${where}: the metrics port is without TLS: whoever reaches it reads numbers, version and health (docs/security.md)`;
  return [{ level: 'info', text }];
}

function sharedCaExposures(configuration: Configuration, areCasShared: boolean): readonly Exposure[] {
  const { listenPeerUrls, peerClientCertAuth, peerCertAllowedCn, peerCertAllowedHostname } = configuration;
  const isNamed = peerCertAllowedCn.length > 0 || peerCertAllowedHostname.length > 0;
  const secure = listenPeerUrls.filter((url) => !isPlain(url));
  if (!areCasShared || !peerClientCertAuth || isNamed || secure.length === 0) return [];
  return [
    exposure(
      secure,
      'the CA of members is that of clients: with a certificate of a client one may speak as a member; give members a CA of their own, or ' +
        '--peer-cert-allowed-cn (docs/tls.md)',
    ),
  ];
}

function peerExposures(configuration: Configuration): readonly Exposure[] {
  const { listenPeerUrls, peerClientCertAuth } = configuration;
  const plain = listenPeerUrls.filter(isPlain);
  if (plain.length > 0 && listenPeerUrls.every(({ host }) => isLoopback(host))) return [];
  if (plain.length > 0) {
    const way =
      'or give it https URLs with --peer-cert-file, --peer-key-file, --peer-trusted-ca-file and --peer-client-cert-auth';
    return [exposure(plain, `the peer port is without TLS: ${PEER_MEANING}, ${way} (docs/security.md)`)];
  }
  if (peerClientCertAuth) return [];
  return [
    exposure(
      listenPeerUrls,
      'the peer port encrypts and asks nobody for a certificate: whoever reaches it may speak as a member; give ' +
        '--peer-client-cert-auth and --peer-trusted-ca-file (docs/security.md)',
    ),
  ];
}

function isPlain({ scheme }: Endpoint): boolean {
  return scheme === 'http';
}

function openToOthers(urls: readonly Endpoint[]): readonly Endpoint[] {
  return urls.filter(({ host }) => !isLoopback(host));
}

function exposure(urls: readonly Endpoint[], text: string): Exposure {
  return {
    level: urls.every(({ host }) => isLoopback(host)) ? 'info' : 'warn',
    text: `${urls.map(formatEndpoint).join(' ')}: ${text}`,
  };
}
