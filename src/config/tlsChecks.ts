/** What must hold between the options of TLS, and what is allowed and seldom meant. */
import { parseBoolean } from './booleans';
import { isWritten, named } from './build';
import type { Built } from './build';
import { enumerate } from './text';
import { formatEndpoint } from './urls';
import type { Endpoint } from './urls';

/** The options of one side; those of clients count for the metrics port too. */
interface Side {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: string;
  readonly certAuth: string;
  readonly auto: string;
  /** Whoever comes shows the certificate that its own port has. */
  readonly isMutual: boolean;
  /** Each would check nothing unless certificates are demanded. */
  readonly checks: readonly string[];
  /** Each with the URLs that are told to others, if there are any. */
  readonly listening: readonly { readonly listen: string; readonly advertise?: string }[];
}

const client: Side = {
  certificate: 'cert-file',
  key: 'key-file',
  authorities: 'trusted-ca-file',
  certAuth: 'client-cert-auth',
  auto: 'auto-tls',
  isMutual: false,
  checks: ['client-crl-file', 'client-cert-allowed-hostname'],
  listening: [{ listen: 'listen-client-urls', advertise: 'advertise-client-urls' }, { listen: 'listen-metrics-urls' }],
};

const peer: Side = {
  certificate: 'peer-cert-file',
  key: 'peer-key-file',
  authorities: 'peer-trusted-ca-file',
  certAuth: 'peer-client-cert-auth',
  auto: 'peer-auto-tls',
  isMutual: true,
  checks: ['peer-crl-file', 'peer-cert-allowed-cn', 'peer-cert-allowed-hostname'],
  listening: [{ listen: 'listen-peer-urls', advertise: 'initial-advertise-peer-urls' }],
};

/** One sentence about the first rule that is broken, or undefined. */
export function findTlsConflict(built: Built): string | undefined {
  const discovery = { certificate: 'discovery-cert', key: 'discovery-key' };
  return (
    conflictOf(built, client) ??
    conflictOf(built, peer) ??
    checkPair(built, discovery) ??
    checkNames(built) ??
    checkVersions(built)
  );
}

function conflictOf(built: Built, side: Side): string | undefined {
  return (
    checkPair(built, side) ??
    checkScheme(built, side) ??
    checkAuthorities(built, side) ??
    checkNeedless(built, side) ??
    checkSelfMade(built, side)
  );
}

function checkPair(built: Built, { certificate, key }: Pick<Side, 'certificate' | 'key'>): string | undefined {
  if (isWritten(built, certificate) === isWritten(built, key)) return undefined;
  const [given, missing] = isWritten(built, certificate) ? [certificate, key] : [key, certificate];
  return `${named(built, given)} is given without --${missing}; a certificate and its key belong together: give both`;
}

function checkScheme(built: Built, { certificate, key, auto, listening }: Side): string | undefined {
  if (isWritten(built, certificate) || isOn(built, auto)) return undefined;
  // A proxy has no peer port.
  const isProxy = built.configuration.proxy !== 'off';
  for (const { listen } of listening) {
    if (isProxy && listen === 'listen-peer-urls') continue;
    const secure = endpointsOf(built, listen).find(({ scheme }) => scheme === 'https');
    if (secure === undefined) continue;
    return (
      `${named(built, listen)} has ${formatEndpoint(secure)}, and there is no certificate for it; give --${certificate} and --${key}, ` +
      `or --${auto} to try it out, or write the URL with http`
    );
  }
  return undefined;
}

function checkAuthorities(built: Built, { authorities, certAuth }: Side): string | undefined {
  if (!isOn(built, certAuth) || isWritten(built, authorities)) return undefined;
  return `${named(built, certAuth)} demands certificates, and no CA is given that may sign them; give --${authorities}`;
}

function checkNeedless(built: Built, { checks, certAuth }: Side): string | undefined {
  if (isOn(built, certAuth)) return undefined;
  const check = checks.find((name) => isWritten(built, name));
  if (check === undefined) return undefined;
  return `${named(built, check)} would check nothing, because certificates are not demanded; give --${certAuth} too, or remove it`;
}

/**
 * Members show each other what their port shows: a certificate that a member made for itself was signed by no CA. A client port is
 * another matter: the certificates of its clients come from elsewhere.
 */
