/** What somebody on the network can do to a member as it is configured: a line each, for the log of its start. */
import type { Configuration } from '../config/configuration';
import { formatEndpoint, type Endpoint } from '../config/urls';
import { isLoopback } from '../platform/loopback';

export interface Exposure {
  /** Nobody but this machine can use it. */
  readonly isLocal: boolean;
  readonly text: string;
}

const PEER_MEANING =
  'whoever reaches it can read what members say to each other, and whoever takes over the address of a member is taken for it; let ' +
  'only members reach it';

/** In the order of what they cost. */
export function exposures(configuration: Configuration): readonly Exposure[] {
  return [...peerExposures(configuration), ...unaskedClients(configuration)];
}

/** etcd 3 asks them as soon as it knows a CA; here, as in etcd 2, only if it is told to (docs/tls.md). */
function unaskedClients({ listenClientUrls, trustedCaFile, clientCertAuth }: Configuration): readonly Exposure[] {
  const secure = listenClientUrls.filter(({ scheme }) => scheme === 'https');
  if (trustedCaFile === '' || clientCertAuth || secure.length === 0) return [];
  const text = `${secure.map(formatEndpoint).join(' ')}: clients are not asked for a certificate, although --trusted-ca-file is given; give --client-cert-auth to ask them (docs/tls.md)`;
  return [{ isLocal: true, text }];
}

function peerExposures(configuration: Configuration): readonly Exposure[] {
  const { listenPeerUrls, peerClientCertAuth } = configuration;
  const plain = listenPeerUrls.filter(({ scheme }) => scheme === 'http');
  if (plain.length > 0 && listenPeerUrls.every(({ host }) => isLoopback(host))) {
    return [{ isLocal: true, text: 'the peer port is without TLS; only this machine reaches it (docs/security.md)' }];
  }
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

function exposure(urls: readonly Endpoint[], text: string): Exposure {
  return {
    isLocal: urls.every(({ host }) => isLoopback(host)),
    text: `${urls.map(formatEndpoint).join(' ')}: ${text}`,
  };
}
