/** Whether the certificates of this process are for the names under which others reach it: who dials compares, and refuses. */
import { X509Certificate } from 'node:crypto';
import type { Configuration } from '../config/configuration';
import type { Endpoint } from '../config/urls';
import { commonNameOf, hostsNotNamed } from '../tls/certificates';

/** PEM of the certificates in use; undefined: none. */
export interface OwnCertificates {
  readonly client: string | undefined;
  readonly peer: string | undefined;
}

type Urls = Pick<Configuration, 'advertiseClientUrls' | 'initialAdvertisePeerUrls' | 'peerCertAllowedCn'>;

/** One sentence for each URL option with hosts that its certificate does not have, and for a common name that members do not let in. */
export function doubtsOfNames(urls: Urls, { client, peer }: OwnCertificates): readonly string[] {
  // Where members are known by their common names, no name that is dialled is looked at.
  const looksAtPeers = urls.peerCertAllowedCn.length === 0;
  return [
    ...doubts('--advertise-client-urls', urls.advertiseClientUrls, '--cert-file', client, 'clients'),
    ...(looksAtPeers
      ? doubts(
          '--initial-advertise-peer-urls',
          urls.initialAdvertisePeerUrls,
          '--peer-cert-file',
          peer,
          'other members',
        )
      : doubtsOfCommonName(urls.peerCertAllowedCn, peer)),
  ];
}

/** Each member is told the same names, so that what this one would not let in is what the others do not. */
function doubtsOfCommonName(allowed: readonly string[], pem: string | undefined): readonly string[] {
  if (pem === undefined) return [];
  const name = commonNameOf(new X509Certificate(pem).toLegacyObject().subject);
  if (name !== undefined && allowed.includes(name)) return [];
  const own = name === undefined ? 'no common name' : `the common name ${JSON.stringify(name)}`;
  return [
    `--peer-cert-allowed-cn is ${allowed.join(', ')}, and the certificate of --peer-cert-file has ${own}: other members with the same option ` +
      'will refuse it; make one with that common name, or add its name to the option on each member',
  ];
}

function doubts(
  option: string,
  endpoints: readonly Endpoint[],
  file: string,
  pem: string | undefined,
  who: string,
): readonly string[] {
  if (pem === undefined) return [];
  const hosts = endpoints.filter(({ scheme }) => scheme === 'https').map(({ host }) => host);
  const certificate = new X509Certificate(pem);
  const missing = hostsNotNamed(certificate, [...new Set(hosts)]);
  if (missing.length === 0) return [];
  const names = certificate.subjectAltName ?? 'none';
  return [
    `${option} has ${missing.join(', ')}, and the certificate of ${file} is not for that (its names: ${names}): ${who} that verify it will ` +
      `refuse it; make one with these names, or correct the URLs`,
  ];
}