function checkSelfMade(built: Built, { certificate, key, authorities, auto, isMutual }: Side): string | undefined {
  if (!isMutual || !isOn(built, auto) || isWritten(built, certificate) || !isWritten(built, authorities))
    return undefined;
  return (
    `${named(built, auto)} and ${named(built, authorities)} are given together, and no CA signed the certificates that members make for ` +
    `themselves; give --${certificate} and --${key} with the CA, or remove it`
  );
}

/** As in etcd. */
function checkNames(built: Built): string | undefined {
  const names = ['peer-cert-allowed-cn', 'peer-cert-allowed-hostname'].filter((name) => isWritten(built, name));
  if (names.length < 2) return undefined;
  const both = enumerate(
    names.map((name) => named(built, name)),
    'and',
  );
  return `${both} are given together; give one of them: members are known by the one or by the other`;
}

function checkVersions(built: Built): string | undefined {
  const { tlsMinVersion, tlsMaxVersion } = built.configuration;
  if (tlsMaxVersion === '' || tlsMinVersion <= tlsMaxVersion) return undefined;
  return (
    `${named(built, 'tls-min-version')} of ${tlsMinVersion} is above ${named(built, 'tls-max-version')} of ${tlsMaxVersion}; ` +
    'lower the first or raise the second'
  );
}

/** Warnings, one sentence each. */
export function findTlsDoubts(built: Built): string[] {
  return [client, peer].flatMap((side) => [
    ...doubtsOfUse(built, side),
    ...doubtsOfAuto(built, side),
    ...doubtsOfAdvertised(built, side),
  ]);
}

/** As etcd warns: the scheme of the URLs decides. */
function doubtsOfUse(built: Built, side: Side): string[] {
  const { certificate, certAuth, auto, listening } = side;
  // A proxy has no peer port: it shows members the certificate at their client ports.
  if (side === peer && built.configuration.proxy !== 'off') return [];
  if (speaksTls(built, side)) return [];
  const given = [certificate, certAuth, auto].filter((name) =>
    name === certificate ? isWritten(built, name) : isOn(built, name),
  );
  return given.map((name) => {
    const urls = named(built, listening[0]?.listen ?? '');
    return `${named(built, name)} has no effect on a port: the scheme of each URL of ${urls} is http; write https where TLS is meant`;
  });
}

function speaksTls(built: Built, { listening }: Side): boolean {
  return listening.some(({ listen }) => endpointsOf(built, listen).some(({ scheme }) => scheme === 'https'));
}

function doubtsOfAuto(built: Built, side: Side): string[] {
  const { certificate, auto } = side;
  if (!isOn(built, auto) || !speaksTls(built, side)) return [];
  if (isWritten(built, certificate)) {
    return [`${named(built, auto)} has no effect, because ${named(built, certificate)} is given`];
  }
  return [
    `${named(built, auto)} encrypts with a certificate that nobody can verify: whoever is in between can read along; use it to try things out`,
  ];
}

function doubtsOfAdvertised(built: Built, { listening }: Side): string[] {
  return listening.flatMap(({ listen, advertise }) => {
    if (advertise === undefined || built.configuration.proxy !== 'off') return [];
    const schemes = new Set(endpointsOf(built, listen).map(({ scheme }) => scheme));
    const stray = endpointsOf(built, advertise).find(({ scheme }) => !schemes.has(scheme));
    if (stray === undefined) return [];
    return [
      `${named(built, advertise)} has ${formatEndpoint(stray)}, but no URL of ${named(built, listen)} has ${stray.scheme}; whoever goes ` +
        'there finds the other protocol unless something in front translates',
    ];
  });
}

function isOn(built: Built, name: string): boolean {
  const parsed = parseBoolean(built.texts.get(name) ?? '');
  return parsed.ok && parsed.value;
}

function endpointsOf({ configuration }: Built, name: string): readonly Endpoint[] {
  switch (name) {
    case 'listen-client-urls':
      return configuration.listenClientUrls;
    case 'advertise-client-urls':
      return configuration.advertiseClientUrls;
    case 'listen-metrics-urls':
      return configuration.listenMetricsUrls;
    case 'listen-peer-urls':
      return configuration.listenPeerUrls;
    default:
      return configuration.initialAdvertisePeerUrls;
  }
}
