/** Whether the certificates of this process are for the names under which others reach it: who dials compares, and refuses. */
import { X509Certificate } from 'node:crypto';
import type { Configuration } from '../config/configuration';
import type { Endpoint } from '../config/urls';
import { commonNameOf, hostsNotNamed, isFor } from '../tls/certificates';
import { identityError } from '../tls/serverCheck';

/** PEM of the certificates in use; undefined: none. */
export interface OwnCertificates {
  readonly client: string | undefined;
  readonly peer: string | undefined;
}

type Names = Pick<
  Configuration,
  | 'advertiseClientUrls'
  | 'clientCertAllowedHostname'
  | 'initialAdvertisePeerUrls'
  | 'peerCertAllowedCn'
  | 'peerCertAllowedHostname'
  | 'peerTrustedCaFile'
  | 'discoverySrv'
>;

/** One sentence for each URL option with hosts that its certificate does not have, and for names that are asked for and are not in one of its own. */
export function doubtsOfNames(names: Names, { client, peer }: OwnCertificates): readonly string[] {
  return [
    ...doubts('--advertise-client-urls', names.advertiseClientUrls, '--cert-file', client, 'clients'),
    ...doubtsAsClient(names.clientCertAllowedHostname, client),
    ...doubtsAmongMembers(names, peer),
  ];
}

/** By what members know each other: by listed names, by a domain, or by the name that is dialled, and then only by that (app/dials.ts). */
function doubtsAmongMembers(names: Names, peer: string | undefined): readonly string[] {
  const { peerCertAllowedCn, peerCertAllowedHostname, peerTrustedCaFile, discoverySrv } = names;
  if (peerCertAllowedCn.length > 0) return doubtsOfCommonName(peerCertAllowedCn, peer);
  if (peerCertAllowedHostname.length > 0) {
    const option = '--peer-cert-allowed-hostname';
    const consequence = `other members with the same option will refuse it; ${NAME_FOR_ALL}`;
    return doubtsOfListed(`${option} is`, peerCertAllowedHostname, '--peer-cert-file', peer, consequence);
  }
  if (discoverySrv !== '' && peerTrustedCaFile === '') {
    const option = 'without --peer-trusted-ca-file members are known by --discovery-srv, which is';
    const consequence = 'other members will refuse it; make one that has this name too, or give --peer-trusted-ca-file';
    return doubtsOfListed(option, [discoverySrv.replace(/\.$/, '')], '--peer-cert-file', peer, consequence);
  }
  return doubts(
    '--initial-advertise-peer-urls',
    names.initialAdvertisePeerUrls,
    '--peer-cert-file',
    peer,
    'other members',
  );
}

/** A member is a client of others too: as it joins, and in the commands beside it that have no certificate of their own. */
function doubtsAsClient(allowed: readonly string[], pem: string | undefined): readonly string[] {
  if (pem === undefined || !isFor(new X509Certificate(pem), 'clientAuth')) return [];
  const consequence = `members that join, and cairn healthcheck and the like without --cert-file, show it and will be refused; ${NAME_FOR_ALL}`;
  return doubtsOfListed('--client-cert-allowed-hostname is', allowed, '--cert-file', pem, consequence);
}

const NAME_FOR_ALL = 'make one with one of these names, or add one of its names to the option on each member';

/** @param said - the option, as the beginning of a sentence that goes on with the names */
function doubtsOfListed(
  said: string,
  allowed: readonly string[],
  file: string,
  pem: string | undefined,
  consequence: string,
): readonly string[] {
  if (pem === undefined || allowed.length === 0) return [];
  const certificate = new X509Certificate(pem);
  // As whoever is dialled by it, or dials it, will look at it.
  const isListed = identityError({ kind: 'hostName', names: allowed }, '', certificate.toLegacyObject()) === undefined;
  if (isListed) return [];
  const own = certificate.subjectAltName ?? 'none';
  return [
    `${said} ${allowed.join(', ')}, and the certificate of ${file} is not for that (its names: ${own}): ${consequence}`,
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
