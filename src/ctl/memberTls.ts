/** How a command beside a member reaches it, and others like it: with what the member itself is configured with. */
import type { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Configuration } from '../config/configuration';
import { clientSide, peerSide } from '../config/tlsSides';
import { certificatesOf, describe, isFor, isSignedBy } from '../tls/certificates';
import type { ClientTls } from '../tls/clientTls';
import { named, readTlsFiles, type TlsFiles, type TlsText } from '../tls/files';
import { selfMadePaths } from '../tls/selfMade';
import { identityError } from '../tls/serverCheck';
import { contextOptions, type TlsSide } from '../tls/side';

/** What a connection is opened with. */
export interface MemberTls {
  /** To the member itself, at whatever address: it has to show a certificate with the names of the one that it is configured with. */
  readonly own: ClientTls;
  /** To any other: a CA signed its certificate that this member knows clients by, or else other members, as where a proxy dials. */
  readonly others: ClientTls;
}

/**
 * Rejects with TlsFileError for files that cannot be used, and if the member demands a certificate that there is none for.
 *
 * @param given its certificate and key are shown instead, wherever one is demanded
 */
export async function memberTls(configuration: Configuration, given: TlsFiles = {}): Promise<MemberTls> {
  const side = clientSide(configuration);
  const { certificate, authorities } = await readTlsFiles({ ...shownFiles(side, configuration), key: undefined });
  const pair =
    (await readPair(given)) ?? (side.certificatesDemanded ? await clientPair(configuration, authorities) : undefined);
  const own = pair && ownOf(pair);
  const others =
    authorities ?? (await readTlsFiles({ authorities: peerSide(configuration).files.authorities })).authorities;
  const anchors = [authorities, certificate].flatMap((file) => (file === undefined ? [] : [file.text]));
  const options = contextOptions(
    { pem: { cert: pair?.certificate.text, key: pair?.key.text, ca: anchors.length === 0 ? undefined : anchors } },
    side.protocol,
  );
  const [shown] = certificate === undefined ? [] : certificatesOf(certificate);
  return {
    own: {
      // Who signed it does not matter where it is the very certificate that is known.
      context: createSecureContext({ ...options, allowPartialTrustChain: true }),
      server: shown === undefined ? { kind: 'dialledName' } : { kind: 'sameNames', as: shown },
      own,
    },
    others: {
      context: createSecureContext({ ...options, ca: others?.text }),
      server: { kind: 'dialledName' },
      own,
    },
  };
}

function shownFiles(side: TlsSide, { dataDir }: Configuration): TlsFiles {
  if (!side.isSelfMade) return side.files;
  return { ...side.files, certificate: selfMadePaths(dataDir, side.name).certificate };
}

/** The certificate of the member for its own client port, and its key; none where it demands none. Rejects as `memberTls` does. */
export async function memberPair(configuration: Configuration): Promise<TlsFiles> {
  const { certificatesDemanded, files } = clientSide(configuration);
  if (!certificatesDemanded) return {};
  const { authorities } = await readTlsFiles({ authorities: files.authorities });
  const { certificate, key } = await clientPair(configuration, authorities);
  return { certificate: certificate.file, key: key.file };
}

interface Pair {
  readonly certificate: TlsText;
  readonly key: TlsText;
}

async function readPair(files: TlsFiles): Promise<Pair | undefined> {
  const { certificate, key } = await readTlsFiles({ certificate: files.certificate, key: files.key });
  return certificate && key && { certificate, key };
}

/** In words. */
function ownOf({ certificate }: Pair): string | undefined {
  const [own] = certificatesOf(certificate);
  return own && describe(own, named(certificate.file));
}

/** A certificate of the member that its own client port takes: that of the client port itself, or the one that it shows other members. */
async function clientPair(configuration: Configuration, authorities: TlsText | undefined): Promise<Pair> {
  const trusted = authorities === undefined ? [] : certificatesOf(authorities);
  const { clientCertAllowedHostname: allowed } = configuration;
  for (const { files } of [clientSide(configuration), peerSide(configuration)]) {
    const pair = await readPair(files);
    if (pair === undefined) continue;
    const chain = certificatesOf(pair.certificate);
    const [own] = chain;
    if (own !== undefined && isFor(own, 'clientAuth') && isSignedBy(own, chain, trusted) && isAllowed(own, allowed))
      return pair;
  }
  const withName =
    allowed.length === 0 ? '' : ` with one of the names of --client-cert-allowed-hostname (${allowed.join(', ')})`;
  throw new Error(
    'the member demands client certificates (--client-cert-auth), and neither its --cert-file nor its --peer-cert-file is one for ' +
      `clients (clientAuth) of a CA in --trusted-ca-file${withName}; give one with --cert-file and --key-file, or in ` +
      'ETCDCTL_CERT_FILE and ETCDCTL_KEY_FILE',
  );
}

/** As the client port looks at it. */
function isAllowed(own: X509Certificate, allowed: readonly string[]): boolean {
  const check = { kind: 'hostName', names: allowed } as const;
  return allowed.length === 0 || identityError(check, '', own.toLegacyObject()) === undefined;
}
